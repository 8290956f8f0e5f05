/**
 * A session: what a client is subscribed to and what it is owed.
 *
 * Messages of QoS 1 and 2 go through one line: `queue`, then a window of `inflight` packet ids,
 * then gone at PUBACK or PUBCOMP. The order of the line is the order of publishing [MQTT-4.6.0-1].
 * A durable session (one that does not end with its connection) survives the process, and its line
 * is on disk (`session-store.ts`) before the publisher hears "done"; the line in memory is the
 * same one.
 *
 * Most sessions are idle and there are many: what not every session has is made when it is needed.
 */

import type { ProtocolLevel } from "@millrace/mqtt";
import { BoundedQueue } from "../../base/mod.ts";
import type { Connection } from "../connection/connection.ts";
import type { Counters } from "../counters.ts";
import type { Outgoing } from "../delivery/outgoing.ts";
import type { RetainedFeed } from "../delivery/retained-feed.ts";
import type { BrokerLimits } from "../limits.ts";
import type { PublishOutcome, QoS } from "../message.ts";
import type { ShareGroup } from "../topics/share-group.ts";
import type { Subscription } from "../topics/topic-tree.ts";
import type { Deadline } from "./deadline.ts";
import type { Will } from "./will.ts";

/**
 * How far a delivery is. `storing`: its packet id, or that PUBREC has come, is on its way to disk,
 * because QoS 2 must remember both over a crash. `published`: sent, or perhaps sent by an earlier
 * process. `released`: PUBREL is all that may be sent any more [MQTT-4.3.3-1].
 */
export type Stage = "queued" | "storing" | "published" | "released";

/** A message of QoS 1 or 2 on its way to one client. */
export interface Delivery {
  readonly outgoing: Outgoing;
  readonly qos: 1 | 2;
  readonly retain: boolean;
  readonly identifiers: readonly number[] | undefined;
  /** The shared subscription that it came through. */
  readonly share: ShareGroup<Session> | undefined;
  /** Place in the session's line on disk; 0 when it is not there. */
  readonly sequence: number;
  stage: Stage;
}

export interface Inflight {
  readonly packetId: number;
  readonly delivery: Delivery;
}

export interface SessionOptions {
  readonly clientId: string;
  readonly limits: BrokerLimits;
  readonly counters: Counters;
  readonly protocolLevel: ProtocolLevel;
  readonly expirySeconds: number;
  /** Its places in the line on disk begin here; below are an earlier session's remains. */
  readonly sequenceStart: number;
}

/** One of each QoS 2 message from the client: what came of it. */
type Received = Map<number, PublishOutcome | Promise<PublishOutcome>>;

const none: ReadonlyMap<number, Delivery> = new Map();

export class Session {
  readonly clientId: string;
  readonly sequenceStart: number;
  /** Of its last connection. */
  protocolLevel: ProtocolLevel;
  /** How long it is kept without a connection; 0: it ends with it. */
  expirySeconds: number;
  /** Whether there is a record of it on disk. */
  onDisk = false;
  readonly subscriptions = new Map<string, Subscription<Session>>();
  /** Subscriptions whose messages need a second look: not just the QoS. */
  specialCount = 0;
  connection: Connection | undefined;
  /** When the connection ended; `undefined` while there is one. */
  disconnectedAtMs: number | undefined;
  /** Waits for its delay to pass; only while there is no connection. */
  will: Will | undefined;
  deadline: Deadline | undefined;
  /** Retained messages that new subscriptions are still owed. */
  feeds: RetainedFeed[] | undefined;
  feedScheduled = false;
  /** Of the publish that is being matched: which it is, and what this session's filters say. */
  lastPublishNumber = 0;
  matchedQos: QoS = 0;
  matchedRetain = false;
  matchedIdentifiers: number[] | undefined;
  #received: Received | undefined;
  #inflight: Map<number, Delivery> | undefined;
  /** What an earlier connection left unacknowledged and this one has not been sent yet. */
  #resend: Inflight[] | undefined;
  #queue: BoundedQueue<Delivery> | undefined;
  #window: number;
  #queuedBytes = 0;
  #overflowCount = 0;
  #nextPacketId = 1;
  #nextSubscriptionNumber = 1;
  readonly #limits: BrokerLimits;
  readonly #counters: Counters;

  constructor(options: SessionOptions) {
    const { clientId, limits, counters, protocolLevel, expirySeconds, sequenceStart } = options;
    this.clientId = clientId;
    this.sequenceStart = sequenceStart;
    this.protocolLevel = protocolLevel;
    this.expirySeconds = expirySeconds;
    this.#limits = limits;
    this.#counters = counters;
    this.#window = limits.inflightMax;
  }

  /** Whether it survives its connection, and so the process. */
  get durable(): boolean {
    return this.expirySeconds > 0;
  }

  get inflight(): ReadonlyMap<number, Delivery> {
    return this.#inflight ?? none;
  }

  get queueLength(): number {
    return this.#queue?.length ?? 0;
  }

  /** QoS 2 messages from the client that it has not released. */
  get receivedCount(): number {
    return this.#received?.size ?? 0;
  }

