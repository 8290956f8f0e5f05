/** Of a pool: how long its calls take, and how long they have waited. */

import type { Clock } from "../../base/mod.ts";
import { startMsTypical } from "../limits.ts";

export class Pace {
  readonly #clock: Clock;
  #callMs: number | undefined;
  #waitedMs = 0;
  #countedAtMs = 0;
  #waitingCount = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What calls take, the late ones counting more; absent: none has ended. */
  get callMs(): number | undefined {
    return this.#callMs;
  }

  noteCall(ms: number): void {
    this.#callMs = this.#callMs === undefined ? ms : this.#callMs + (ms - this.#callMs) / 8;
  }

  /** So many wait from now on. Calls have waited since one last found none before it. */
  noteWaiting(count: number): void {
    this.#waitingCount = count;
  }

  /** Adds up how long they have waited, all together, until now. */
  count(): void {
    const nowMs = this.#clock.monotonic();
    const waitedMs = (nowMs - this.#countedAtMs) * this.#waitingCount;
    this.#waitedMs = this.#waitingCount > 0 ? this.#waitedMs + waitedMs : 0;
    this.#countedAtMs = nowMs;
  }

  /** How many starts that time is worth. */
  get owedStarts(): number {
    return Math.floor(this.#waitedMs / startMsTypical);
  }

  /** They are dealt with. */
  noteStarts(count: number): void {
    this.#waitedMs = Math.max(0, this.#waitedMs - count * startMsTypical);
  }

  /** In how many milliseconds so many have waited for one start more. */
  msUntilStart(waitingCount: number): number {
    const owedMs = startMsTypical - this.#waitedMs;
    return owedMs > 0 ? Math.ceil(owedMs / waitingCount) : startMsTypical;
  }
}
