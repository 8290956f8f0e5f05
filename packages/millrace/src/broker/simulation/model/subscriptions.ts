/**
 * What one session may be subscribed to, at every moment.
 *
 * Between a request and its answer nobody outside knows which side of it the broker is on, so a
 * filter has a set of possible states. The broker works off requests in their order: an answer
 * settles its own request and every earlier one, and leaves open those that were sent later. A
 * request that is never answered stays possible until a later one is.
 */

import { topicMatches } from "@millrace/mqtt";
import type { QoS } from "../../mod.ts";
import type { Moment } from "./messages.ts";

/** A subscription as it was asked for; `undefined` stands for none. */
export interface Wish {
  readonly filter: string;
  readonly qos: QoS;
  /** MQTT 5, as what follows. */
  readonly noLocal?: boolean;
  readonly retainAsPublished?: boolean;
  readonly retainHandling?: 0 | 1 | 2;
}

interface Request {
  readonly at: Moment;
  readonly wish: Wish | undefined;
}

interface History {
  readonly share: string | undefined;
  /** What topics are matched against. */
  readonly matched: string;
  /** The possible states from a moment on. */
  readonly changes: { readonly at: Moment; readonly possible: readonly (Wish | undefined)[] }[];
  /** Those that may be the last one the broker has worked off; the first is certain. */
  open: Request[];
}

/** The granted QoS, or -1 for nothing. */
export type Granted = QoS | -1;

export interface GrantRange {
  /** At least and at most, over all filters that match. */
  readonly lowest: Granted;
  readonly highest: Granted;
  /** Whether one of the filters may be granted QoS 0. */
  readonly mayBeQos0: boolean;
  /** Whether the RETAIN flag may come as it was published. */
  readonly mayKeepRetain: boolean;
}

export interface GrantQuestion {
  readonly topic: string;
  /** Whether the session's own client has published it. */
  readonly own: boolean;
  readonly from: Moment;
  readonly to: Moment;
  /** The name of a share; absent: the session's own subscriptions. */
  readonly share?: string | undefined;
}

export class Subscriptions {
  readonly #histories = new Map<string, History>();

  get filters(): string[] {
    return [...this.#histories.keys()];
  }

  /** SUBSCRIBE with this wish, or UNSUBSCRIBE, was sent. */
  requested(filter: string, wish: Wish | undefined, at: Moment): void {
    let history = this.#histories.get(filter);
    if (!history) {
      history = { ...partsOf(filter), changes: [], open: [{ at: 0, wish: undefined }] };
      this.#histories.set(filter, history);
    }
    history.open.push({ at, wish });
    noteChange(history, at);
  }

  /** The request of that moment was answered. What it found: whether there was a subscription. */
  answered(filter: string, requestedAt: Moment, at: Moment): "some" | "none" | "unknown" {
    const history = this.#histories.get(filter);
    if (!history) return "unknown";
    // The answer to a later request, if it came first, has settled this one as well.
    if (!history.open.some((request) => request.at === requestedAt)) return "unknown";
    const before = history.open.filter((request) => request.at < requestedAt);
    history.open = history.open.filter((request) => request.at >= requestedAt);
    noteChange(history, at);
    if (before.every(({ wish }) => wish === undefined)) return "none";
    return before.every(({ wish }) => wish !== undefined) ? "some" : "unknown";
  }

  /** What the topic is granted over all moments of the question. */
  grantOf({ topic, own, from, to, share }: GrantQuestion): GrantRange {
    let lowest: Granted = -1;
    let highest: Granted = -1;
    let mayBeQos0 = false;
    let mayKeepRetain = false;
    for (const history of this.#histories.values()) {
      if (history.share !== share || !topicMatches(history.matched, topic)) continue;
      const possible = possibleWithin(history, from, to);
      const granted = possible.map((wish) => (!wish || (own && wish.noLocal) ? -1 : wish.qos));
      lowest = Math.max(lowest, Math.min(...granted)) as Granted;
      highest = Math.max(highest, ...granted) as Granted;
      if (granted.includes(0)) mayBeQos0 = true;
      if (possible.some((wish) => wish?.retainAsPublished)) mayKeepRetain = true;
    }
    return { lowest, highest, mayBeQos0, mayKeepRetain };
  }

  /** The shares that it may be, or may have been, a member of. */
  get shares(): Set<string> {
    return new Set([...this.#histories.values()].flatMap(({ share }) => share ?? []));
  }
}

const sharePattern = /^\$share\/([^/]+)\/(.+)$/;

function partsOf(filter: string): Pick<History, "share" | "matched"> {
  const share = sharePattern.exec(filter);
  // Two filters under one name are two shares.
  return share ? { share: filter, matched: share[2]! } : { share: undefined, matched: filter };
}

function noteChange(history: History, at: Moment): void {
  history.changes.push({ at, possible: history.open.map(({ wish }) => wish) });
}

function possibleWithin({ changes }: History, from: Moment, to: Moment): (Wish | undefined)[] {
  let atStart: readonly (Wish | undefined)[] = [undefined];
  const within: (Wish | undefined)[] = [];
  for (const { at, possible } of changes) {
    if (at <= from) atStart = possible;
    else if (at <= to) within.push(...possible);
  }
  return [...atStart, ...within];
}
