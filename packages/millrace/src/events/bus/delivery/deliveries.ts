/**
 * Deliveries: accepted onto the disk, then tried until the target has them or they are given up.
 *
 * What is accepted is tried, over a crash too, at least once and perhaps again, unless it has grown
 * too old before its turn came: a delivery leaves the disk only after its last try. A target that
 * is not there or may not be used is not tried again, because waiting would not help; any other
 * failure is, after pauses that double, as often and as long as the target's retry policy says.
 * [EventBridge: Retrying event delivery]
 */

import {
  BoundedQueue,
  type Clock,
  errorText,
  type Logger,
  type Random,
  type Timer,
  WorldError,
} from "../../../base/mod.ts";
import type { Records } from "../../../storage/mod.ts";
import { busLimits } from "../limits.ts";
import type { Delivery } from "./delivery.ts";
import { DeliveryStore, type NewDelivery } from "./delivery-store.ts";

export interface DeliveriesOptions {
  readonly records: Records;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Rejects with a `WorldError` when it may help to try again, and else with the reason. */
  readonly deliver: (delivery: Delivery, payload: Uint8Array) => Promise<void>;
}

export type DeliveryWish = Omit<Delivery, "sequence" | "failureCount" | "payloadBytes"> & {
  readonly payload: Uint8Array;
};

