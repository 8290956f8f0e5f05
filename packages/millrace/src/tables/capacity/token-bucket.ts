/**
 * Capacity as units that flow in steadily, are kept for a while, and are spent.
 *
 * Whoever finds any left may spend as much as it needs, also more than there is, because a
 * request's cost is known only when it is done; what was overspent has to flow in again before the
 * next. So over time no more is spent than flowed in. A new bucket has what a second brings:
 * nothing was saved yet.
 */

export class TokenBucket {
  #unitsPerSecond: number;
  readonly #burstSeconds: number;
  #level: number;
  #atMs: number;

  constructor(
    rate: { readonly unitsPerSecond: number; readonly burstSeconds: number },
    nowMs: number,
  ) {
    this.#unitsPerSecond = rate.unitsPerSecond;
    this.#burstSeconds = rate.burstSeconds;
    this.#level = rate.unitsPerSecond;
    this.#atMs = nowMs;
  }

  /** From now on; what was saved stays, as far as the new rate keeps so much. */
  setRate(unitsPerSecond: number, nowMs: number): void {
    this.#flow(nowMs);
    this.#unitsPerSecond = unitsPerSecond;
    this.#flow(nowMs);
  }

  isEmpty(nowMs: number): boolean {
    this.#flow(nowMs);
    return this.#level <= 0;
  }

  /** Takes units out; a negative number gives them back. */
  take(units: number): void {
    this.#level -= units;
  }

  #flow(nowMs: number): void {
    const seconds = Math.max(0, nowMs - this.#atMs) / 1000;
    this.#atMs = nowMs;
    const most = this.#unitsPerSecond * this.#burstSeconds;
    this.#level = Math.min(most, this.#level + seconds * this.#unitsPerSecond);
  }
}
