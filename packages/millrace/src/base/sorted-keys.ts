/**
 * A set of strings in order, as a sorted array.
 *
 * Finding is a binary search; adding at the end, where keys made of time arrive, moves nothing.
 */

export class SortedKeys {
  readonly #keys: string[] = [];

  /** Adding twice does nothing. */
  add(key: string): void {
    const index = this.indexOf(key);
    if (this.#keys[index] !== key) this.#keys.splice(index, 0, key);
  }

  delete(key: string): void {
    const index = this.indexOf(key);
    if (this.#keys[index] === key) this.#keys.splice(index, 1);
  }

  /** All of them; live, and to be read only. */
  get keys(): readonly string[] {
    return this.#keys;
  }

  /** Index of the first key that is not less than `key`; the number of keys when all are less. */
  indexOf(key: string): number {
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