export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #store: DeliveryStore;
  // Its bound is kept where deliveries are accepted.
  readonly #waiting = new BoundedQueue<Delivery>(Number.MAX_SAFE_INTEGER);
  readonly #timers = new Set<Timer>();
  readonly #running = new Set<Promise<void>>();
  readonly #restored = Promise.withResolvers<void>();
  #nextSequence = 1;
  #closed = false;
  #pendingBytes = 0;
  pendingCount = 0;
  deliveredCount = 0;
  givenUpCount = 0;
  refusedCount = 0;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#store = new DeliveryStore(options.records);
  }

  /** Takes up what an earlier process has accepted and not finished; once. */
  async restore(): Promise<void> {
    const kept: Delivery[] = [];
    for await (const delivery of this.#store.load()) kept.push(delivery);
    this.#nextSequence = Math.max(this.#nextSequence, (kept.at(-1)?.sequence ?? 0) + 1);
    for (const delivery of kept) this.#count(delivery, 1);
    for (const delivery of kept) this.#waiting.push(delivery);
    this.#restored.resolve();
    this.#fill();
  }

  /**
   * Answers when all are durable. Rejects with a `WorldError`: `TOO_MANY_DELIVERIES` when as many
   * wait as may, or what the disk says.
   */
  async accept(wishes: readonly DeliveryWish[]): Promise<void> {
    await this.#restored.promise; // until then places on disk may be taken
    if (this.#closed) throw new WorldError("CLOSED", "cannot accept an event while closing");
    const added = wishes.map((wish) => this.#new(wish));
    const bytes = added.reduce((sum, { delivery }) => sum + delivery.payloadBytes, 0);
    this.demandRoom(added.length, bytes);
    for (const { delivery } of added) this.#count(delivery, 1);
    try {
      await this.#store.add(added);
    } catch (thrown) {
      for (const { delivery } of added) this.#count(delivery, -1);
      throw thrown;
    }
    for (const { delivery } of added) this.#waiting.push(delivery);
    this.#fill();
  }

  /** Throws a `WorldError`, `TOO_MANY_DELIVERIES`, when so many more would be too many. */
  demandRoom(count: number, bytes: number): void {
    const { pendingMax, pendingBytesMax } = busLimits;
    const isFull = this.pendingCount + count > pendingMax;
    if (!isFull && this.#pendingBytes + bytes <= pendingBytesMax) return;
    this.refusedCount += count;
    const message = `cannot accept an event: ${this.pendingCount} deliveries are waiting`;
    throw new WorldError("TOO_MANY_DELIVERIES", message);
  }

  /** Begins no more tries; what waits, or fails from here on, is taken up by the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#restored.resolve();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #new({ payload, ...wish }: DeliveryWish): NewDelivery {
    const sequence = this.#nextSequence++;
    const payloadBytes = payload.length;
    return { delivery: { ...wish, sequence, payloadBytes, failureCount: 0 }, payload };
  }

  #count({ payloadBytes }: Delivery, sign: 1 | -1): void {
    this.pendingCount += sign;
    this.#pendingBytes += sign * payloadBytes;
  }

  #fill(): void {
    while (!this.#closed && this.#running.size < busLimits.runningMax) {
      const delivery = this.#waiting.shift();
      if (!delivery) return;
      const tried = this.#try(delivery)
        .catch((thrown) => this.#postpone(delivery, thrown))
        .then(() => {
          this.#running.delete(tried);
          this.#fill();
        });
      this.#running.add(tried);
    }
  }

  async #try(delivery: Delivery): Promise<void> {
    const payload = await this.#store.readPayload(delivery);
    if (!payload) return this.#giveUp(delivery, "what the target should get is not on disk");
    if (this.#isTooOld(delivery, 0)) return this.#giveUp(delivery, "the event is too old");
    try {
      await this.#options.deliver(delivery, payload);
    } catch (thrown) {
      const mayHelp = thrown instanceof WorldError;
      if (mayHelp && this.#closed) return; // the end of all is no failure of the target's
      if (mayHelp) return this.#fail(delivery, thrown);
      return this.#giveUp(delivery, errorText(thrown));
    }
    await this.#end(delivery);
    this.deliveredCount += 1;
  }

  async #fail(tried: Delivery, thrown: WorldError): Promise<void> {
    const delivery = { ...tried, failureCount: tried.failureCount + 1 };
    const pauseMs = this.#pauseMs(delivery.failureCount);
    if (delivery.failureCount > delivery.attemptsMax || this.#isTooOld(delivery, pauseMs)) {
      return this.#giveUp(delivery, errorText(thrown));
    }
    await this.#store.update(delivery);
    this.#tryAfter(pauseMs, delivery);
  }

  /** The disk does not do what it should: the delivery is still there, and so is this. */
  #postpone(delivery: Delivery, thrown: unknown): void {
    const reason = errorText(thrown);
    const what = { rule: delivery.ruleName, event: delivery.eventId, reason };
    this.#options.logger.error("delivery of an event put off", what);
    this.#tryAfter(busLimits.retryPauseMsMin, delivery);
  }

  async #giveUp(delivery: Delivery, reason: string): Promise<void> {
    await this.#end(delivery);
    this.givenUpCount += 1;
    const { ruleName: rule, targetId: target, eventId: event, failureCount: tries } = delivery;
    const what = { rule, target, event, tries, reason };
    this.#options.logger.error("delivery of an event given up", what);
  }

  async #end(delivery: Delivery): Promise<void> {
    await this.#store.remove(delivery);
    this.#count(delivery, -1);
  }

  #isTooOld({ acceptedAtMs, ageSecondsMax }: Delivery, aheadMs: number): boolean {
    return this.#options.clock.now() + aheadMs - acceptedAtMs > ageSecondsMax * 1000;
  }

  /** With jitter of up to a half, so that what failed together does not come back together. */
  #pauseMs(failureCount: number): number {
    const { retryPauseMsMin, retryPauseMsMax } = busLimits;
    const full = Math.min(retryPauseMsMin * 2 ** (failureCount - 1), retryPauseMsMax);
    return Math.round(full * (1 - this.#options.random.fraction() / 2));
  }

  #tryAfter(delayMs: number, delivery: Delivery): void {
    if (this.#closed) return;
    const timer = this.#options.clock.after(delayMs, () => {
      this.#timers.delete(timer);
      this.#waiting.push(delivery);
      this.#fill();
    });
    this.#timers.add(timer);
  }
}
