/**
 * Asynchronous calls: accepted onto the disk, then tried until they are done or given up.
 *
 * What is accepted is tried, over a crash too, at least once and perhaps again: an event leaves the
 * disk only after its last try. Memory holds where events are, not what is in them.
 *
 * Each function has a lane, first in, first out, that never runs more calls at once than the
 * function may. All lanes together run no more than `triesMax`, so that a burst of events leaves
 * processes to callers who wait; when one ends the lanes are served in turn. Records for buses need
 * no process and are not counted.
 *
 * A call that failed comes back after a minute, then after two; one that was throttled, or met a
 * trouble of the machine, after a time that doubles and without being counted as a failure. What is
 * older than its function allows is given up. An end leads to a destination where the function has
 * one.
 */

import {
  BoundedQueue,
  type Clock,
  errorText,
  type Logger,
  noBytes,
  type Timer,
  utf8,
  WorldError,
} from "../../base/mod.ts";
import type { Records } from "../../storage/mod.ts";
import type { Outcome } from "../call.ts";
import {
  asyncBytesMax,
  asyncCallsMax,
  asyncDepthMax,
  asyncThrottleMsMax,
  asyncThrottleMsMin,
} from "../limits.ts";
import { errorTypeOf } from "../logging/platform-lines.ts";
import type { AsyncEvent } from "./event.ts";
import { EventStore, type NewEvent } from "./event-store.ts";
import { type Condition, type LastAnswer, writeInvocationRecord } from "./invocation-record.ts";
import { type AsyncSettings, calledFor, type Destination, isBus } from "./settings.ts";

export interface AsyncCall {
  readonly functionName: string;
  readonly qualifier?: string | undefined;
  readonly requestId: string;
  readonly payload: Uint8Array;
}

/**
 * How a try went. `unable`: it was none, because of a throttle or the machine, or because the
 * function cannot run yet. `never`: the function takes no calls at all.
 */
export type TryResult =
  | ({ readonly kind: "done" | "failed" } & LastAnswer)
  | { readonly kind: "unable" | "never" };

/** What a call of the function says of the try. */
export function tryResultOf(outcome: Outcome, version: string): TryResult {
  if (outcome.throttled || outcome.unavailable) return { kind: "unable" };
  const { payload, functionError } = outcome;
  return { kind: functionError ? "failed" : "done", payload, functionError, version };
}

/** What is to know of a function whose events are tried. */
export interface Receiver {
  readonly functionArn: string;
  readonly settings: AsyncSettings;
  /** Calls at once. */
  readonly laneWidth: number;
}

export interface AsyncCallsOptions {
  readonly records: Records;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Calls of functions at once. */
  readonly triesMax: number;
  /** Waits before the tries after the first. */
  readonly retryDelaysMs: readonly number[];
  /** `undefined`: there is no such function any more. */
  readonly receiverOf: (functionName: string, qualifier?: string) => Receiver | undefined;
  /** Never rejects. */
  readonly invoke: (call: AsyncCall) => Promise<TryResult>;
  readonly newRequestId: () => string;
}

interface Pending {
  event: AsyncEvent;
  throttleMs: number;
}

interface Lane {
  readonly key: string;
  readonly waiting: BoundedQueue<Pending>;
  readonly width: () => number;
  /** It calls functions, which take processes. */
  readonly isCounted: boolean;
  runningCount: number;
}

export class AsyncCalls {
  readonly #options: AsyncCallsOptions;
  readonly #store: EventStore;
  readonly #lanes = new Map<string, Lane>();
  readonly #timers = new Set<Timer>();
  readonly #running = new Set<Promise<void>>();
  /** Of functions, over all lanes. */
  #runningCount = 0;
  #nextSequence = 1;
  #pendingCount = 0;
  #pendingBytes = 0;
  #refusedCount = 0;
  #givenUpCount = 0;
  #closed = false;

  constructor(options: AsyncCallsOptions) {
    this.#options = options;
    this.#store = new EventStore(options.records);
  }

  /** Accepted and not yet done, those that wait for their next try included. */
  get pendingCount(): number {
    return this.#pendingCount;
  }

  /** What those carry, in bytes. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Not accepted, because too many were pending. */
  get refusedCount(): number {
    return this.#refusedCount;
  }

  /** Failed at every try, grew too old, or lost their function. */
  get givenUpCount(): number {
    return this.#givenUpCount;
  }

