/**
 * Values by string, in order: a sorted array of the keys beside a plain map.
 *
 * Finding is a binary search; adding at the end, where keys made of time arrive, moves nothing.
 */

export class SortedMap<T> {
  readonly #values = new Map<string, T>();
  readonly #keys: string[] = [];

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: T): void {
    if (!this.#values.has(key)) this.#keys.splice(this.#indexOf(key), 0, key);
    this.#values.set(key, value);
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#keys.splice(this.#indexOf(key), 1);
  }

  /** Keys within [from, to), in order; `undefined` leaves that side open. */
  keysWithin(from: string | undefined, to: string | undefined): KeyWindow {
    const start = from === undefined ? 0 : this.#indexOf(from);
    const end = to === undefined ? this.#keys.length : this.#indexOf(to);
    return { keys: this.#keys, start, end: Math.max(start, end) };
  }

  /** Index of the first key that is not less than `key`. */
  #indexOf(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    if (high > 0 && this.#keys[high - 1]! < key) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A view of sorted keys from `start` up to `end`, excluded; good until the next change. */
export interface KeyWindow {
  readonly keys: readonly string[];
  readonly start: number;
  readonly end: number;
}
