/**
 * Of a pool: the starts of processes that failed, one after the other. After a few the next one
 * waits, longer each time.
 */

import { assert, type Clock } from "../../base/mod.ts";
import type { StartTrouble } from "../end-of-process.ts";
import {
  backOffMsMax,
  backOffMsMin,
  initMsMax,
  provisionedInitMsMax,
  startFailuresBeforeBackOff,
} from "../limits.ts";
import type { Program } from "../program.ts";

export class StartFailures {
  readonly #clock: Clock;
  #count = 0;
  #last: StartTrouble | undefined;
  #againAtMs = 0;
  /** A start took too long, and those that follow may take as long as a call. */
  #mayTakeLonger = false;

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

  /**
   * How long a start may take, in milliseconds. On Lambda one that took too long is tried again
   * when a call comes, with the time of that; here those that follow begin with as much.
   * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
   */
  startMsMax({ timeoutSeconds }: Pick<Program, "timeoutSeconds">, provisioned: boolean): number {
    const callMs = timeoutSeconds * 1000;
    if (provisioned) return Math.max(provisionedInitMsMax, callMs);
    return this.#mayTakeLonger ? Math.max(initMsMax, callMs) : initMsMax;
  }

  /** Whether another start could take longer than this one did: it fails no call then. */
  allowsLonger({ tookMsMax }: StartTrouble, program: Pick<Program, "timeoutSeconds">): boolean {
    if (tookMsMax === undefined) return false;
    this.#mayTakeLonger = true;
    return this.startMsMax(program, false) > tookMsMax;
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
    this.#mayTakeLonger = false;
  }
}
