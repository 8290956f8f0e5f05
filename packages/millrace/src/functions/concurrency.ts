/**
 * How many calls may run at once: of the account, and of each function that has reserved its own.
 *
 * A call counts from its acceptance to its answer, its wait for a process included. What functions
 * have reserved is taken from the account's limit, for all others together; as on AWS some of that
 * must stay.
 */

import { accountConcurrencyMax, unreservedConcurrencyMin } from "./limits.ts";

/** As AWS spells the `Reason` of a throttled call. */
export type ThrottleReason =
  | "ConcurrentInvocationLimitExceeded"
  | "ReservedFunctionConcurrentInvocationLimitExceeded"
  | "FunctionInvocationRateLimitExceeded";

export class Concurrency {
  readonly #reserved = new Map<string, number>();
  readonly #running = new Map<string, number>();
  #unreservedRunning = 0;

  /** Takes a place for a call of the function, or says why there is none. */
  enter(functionName: string): ThrottleReason | undefined {
    const reserved = this.#reserved.get(functionName);
    const running = this.#running.get(functionName) ?? 0;
    if (reserved !== undefined && running >= reserved) {
      return "ReservedFunctionConcurrentInvocationLimitExceeded";
    }
    if (reserved === undefined && this.#unreservedRunning >= this.unreservedMax) {
      return "ConcurrentInvocationLimitExceeded";
    }
    this.#running.set(functionName, running + 1);
    if (reserved === undefined) this.#unreservedRunning += 1;
    return undefined;
  }

  /** Gives the place back. */
  leave(functionName: string): void {
    const running = (this.#running.get(functionName) ?? 1) - 1;
    if (running === 0) this.#running.delete(functionName);
    else this.#running.set(functionName, running);
    if (!this.#reserved.has(functionName)) this.#unreservedRunning -= 1;
  }

  reservedOf(functionName: string): number | undefined {
    return this.#reserved.get(functionName);
  }

  /** What is left for functions that have reserved nothing. */
  get unreservedMax(): number {
    let reserved = 0;
    for (const count of this.#reserved.values()) reserved += count;
    return accountConcurrencyMax - reserved;
  }

  /** False: too little would be left for the others. `undefined` gives the places back. */
  reserve(functionName: string, count: number | undefined): boolean {
    const before = this.#reserved.get(functionName);
    if (count !== undefined) {
      const left = this.unreservedMax + (before ?? 0) - count;
      if (left < unreservedConcurrencyMin) return false;
    }
    const running = this.#running.get(functionName) ?? 0;
    if (before === undefined) this.#unreservedRunning -= running;
    if (count === undefined) this.#reserved.delete(functionName);
    else this.#reserved.set(functionName, count);
    if (count === undefined) this.#unreservedRunning += running;
    return true;
  }
}
