/**
 * The keys on which most was spent, found without counting every key (Misra and Gries).
 *
 * A key on which more than one part in `countMax` was spent is always among them; what is told of
 * it is too low by at most that part.
 */

export class HeavyKeys {
  readonly #countMax: number;
  #spent = new Map<string, number>();

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  add(key: string, units: number): void {
    const before = this.#spent.get(key);
    if (before !== undefined || this.#spent.size < this.#countMax) {
      this.#spent.set(key, (before ?? 0) + units);
      return;
    }
    const least = Math.min(units, ...this.#spent.values());
    const left = [...this.#spent].filter(([, sum]) => sum > least);
    this.#spent = new Map(left.map(([other, sum]) => [other, sum - least]));
    if (units > least) this.#spent.set(key, units - least);
  }

  /** The heaviest first. */
  top(count: number): readonly (readonly [key: string, units: number])[] {
    return [...this.#spent].sort(([, left], [, right]) => right - left).slice(0, count);
  }
}
