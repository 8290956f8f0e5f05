/** A bound on how often something may happen in a second, counted from its first in it. */

const windowMs = 1000;

export class Rate {
  readonly #countMax: number;
  #windowStartMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** False when this one is too many. */
  take(nowMs: number): boolean {
    if (nowMs - this.#windowStartMs >= windowMs) {
      this.#windowStartMs = nowMs;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= this.#countMax;
  }
}
