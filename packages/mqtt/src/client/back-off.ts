/** How long to wait before connecting again: exponential, with full jitter. */

import { connectionGoodMs, retryCapMs, retryFirstMs } from "./limits.ts";

export class BackOff {
  readonly #random: () => number;
  #attempt = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Milliseconds to wait, after an attempt whose connection stood for `lastedMs` (0: never). */
  nextMs(lastedMs: number): number {
    if (lastedMs >= connectionGoodMs) this.#attempt = 0;
    const ceilingMs = Math.min(retryCapMs, retryFirstMs * 2 ** this.#attempt);
    this.#attempt += 1;
    return Math.floor(this.#random() * ceilingMs);
  }
}
