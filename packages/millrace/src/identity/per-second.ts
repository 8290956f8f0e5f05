/** So many times in a second, by the clock's seconds; for what a stranger could repeat for ever. */

import type { Clock } from "../base/mod.ts";

export class PerSecond {
  readonly #clock: Clock;
  readonly #max: number;
  #second = 0;
  #count = 0;

  constructor(clock: Clock, max: number) {
    this.#clock = clock;
    this.#max = max;
  }

  /** Whether this time is among them. */
  take(): boolean {
    const second = Math.floor(this.#clock.now() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= this.#max;
  }
}
