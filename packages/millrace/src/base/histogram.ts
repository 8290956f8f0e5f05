/**
 * How values are spread, in a fixed number of buckets, however many values there are.
 *
 * A value belongs to the first bucket whose bound it does not exceed, or to the one without bound.
 */

export class Histogram {
  /** Upper bounds, rising. */
  readonly bounds: readonly number[];
  /** One for each bound, and a last one for what is beyond them all. */
  readonly counts: number[];
  #sum = 0;
  #count = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Array(bounds.length + 1).fill(0);
  }

  /** Of all values. */
  get sum(): number {
    return this.#sum;
  }

  get count(): number {
    return this.#count;
  }

  observe(value: number): void {
    let at = 0;
    while (at < this.bounds.length && value > this.bounds[at]!) at += 1;
    this.counts[at]! += 1;
    this.#sum += value;
    this.#count += 1;
  }
}

/** From a quarter of a millisecond to ten seconds: for what a user would notice. */
export const durationBoundsSeconds: readonly number[] = [
  0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
