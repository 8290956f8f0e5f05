/**
 * A first-in, first-out queue with a bound, and a count of what did not fit.
 *
 * Taking is constant time: the head index moves, and the array is cut when half of it is spent.
 */

export class BoundedQueue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;
  #droppedCount = 0;
  readonly countMax: number;

  constructor(countMax: number) {
    this.countMax = countMax;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** How many items were refused since the start. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** False, and counted, when the queue is full. */
  push(item: T): boolean {
    if (this.length >= this.countMax) {
      this.#droppedCount += 1;
      return false;
    }
    this.#items.push(item);
    return true;
  }

  /** The one that `shift` would take. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** Takes out the last one that `fits`, wherever it stands. */
  take(fits: (item: T) => boolean): T | undefined {
    const at = this.#items.findLastIndex((item, at) => at >= this.#head && fits(item as T));
    return at < 0 ? undefined : this.#items.splice(at, 1)[0];
  }

  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