  /** Messages that did not fit into the line; each is a broken promise, logged by the caller. */
  get overflowCount(): number {
    return this.#overflowCount;
  }

  /** What came of the QoS 2 message that has this packet id, if it is known. */
  receivedOutcome(packetId: number): PublishOutcome | Promise<PublishOutcome> | undefined {
    return this.#received?.get(packetId);
  }

  setReceived(packetId: number, outcome: PublishOutcome | Promise<PublishOutcome>): void {
    this.#received ??= new Map();
    this.#received.set(packetId, outcome);
  }

  /** False when there was none under this packet id. */
  forgetReceived(packetId: number): boolean {
    return this.#received?.delete(packetId) ?? false;
  }

  /** The number under which a subscription lies on disk; `known` from there. */
  takeSubscriptionNumber(known?: number): number {
    const number = known ?? this.#nextSubscriptionNumber;
    this.#nextSubscriptionNumber = Math.max(this.#nextSubscriptionNumber, number + 1);
    return number;
  }

  /**
   * A new connection: what was sent before is to be sent again, within a window of its own
   * [MQTT-4.4.0-1] [MQTT5-4.9.0-1].
   */
  beginConnection(receiveMaximum: number): void {
    this.#window = Math.min(this.#limits.inflightMax, receiveMaximum);
    this.#resend = undefined;
    if (!this.#inflight?.size) return;
    this.#resend = [];
    for (const [packetId, delivery] of this.#inflight) this.#resend.push({ packetId, delivery });
    this.#resend.reverse();
  }

  /** The next one to be sent again; `undefined` when all have been, or the window is full. */
  takeResend(): Inflight | undefined {
    if (!this.#resend || this.#sentCount >= this.#window) return undefined;
    for (;;) {
      const next = this.#resend.pop();
      if (!next) {
        this.#resend = undefined;
        return undefined;
      }
      if (this.#inflight?.get(next.packetId) === next.delivery) return next;
    }
  }

  /** Whether a message would go out at once. */
  get hasRoom(): boolean {
    return !this.#resend && this.queueLength === 0 && this.#sentCount < this.#window;
  }

  get #sentCount(): number {
    return (this.#inflight?.size ?? 0) - (this.#resend?.length ?? 0);
  }

  /** False, and counted, when the line is full. */
  enqueue(delivery: Delivery): boolean {
    this.#queue ??= new BoundedQueue(this.#limits.queuedMessagesMax);
    const bytes = delivery.outgoing.byteLength;
    const { queuedBytesMax, queuedBytesInAllMax } = this.#limits;
    const fits =
      this.#queuedBytes + bytes <= queuedBytesMax &&
      this.#counters.queuedBytes + bytes <= queuedBytesInAllMax &&
      this.#queue.push(delivery);
    if (fits) this.#countQueued(bytes);
    else this.#overflowCount += 1;
    return fits;
  }

  /** Moves the head of the line into the window; `undefined` when none may go. */
  takeNext(): Inflight | undefined {
    if (this.#resend || !this.#queue || this.#sentCount >= this.#window) return undefined;
    const delivery = this.#takeQueued();
    if (!delivery) return undefined;
    const packetId = this.#takePacketId();
    this.#setInflight(packetId, delivery);
    return { packetId, delivery };
  }

  /** Ends a delivery and frees its packet id. */
  settle(packetId: number): void {
    this.#inflight?.delete(packetId);
  }

  /** Takes out everything that has not been sent; the session is over. */
  *drainQueue(): Generator<Delivery> {
    for (let next = this.#takeQueued(); next; next = this.#takeQueued()) yield next;
  }

  /**
   * Puts back what an earlier process kept on disk, in order: first into the window, as it was
   * then, so that a line that was full fits again. False, and counted, when limits have shrunk.
   * `packetId` is the one it was sent under, where that had to be kept.
   */
  restore(delivery: Delivery, packetId: number | undefined): boolean {
    if (packetId === undefined && this.inflight.size >= this.#limits.inflightMax) {
      return this.enqueue(delivery);
    }
    this.#setInflight(packetId ?? this.#takePacketId(), delivery);
    return true;
  }

  #takeQueued(): Delivery | undefined {
    const delivery = this.#queue?.shift();
    if (delivery) this.#countQueued(-delivery.outgoing.byteLength);
    return delivery;
  }

  #countQueued(bytes: number): void {
    this.#queuedBytes += bytes;
    this.#counters.queuedBytes += bytes;
  }

  #setInflight(packetId: number, delivery: Delivery): void {
    this.#inflight ??= new Map();
    this.#inflight.set(packetId, delivery);
  }

  #takePacketId(): number {
    // The window is far smaller than the 65,535 ids, so a free one is near. [MQTT-2.3.1-2]
    while (this.inflight.has(this.#nextPacketId)) this.#advancePacketId();
    const packetId = this.#nextPacketId;
    this.#advancePacketId();
    return packetId;
  }

  #advancePacketId(): void {
    this.#nextPacketId = this.#nextPacketId === 65_535 ? 1 : this.#nextPacketId + 1;
  }
}
