/** Pauses after failures: they double, with jitter, and end at once when all is to stop. */

import type { Clock, Random } from "../base/mod.ts";
import { triggerLimits } from "./limits.ts";

export class Pauses {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #waiting = new Set<() => void>();
  #ended = false;

  constructor({ clock, random }: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = clock;
    this.#random = random;
  }

  /** After so many failures, with jitter of up to a half. */
  lengthMs(failureCount: number): number {
    const { pauseMsMin, pauseMsMax } = triggerLimits;
    const full = Math.min(pauseMsMin * 2 ** (failureCount - 1), pauseMsMax);
    return Math.round(full * (1 - this.#random.fraction() / 2));
  }

  /** Answers after the time, or at `end`. */
  pause(ms: number): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#clock.after(ms, () => wake());
      const wake = () => {
        timer.cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
    });
  }

  end(): void {
    this.#ended = true;
    for (const wake of this.#waiting) wake();
  }
}
