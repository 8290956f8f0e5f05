/**
 * Asynchronous calls: accepted, then tried up to three times.
 *
 * They are held in memory: what is accepted and not done when the process ends is lost. A durable
 * queue takes this place later, behind the same door; so do destinations and a maximum age.
 *
 * Each function has a lane, first in, first out, that never runs more calls at once than there can
 * be environments, so that a burst of events leaves room for callers who wait. A call that failed
 * comes back after a minute, then after two; one that was throttled after a time that doubles.
 */

import { BoundedQueue, type Clock, type Logger, type Timer, WorldError } from "../base/mod.ts";
import {
  asyncCallsMax,
  asyncRetryDelaysMs,
  asyncThrottleMsMax,
  asyncThrottleMsMin,
  environmentsPerFunctionMax,
} from "./limits.ts";

export interface AsyncCall {
  readonly functionName: string;
  /** The same for every try. */
  readonly requestId: string;
  readonly payload: Uint8Array;
}

export interface AsyncCallsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly invoke: (call: AsyncCall) => Promise<"done" | "failed" | "throttled">;
}

interface Pending {
  readonly call: AsyncCall;
  failureCount: number;
  throttleMs: number;
}

interface Lane {
  readonly waiting: BoundedQueue<Pending>;
  runningCount: number;
}

export class AsyncCalls {
  readonly #options: AsyncCallsOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #timers = new Set<Timer>();
  #pendingCount = 0;
  #refusedCount = 0;
  #givenUpCount = 0;
  #closed = false;

  constructor(options: AsyncCallsOptions) {
    this.#options = options;
  }

  /** Accepted and not yet done, those that wait for their next try included. */
  get pendingCount(): number {
    return this.#pendingCount;
  }

  /** Not accepted, because too many were pending. */
  get refusedCount(): number {
    return this.#refusedCount;
  }

  /** Failed at every try. */
  get givenUpCount(): number {
    return this.#givenUpCount;
  }

  /** Takes the call; throws a `WorldError` when too many wait already. */
  accept(call: AsyncCall): void {
    if (this.#closed) throw new WorldError("CLOSED", "cannot accept a call while closing");
    if (this.#pendingCount >= asyncCallsMax) {
      this.#refusedCount += 1;
      throw new WorldError(
        "TOO_MANY_CALLS",
        `cannot accept a call of "${call.functionName}": ${asyncCallsMax} calls are waiting`,
      );
    }
    this.#pendingCount += 1;
    this.#enqueue({ call, failureCount: 0, throttleMs: asyncThrottleMsMin });
  }

  /** Drops what waits, and says how much. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
    let lostCount = this.#timers.size;
    for (const lane of this.#lanes.values()) lostCount += lane.waiting.length;
    if (lostCount > 0) this.#warnOfLoss(lostCount);
  }

  #enqueue(pending: Pending): void {
    const lane = this.#laneOf(pending.call.functionName);
    lane.waiting.push(pending);
    this.#fill(lane);
  }

  #laneOf(functionName: string): Lane {
    let lane = this.#lanes.get(functionName);
    if (!lane) {
      lane = { waiting: new BoundedQueue<Pending>(asyncCallsMax), runningCount: 0 };
      this.#lanes.set(functionName, lane);
    }
    return lane;
  }

  #fill(lane: Lane): void {
    while (!this.#closed && lane.runningCount < environmentsPerFunctionMax) {
      const pending = lane.waiting.shift();
      if (!pending) return;
      lane.runningCount += 1;
      void this.#options.invoke(pending.call).then((result) => {
        lane.runningCount -= 1;
        this.#conclude(pending, result);
        this.#fill(lane);
      });
    }
  }

  #conclude(pending: Pending, result: "done" | "failed" | "throttled"): void {
    if (result === "throttled") {
      this.#retryAfter(pending.throttleMs, pending);
      pending.throttleMs = Math.min(pending.throttleMs * 2, asyncThrottleMsMax);
      return;
    }
    const delayMs = result === "failed" ? asyncRetryDelaysMs[pending.failureCount] : undefined;
    if (delayMs !== undefined) {
      pending.failureCount += 1;
      this.#retryAfter(delayMs, pending);
      return;
    }
    this.#pendingCount -= 1;
    if (result === "done") return;
    this.#givenUpCount += 1;
    const { functionName, requestId } = pending.call;
    const tries = asyncRetryDelaysMs.length + 1;
    this.#options.logger.error("asynchronous call given up", { functionName, requestId, tries });
  }

  #retryAfter(delayMs: number, pending: Pending): void {
    if (this.#closed) {
      this.#warnOfLoss(1);
      return;
    }
    const timer = this.#options.clock.after(delayMs, () => {
      this.#timers.delete(timer);
      this.#enqueue(pending);
    });
    this.#timers.add(timer);
  }

  #warnOfLoss(count: number): void {
    this.#options.logger.warn("asynchronous calls lost", { count });
  }
}
