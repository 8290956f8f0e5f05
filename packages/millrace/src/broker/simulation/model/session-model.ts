/** What one session is owed and what it has got, as its client sees it. */

import { topicMatches } from "@millrace/mqtt";
import type { QoS } from "../../mod.ts";
import { type Moment, never, type SimulatedMessage } from "./messages.ts";
import { type GrantRange, Subscriptions } from "./subscriptions.ts";

/** A SUBSCRIBE: for each of its filters the broker reads what is retained. */
export interface RetainedRead {
  readonly filters: readonly string[];
  readonly from: Moment;
  readonly fromMs: number;
}

interface Arrivals {
  count: number;
  withQos2: number;
}

export interface Arrived {
  readonly arrivals: Readonly<Arrivals>;
  /** It came behind one that was sent later. */
  readonly isLate: boolean;
}

export class SessionModel {
  readonly clientId: string;
  /** Of messages sent until then nothing is known: the client has given up what it knew. */
  readonly blindUntil: Moment;
  readonly subscriptions: Subscriptions;
  readonly reads: RetainedRead[];
  /** Set for good when the broker has said that the session's line was full. */
  overflowTold = false;
  endedAt: Moment = never;
  readonly #arrivals = new Map<string, Arrivals>();
  readonly #lastNumbers = new Map<string, number>();
  readonly #seenRetained = new Set<string>();

  constructor(clientId: string, blindUntil: Moment = 0, before?: SessionModel) {
    this.clientId = clientId;
    this.blindUntil = blindUntil;
    this.subscriptions = before?.subscriptions ?? new Subscriptions();
    this.reads = before?.reads ?? [];
  }

  /**
   * The same session, if the broker still has it, seen by a client that has asked for its end and
   * got no answer: each subscription may be gone, and so may what was owed until now.
   */
  doubted(at: Moment): SessionModel {
    const after = new SessionModel(this.clientId, at, this);
    after.overflowTold = this.overflowTold;
    const { subscriptions } = this;
    for (const filter of subscriptions.filters) subscriptions.requested(filter, undefined, at);
    return after;
  }

  /**
   * What the message may be granted while it may be published. Through a share it may come later
   * too, from a member whose session has ended.
   */
  grantOf(message: SimulatedMessage, now: Moment, share?: string): GrantRange {
    const { topic, sentAt, ownedAt } = message;
    const own = message.clientId === this.clientId;
    const to = share === undefined ? Math.min(ownedAt, now) : now;
    return this.subscriptions.grantOf({ topic, own, from: sentAt, to, share });
  }

  /** Whether it keeps what reaches it for certain: it lives, and its line was never full. */
  get isSound(): boolean {
    return this.endedAt === never && !this.overflowTold;
  }

  hasGot(message: SimulatedMessage, now: Moment): boolean {
    if (this.#arrivals.has(message.name)) return true;
    if (!this.#seenRetained.has(message.name)) return false;
    const ways = [undefined, ...this.subscriptions.shares];
    return ways.some((share) => this.grantOf(message, now, share).mayKeepRetain);
  }

  /** When the broker may have read what is retained on this topic, for this session. */
  readsOf(topic: string): RetainedRead[] {
    return this.reads.filter(({ filters }) =>
      filters.some((filter) => topicMatches(filter, topic)),
    );
  }

  /** It has come as what was retained; where that may have been its live copy, it was that too. */
  arrivedRetained(message: SimulatedMessage): void {
    this.#seenRetained.add(message.name);
  }

  /** Counts it. */
  arrived(message: SimulatedMessage, qos: QoS): Arrived {
    const known = this.#arrivals.get(message.name);
    const arrivals = known ?? { count: 0, withQos2: 0 };
    arrivals.count += 1;
    if (qos === 2) arrivals.withQos2 += 1;
    this.#arrivals.set(message.name, arrivals);
    // The first copy of a will, or of one that a reader lost at QoS 0, says nothing about order;
    // nor does one that may have come before, when it was taken for what is retained.
    const isKnown = known !== undefined || this.#seenRetained.has(message.name);
    if (isKnown || message.isWill || qos < Math.min(message.qos, 1)) {
      return { arrivals, isLate: false };
    }
    const line = `${message.publisher} ${message.topic} ${qos}`;
    const last = this.#lastNumbers.get(line) ?? 0;
    this.#lastNumbers.set(line, Math.max(last, message.number));
    return { arrivals, isLate: message.number < last };
  }
}
