/** Values by string, in order: sorted keys beside a plain map. */

import { SortedKeys } from "../../base/mod.ts";

export class SortedMap<T> {
  readonly #values = new Map<string, T>();
  readonly #keys = new SortedKeys();

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: T): void {
    if (!this.#values.has(key)) this.#keys.add(key);
    this.#values.set(key, value);
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#keys.delete(key);
  }

  /** Keys within [from, to), in order; `undefined` leaves that side open. */
  keysWithin(from: string | undefined, to: string | undefined): KeyWindow {
    const { keys } = this.#keys;
    const start = from === undefined ? 0 : this.#keys.indexOf(from);
    const end = to === undefined ? keys.length : this.#keys.indexOf(to);
    return { keys, start, end: Math.max(start, end) };
  }
}

/** A view of sorted keys from `start` up to `end`, excluded; good until the next change. */
export interface KeyWindow {
  readonly keys: readonly string[];
  readonly start: number;
  readonly end: number;
}
