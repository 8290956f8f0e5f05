/**
 * A session: what a client is subscribed to and what it is owed.
 *
 * A durable session (one that does not end with its connection) survives the process: its line is
 * on disk (`session-store.ts`) before the publisher hears "done"; the line in memory is the same
 * one. Most sessions are idle and there are many: what not every session has is made when it is
 * needed, and the one subscription that most have takes no map.
 */

import type { ProtocolLevel } from "@millrace/mqtt";
import type { Connection } from "../connection/connection.ts";
import type { Counters } from "../counters.ts";
import type { RetainedFeed } from "../delivery/retained-feed.ts";
import type { DisconnectReason } from "../lifecycle.ts";
import type { BrokerLimits } from "../limits.ts";
import type { PublishOutcome, QoS } from "../message.ts";
import type { Subscription } from "../topics/topic-tree.ts";
import type { Deadline } from "./deadline.ts";
import { Line } from "./line.ts";
import type { Will } from "./will.ts";

export interface SessionOptions {
  readonly clientId: string;
  readonly protocolLevel: ProtocolLevel;
  readonly expirySeconds: number;
  /** Its places in the line on disk begin here; below are an earlier session's remains. */
  readonly sequenceStart: number;
}

/** What every session of a broker has in common. */
export interface SessionSurroundings {
  readonly limits: BrokerLimits;
  readonly counters: Counters;
}

/**
 * What came of a QoS 2 message from the client. `delivered`: before the start of this process, and
 * of what taps made of it nothing is known.
 */
type Reception = PublishOutcome | Promise<PublishOutcome> | "delivered";

export class Session {
  readonly clientId: string;
  readonly sequenceStart: number;
  /** Of its last connection. */
  protocolLevel: ProtocolLevel;
  /** Grows with every connection of the client id; -1 before the first. */
  versionNumber = -1;
  /** How long it is kept without a connection; 0: it ends with it. */
  expirySeconds: number;
  /** Whether there is a record of it on disk. */
  onDisk = false;
  /** Subscriptions whose messages need a second look: not just the QoS. */
  specialCount = 0;
  connection: Connection | undefined;
  /** When the connection ended; `undefined` while there is one. */
  disconnectedAtMs: number | undefined;
  disconnectReason: DisconnectReason | undefined;
  /** Waits for its delay to pass; only while there is no connection. */
  will: Will | undefined;
  deadline: Deadline | undefined;
  /** Numbers of subscriptions that were left, and that the disk has refused to let go. */
  refusedRemovals: readonly number[] | undefined;
  /** Retained messages that new subscriptions are still owed. */
  feeds: RetainedFeed[] | undefined;
  feedScheduled = false;
  /** Of the publish that is being matched: which it is, and what this session's filters say. */
  lastPublishNumber = 0;
  matchedQos: QoS = 0;
  matchedRetain = false;
  matchedIdentifiers: readonly number[] | undefined;
  readonly #surroundings: SessionSurroundings;
  #onlySubscription: Subscription<Session> | undefined;
  #subscriptions: Map<string, Subscription<Session>> | undefined;
  #nextSubscriptionNumber = 1;
  /** By packet id. */
  #received: Map<number, Reception> | undefined;
  #line: Line | undefined;

  constructor(options: SessionOptions, surroundings: SessionSurroundings) {
    this.clientId = options.clientId;
    this.sequenceStart = options.sequenceStart;
    this.protocolLevel = options.protocolLevel;
    this.expirySeconds = options.expirySeconds;
    this.#surroundings = surroundings;
  }

  /** Whether it survives its connection, and so the process. */
  get durable(): boolean {
    return this.expirySeconds > 0;
  }

  /** What it is owed; made when it is first asked for. */
  get line(): Line {
    const { limits, counters } = this.#surroundings;
    this.#line ??= new Line(limits, counters);
    return this.#line;
  }

  /** `undefined` while there was nothing to be owed. */
  get lineIfAny(): Line | undefined {
    return this.#line;
  }

  get subscriptionCount(): number {
    return this.#subscriptions?.size ?? (this.#onlySubscription ? 1 : 0);
  }

  subscriptions(): Iterable<Subscription<Session>> {
    if (this.#subscriptions) return this.#subscriptions.values();
    return this.#onlySubscription ? [this.#onlySubscription] : [];
  }

  subscriptionTo(filter: string): Subscription<Session> | undefined {
    if (this.#subscriptions) return this.#subscriptions.get(filter);
    return this.#onlySubscription?.filter === filter ? this.#onlySubscription : undefined;
  }

  /** There must be none to this filter. */
  addSubscription(subscription: Subscription<Session>): void {
    const only = this.#onlySubscription;
    if (!this.#subscriptions && !only) {
      this.#onlySubscription = subscription;
      return;
    }
    this.#subscriptions ??= new Map();
    if (only) this.#subscriptions.set(only.filter, only);
    this.#onlySubscription = undefined;
    this.#subscriptions.set(subscription.filter, subscription);
  }

  deleteSubscription({ filter }: Subscription<Session>): void {
    if (this.#onlySubscription?.filter === filter) this.#onlySubscription = undefined;
    this.#subscriptions?.delete(filter);
  }

  /** The number under which a subscription lies on disk; `known` from there. */
  takeSubscriptionNumber(known?: number): number {
    const number = known ?? this.#nextSubscriptionNumber;
    this.#nextSubscriptionNumber = Math.max(this.#nextSubscriptionNumber, number + 1);
    return number;
  }

  /** QoS 2 messages from the client that it has not released. */
  get receivedCount(): number {
    return this.#received?.size ?? 0;
  }

  /** What came of the QoS 2 message that has this packet id, if it is known. */
  receivedOutcome(packetId: number): Reception | undefined {
    return this.#received?.get(packetId);
  }

  setReceived(packetId: number, outcome: Reception): void {
    this.#received ??= new Map();
    this.#received.set(packetId, outcome);
  }

  /** False when there was none under this packet id. */
  forgetReceived(packetId: number): boolean {
    return this.#received?.delete(packetId) ?? false;
  }
}
