/**
 * A timer for what is begun again and again and nearly always ends in time, such as calls: it is
 * not set and cancelled each time. What has been set stays, and looks when it ends whether what is
 * under way now has time left.
 */

import type { Clock, Timer } from "./clock.ts";

export interface LastingTimerOptions {
  readonly clock: Clock;
  readonly ms: number;
}

export class LastingTimer {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #onEnd: () => void;
  #timer: Timer | undefined;
  /** Absent: nothing is under way. */
  #dueMs: number | undefined;

  constructor({ clock, ms }: LastingTimerOptions, onEnd: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#onEnd = onEnd;
  }

  /** Calls back once after its time, from now on, unless it is begun again or ended before. */
  begin(): void {
    this.#dueMs = this.#clock.monotonic() + this.#ms;
    this.#timer ??= this.#clock.after(this.#ms, () => this.#look());
  }

  /** Does not call back until it is begun again. */
  end(): void {
    this.#dueMs = undefined;
  }

  /** The same, and nothing of it is left. */
  cancel(): void {
    this.end();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#dueMs === undefined) return;
    const leftMs = this.#dueMs - this.#clock.monotonic();
    if (leftMs > 0) {
      this.#timer = this.#clock.after(Math.ceil(leftMs), () => this.#look());
      return;
    }
    this.#dueMs = undefined;
    this.#onEnd();
  }
}
