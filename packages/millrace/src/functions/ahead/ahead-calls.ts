/**
 * Of a pool: the calls that its processes have ahead, and the processes that would take one.
 *
 * Where a call turns out to take long, the one behind it is not to wait for that while another
 * process has nothing to do, or takes one that came later.
 */

import type { Clock } from "../../base/mod.ts";
import type { Environment } from "../environment.ts";
import { aheadMsMax } from "../limits.ts";

export class AheadCalls {
  readonly #clock: Clock;
  /** Since when they have one, the longest first. */
  readonly #sinceMs = new Map<Environment, number>();
  /** They run a call, and have none ahead. */
  readonly #open = new Set<Environment>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get length(): number {
    return this.#sinceMs.size;
  }

  /** It has begun a call. */
  noteBegun(environment: Environment): void {
    if (environment.takesAhead) this.#open.add(environment);
  }

  /** Its call is over. */
  noteOver(environment: Environment): void {
    this.#open.delete(environment);
  }

  /** One that would take a call now. */
  nextOpen(): Environment | undefined {
    for (const environment of this.#open) {
      this.#open.delete(environment);
      if (environment.takesAhead) return environment;
    }
    return undefined;
  }

  note(environment: Environment): void {
    this.#sinceMs.set(environment, this.#clock.monotonic());
  }

  /** What it had ahead has begun, or was given back. */
  forget(environment: Environment): void {
    this.#sinceMs.delete(environment);
    this.#open.delete(environment);
  }

  /** Has the one that waits longest given back, if it waits for too long. */
  takeBackLate(): void {
    for (const [environment, sinceMs] of this.#sinceMs) {
      if (this.#clock.monotonic() - sinceMs <= aheadMsMax) return;
      if (environment.takeBack()) return;
    }
  }

  /** Has one given back, the longest first. False: none can be. */
  takeBackOne(): boolean {
    for (const environment of this.#sinceMs.keys()) if (environment.takeBack()) return true;
    return false;
  }
}