  /** Takes up what an earlier process has accepted and not done; once, before the first call. */
  async restore(): Promise<void> {
    // All of them before the first is tried: what a try makes takes its place behind the last.
    const kept: AsyncEvent[] = [];
    for await (const event of this.#store.load()) kept.push(event);
    this.#nextSequence = Math.max(this.#nextSequence, (kept.at(-1)?.sequence ?? 0) + 1);
    for (const event of kept) this.#count(event, 1);
    for (const event of kept) {
      const waitMs = (event.nextTryAtMs ?? 0) - this.#options.clock.now();
      const pending = { event, throttleMs: asyncThrottleMsMin };
      if (waitMs > 0) this.#tryAfter(waitMs, pending);
      else this.#enqueue(pending);
    }
  }

  /**
   * Answers when the call is durable. Rejects with a `WorldError`: `TOO_MANY_CALLS` when as many
   * wait as may, or what the disk says.
   */
  async accept(call: AsyncCall): Promise<void> {
    if (this.#closed) throw new WorldError("CLOSED", "cannot accept a call while closing");
    const added = this.#newEvent(call, 0);
    if (!this.#hasRoomFor(added.event)) {
      this.#refusedCount += 1;
      throw new WorldError(
        "TOO_MANY_CALLS",
        `cannot accept a call of "${call.functionName}": ${this.#pendingCount} calls are waiting`,
      );
    }
    this.#count(added.event, 1);
    try {
      await this.#store.add(added);
    } catch (thrown) {
      this.#count(added.event, -1);
      throw thrown;
    }
    this.#enqueue({ event: added.event, throttleMs: asyncThrottleMsMin });
  }

  /** Begins no more tries; what waits is taken up by the next start. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  /** Answers when what became of the tries in hand is on disk. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #newEvent(call: AsyncCall, depth: number): NewEvent {
    const { functionName, qualifier, requestId, payload } = call;
    const event: AsyncEvent = {
      sequence: this.#nextSequence++,
      functionName,
      qualifier,
      requestId,
      acceptedAtMs: this.#options.clock.now(),
      payloadBytes: payload.length,
      failureCount: 0,
      depth,
    };
    return { event, payload };
  }

  #hasRoomFor({ payloadBytes }: AsyncEvent): boolean {
    return this.#pendingCount < asyncCallsMax && this.#pendingBytes + payloadBytes <= asyncBytesMax;
  }

  #count({ payloadBytes }: AsyncEvent, sign: 1 | -1): void {
    this.#pendingCount += sign;
    this.#pendingBytes += sign * payloadBytes;
  }

  #enqueue(pending: Pending): void {
    if (this.#closed) return;
    const lane = this.#laneOf(pending.event);
    lane.waiting.push(pending);
    this.#fill(lane);
  }

  #laneOf({ functionName, qualifier }: AsyncEvent): Lane {
    const key = `${functionName}:${qualifier ?? ""}`;
    let lane = this.#lanes.get(key);
    if (!lane) {
      // The bound of all lanes together is kept where calls are accepted.
      const waiting = new BoundedQueue<Pending>(Number.MAX_SAFE_INTEGER);
      const width = () => this.#options.receiverOf(functionName, qualifier)?.laneWidth ?? 1;
      lane = { key, waiting, width, isCounted: !isBus(functionName), runningCount: 0 };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #fill(lane: Lane): void {
    while (!this.#closed && this.#mayTry(lane)) {
      const pending = lane.waiting.shift();
      if (!pending) return;
      this.#countTry(lane, 1);
      const tried = this.#try(pending)
        .catch((thrown) => this.#postpone(pending, thrown))
        .then(() => {
          this.#running.delete(tried);
          this.#countTry(lane, -1);
          this.#fillAfter(lane);
        });
      this.#running.add(tried);
    }
  }

  #mayTry({ isCounted, runningCount, width }: Lane): boolean {
    if (isCounted && this.#runningCount >= this.#options.triesMax) return false;
    return runningCount < width();
  }

  #countTry(lane: Lane, sign: 1 | -1): void {
    lane.runningCount += sign;
    if (lane.isCounted) this.#runningCount += sign;
  }

  /** What ended in this lane may make room in others: the next in turn has it. */
  #fillAfter(lane: Lane): void {
    if (lane.runningCount === 0 && lane.waiting.length === 0) this.#lanes.delete(lane.key);
    if (!lane.isCounted) {
      this.#fill(lane);
      return;
    }
    for (const next of [...this.#lanes.values()]) {
      if (this.#runningCount >= this.#options.triesMax) return;
      this.#lanes.delete(next.key);
      this.#lanes.set(next.key, next); // behind the others
      this.#fill(next);
    }
  }

  async #try(pending: Pending): Promise<void> {
    const { event } = pending;
    const { functionName, qualifier, requestId } = event;
    const { clock } = this.#options;
    const receiver = this.#options.receiverOf(functionName, qualifier);
    if (!receiver) return this.#conclude({ event, payload: noBytes }, "RetriesExhausted");
    const payload = await this.#store.readPayload(event);
    if (!payload) return this.#giveUpUnread({ event, payload: utf8("null"), receiver });
    const end = { event, payload, receiver };
    const ageMsMax = receiver.settings.eventAgeSecondsMax * 1000;
    if (clock.now() - event.acceptedAtMs >= ageMsMax) {
      return this.#conclude(end, "EventAgeExceeded");
    }
    const result = await this.#options.invoke({ functionName, qualifier, requestId, payload });
    switch (result.kind) {
      case "done":
        return this.#conclude(end, "Success", result);
      case "never":
        return this.#conclude(end, "RetriesExhausted");
      case "unable":
        return this.#throttle(pending);
      case "failed":
        return this.#fail(pending, end, result);
    }
  }

  /** Waiting would not bring its payload back. */
  #giveUpUnread(end: End): Promise<void> {
    const { functionName, requestId } = end.event;
    const reason = "its payload is not on disk";
    this.#options.logger.error("asynchronous call lost", { functionName, requestId, reason });
    return this.#conclude(end, "RetriesExhausted");
  }

  async #fail(pending: Pending, end: End, answer: LastAnswer): Promise<void> {
    const { retryDelaysMs, clock } = this.#options;
    const failureCount = pending.event.failureCount + 1;
    pending.event = { ...pending.event, failureCount };
    const { retryAttemptsMax = 0, eventAgeSecondsMax = 0 } = end.receiver?.settings ?? {};
    if (failureCount > retryAttemptsMax) {
      return this.#conclude({ ...end, event: pending.event }, "RetriesExhausted", answer);
    }
    const delayMs = retryDelaysMs[failureCount - 1] ?? retryDelaysMs.at(-1) ?? 0;
    const nextTryAtMs = clock.now() + delayMs;
    if (nextTryAtMs - pending.event.acceptedAtMs >= eventAgeSecondsMax * 1000) {
      return this.#conclude({ ...end, event: pending.event }, "EventAgeExceeded", answer);
    }
    pending.event = { ...pending.event, nextTryAtMs };
    await this.#store.update(pending.event);
    this.#tryAfter(delayMs, pending);
  }

