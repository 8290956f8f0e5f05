/**
 * Of a pool: the starts of processes that failed, one after the other. After a few the next one
 * waits, longer each time.
 */

import { assert, type Clock } from "../../base/mod.ts";
import type { StartTrouble } from "../end-of-process.ts";
import { backOffMsMax, backOffMsMin, startFailuresBeforeBackOff } from "../limits.ts";

export class StartFailures {
  readonly #clock: Clock;
  #count = 0;
  #last: StartTrouble | undefined;
  #againAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many since the last start that did not fail. */
  get count(): number {
    return this.#count;
  }

  get isBackingOff(): boolean {
    return this.#clock.monotonic() < this.#againAtMs;
  }

  /** The last one; only where there was one. */
  get last(): StartTrouble {
    assert(this.#last, "a call failed without a reason");
    return this.#last;
  }

  /** Answers with how many milliseconds the next start has to wait; 0: it need not. */
  note(trouble: StartTrouble): number {
    this.#last = trouble;
    this.#count += 1;
    const extra = this.#count - startFailuresBeforeBackOff;
    if (extra < 0) return 0;
    const waitMs = Math.min(backOffMsMin * 2 ** extra, backOffMsMax);
    this.#againAtMs = this.#clock.monotonic() + waitMs;
    return waitMs;
  }

  noteStarted(): void {
    this.#count = 0;
  }

  /** Another program may have it otherwise. */
  forget(): void {
    this.#count = 0;
    this.#againAtMs = 0;
  }
}
