/** Calls that wait for a process: first come, first served; those that come back stand in front. */

import { BoundedQueue } from "../../base/mod.ts";

export class Line<T> {
  readonly #queue: BoundedQueue<T>;
  /** They had a place already, and so are not bounded. */
  readonly #returned: T[] = [];

  constructor(countMax: number) {
    this.#queue = new BoundedQueue(countMax);
  }

  get length(): number {
    return this.#queue.length + this.#returned.length;
  }

  /** False: it is full. */
  push(item: T): boolean {
    return this.#queue.push(item);
  }

  putBack(item: T): void {
    this.#returned.push(item);
  }

  /** The one that `shift` would take. */
  peek(): T | undefined {
    return this.#returned[0] ?? this.#queue.peek();
  }

  shift(): T | undefined {
    return this.#returned.shift() ?? this.#queue.shift();
  }
}