  /** The disk does not do what it should: the event is still there, and so is this. */
  #postpone(pending: Pending, thrown: unknown): void {
    const { functionName, requestId } = pending.event;
    const reason = errorText(thrown);
    this.#options.logger.error("asynchronous call not tried", { functionName, requestId, reason });
    this.#throttle(pending);
  }

  #throttle(pending: Pending): void {
    this.#tryAfter(pending.throttleMs, pending);
    pending.throttleMs = Math.min(pending.throttleMs * 2, asyncThrottleMsMax);
  }

  #tryAfter(delayMs: number, pending: Pending): void {
    if (this.#closed) return;
    const timer = this.#options.clock.after(delayMs, () => {
      this.#timers.delete(timer);
      this.#enqueue(pending);
    });
    this.#timers.add(timer);
  }

  /** The event is over: it goes, and its record follows where the function wants it. */
  async #conclude(end: End, condition: Condition, answer?: LastAnswer): Promise<void> {
    const { event, receiver } = end;
    const succeeded = condition === "Success";
    const destination = succeeded ? receiver?.settings.onSuccess : receiver?.settings.onFailure;
    const next = destination && this.#recordFor(destination, { end, condition, answer });
    await this.#store.remove(event, next);
    this.#count(event, -1);
    if (!succeeded) {
      this.#givenUpCount += 1;
      const { functionName, requestId } = event;
      const fields = { functionName, requestId, condition, tries: event.failureCount };
      this.#options.logger.error("asynchronous call given up", {
        ...fields,
        ...(destination && { destination: calledFor(destination).functionName }),
        ...(answer?.functionError && { error: errorTypeOf(answer.payload) }),
        ...(!receiver && { reason: "there is no such function any more" }),
      });
    }
    if (!next) return;
    this.#count(next.event, 1);
    this.#enqueue({ event: next.event, throttleMs: asyncThrottleMsMin });
  }

  /** `undefined` where destinations lead from one to the next without end. */
  #recordFor(destination: Destination, { end, condition, answer }: Ending): NewEvent | undefined {
    const { event, payload, receiver } = end;
    const { functionName, qualifier } = calledFor(destination);
    if (event.depth >= asyncDepthMax) {
      const fields = { functionName: event.functionName, destination: functionName };
      this.#options.logger.error("destinations lead in a circle; the last is left out", fields);
      return undefined;
    }
    const record = writeInvocationRecord({
      event,
      payload,
      functionArn: receiver!.functionArn,
      condition,
      invokeCount: event.failureCount + (condition === "Success" ? 1 : 0),
      answer,
      nowMs: this.#options.clock.now(),
    });
    const requestId = this.#options.newRequestId();
    const call = { functionName, qualifier, requestId, payload: record };
    return this.#newEvent(call, event.depth + 1);
  }
}

interface End {
  readonly event: AsyncEvent;
  readonly payload: Uint8Array;
  /** Absent: there is no such function any more. */
  readonly receiver?: Receiver;
}

interface Ending {
  readonly end: End;
  readonly condition: Condition;
  readonly answer: LastAnswer | undefined;
}
