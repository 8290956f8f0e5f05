/** SUBSCRIBE: join, answer for each filter, then send what is retained (3.8). */

import {
  reasonCodes,
  type Subscribe,
  subackFailure,
  topicFilterProblem,
  type Subscription as Wish,
} from "@millrace/mqtt";
import { shortened, utf8 } from "../../base/mod.ts";
import type { Broker } from "../broker.ts";
import type { Connection, OpenState } from "../connection/connection.ts";
import type { RefusedSubscription } from "../counters.ts";
import { feedRetained } from "../delivery/retained-feed.ts";
import type { Bound } from "../limits.ts";
import type { QoS } from "../message.ts";
import { keepSubscriptions } from "../session/keep-subscriptions.ts";
import type { Session } from "../session/session.ts";
import { subscriptionChange } from "../session/session-store.ts";
import { parseShare } from "../topics/share-group.ts";
import { plainOptions, type Subscription, type SubscriptionOptions } from "../topics/topic-tree.ts";

/** A filter that was granted. */
interface Joined {
  readonly subscription: Subscription<Session>;
  /** Whether its retained messages are wanted [MQTT5-3.3.1-9] to [MQTT5-3.3.1-11]. */
  readonly fed: boolean;
}

interface Denial {
  readonly reasonCode: number;
  readonly why: string;
  readonly counted: RefusedSubscription;
  readonly bound?: Bound | undefined;
}

/** Answers once the subscriptions of a durable session are on disk. */
export function handleSubscribe(connection: Connection, open: OpenState, packet: Subscribe): void {
  const { broker } = connection;
  const { session } = open;
  const identifiers = packet.properties?.subscriptionIdentifiers;
  if (identifiers && !broker.limits.subscriptionIdentifiers) {
    broker.counters.bounds.subscriptionIdentifiers += 1;
    const reasonCode = reasonCodes.subscriptionIdentifiersNotSupported;
    connection.fail("subscription identifiers are not taken here", { reasonCode });
    return;
  }
  const joined: Joined[] = [];
  const denials = denialsOf(connection, session, packet.subscriptions);
  for (const denial of denials) if (denial) countDenial(broker, denial);
  const first = denials.find((denial) => denial !== undefined);
  if (first && closesOverDenial(connection)) {
    const { notAuthorized } = reasonCodes;
    const reason = first.reasonCode === notAuthorized ? "AUTH_ERROR" : "CLIENT_ERROR";
    connection.fail(`subscription refused: ${first.why}`, { reason });
    return;
  }
  // [MQTT-3.8.4-4] [MQTT-3.8.4-5] [MQTT5-3.8.4-5] [MQTT5-3.9.3-1]
  const returnCodes = packet.subscriptions.map((wish, index) => {
    const denial = denials[index];
    if (!denial) {
      const one = join(broker, session, wish, identifiers);
      joined.push(one);
      return one.subscription.options.qos; // [MQTT5-3.8.4-7]
    }
    reportDenial(connection, session, { wish, denial });
    return connection.mqtt5 ? denial.reasonCode : subackFailure; // [MQTT-3.9.3-2]
  });
  const { packetId } = packet;
  const changes = joined.map(({ subscription }) => subscriptionChange(session, subscription));
  const answer = () => {
    // [MQTT-2.3.1-7] [MQTT-3.8.4-2] [MQTT5-2.2.1-6] [MQTT5-3.8.4-1] [MQTT5-3.8.4-2]
    connection.send({ type: "suback", packetId, returnCodes }); // [MQTT-3.8.4-1] [MQTT5-3.8.4-6]
    for (const { subscription, fed } of joined) {
      if (fed) feedRetained(broker, session, subscription); // [MQTT-3.3.1-6]
    }
  };
  if (changes.length === 0) answer();
  else keepSubscriptions(connection, { joined: changes, left: [] }, answer);
  if (joined.length > 0) {
    broker.observer.subscribed(
      connection.facts,
      joined.map(({ subscription }) => subscription.filter),
    );
  }
}

/** Whether its messages differ from everybody's by more than the QoS. */
export function isSpecial({
  noLocal,
  retainAsPublished,
  identifiers,
}: SubscriptionOptions): boolean {
  return noLocal || retainAsPublished || identifiers !== undefined;
}

/** The options as one object with all subscriptions that have nothing special. */
export function sharedOptions(options: SubscriptionOptions): SubscriptionOptions {
  const { qos, noLocal, retainAsPublished, identifiers } = options;
  const plain = plainOptions[qos];
  return plain && !isSpecial(options) ? plain : { qos, noLocal, retainAsPublished, identifiers };
}

function countDenial({ counters }: Broker, { counted, bound }: Denial): void {
  counters.subscriptionsRefused[counted] += 1;
  if (bound) counters.bounds[bound] += 1;
}

function reportDenial(
  { broker, traffic }: Connection,
  { clientId }: Session,
  { wish, denial }: { readonly wish: Wish; readonly denial: Denial },
): void {
  const refusedCount = traffic.countRefusal(`subscribe ${denial.counted}`);
  if (refusedCount === undefined) return;
  const filter = shortened(wish.filter);
  const { why: problem } = denial;
  broker.logger.warn("subscription refused", { clientId, filter, problem, refusedCount });
}

function overQuota(why: string, bound: Bound): Denial {
  return { reasonCode: reasonCodes.quotaExceeded, why, counted: "quota-exceeded", bound };
}

function closesOverDenial({ broker, mqtt5 }: Connection): boolean {
  return !mqtt5 && broker.limits.closesOnRefusedFilter;
}

/** For each filter why it is refused, before any is granted. */
function denialsOf(
  connection: Connection,
  session: Session,
  wishes: readonly Wish[],
): (Denial | undefined)[] {
  const { filtersPerSubscribeMax, subscriptionsPerSessionMax } = connection.broker.limits;
  if (wishes.length > filtersPerSubscribeMax) {
    const why = `more than ${filtersPerSubscribeMax} filters in one SUBSCRIBE`;
    return wishes.map(() => overQuota(why, "filtersPerSubscribeMax"));
  }
  const added = new Set<string>();
  return wishes.map((wish) => {
    const { filter } = wish;
    const denial = denialOf(connection, wish);
    if (denial || session.subscriptionTo(filter) || added.has(filter)) return denial;
    if (session.subscriptionCount + added.size >= subscriptionsPerSessionMax) {
      const why = `the session has ${subscriptionsPerSessionMax} subscriptions already`;
      return overQuota(why, "subscriptionsPerSessionMax");
    }
    added.add(filter);
    return undefined;
  });
}

/** Why this one filter is refused; the others of the packet are not concerned. */
function denialOf(connection: Connection, { filter, qos }: Wish): Denial | undefined {
  const { broker, open } = connection;
  const { topicFilterInvalid, qosNotSupported, notAuthorized } = reasonCodes;
  const invalid = problemOfFilter(broker, filter);
  if (invalid) return { reasonCode: topicFilterInvalid, counted: "filter-invalid", ...invalid };
  const allowed = open?.origin.access?.maySubscribe(filter) ?? true;
  if (!allowed) {
    const why = "no policy allows it";
    return { reasonCode: notAuthorized, why, counted: "not-authorized" };
  }
  if (qos <= broker.limits.qosMax || !closesOverDenial(connection)) return undefined;
  const why = `QoS ${qos} is not granted here`;
  return { reasonCode: qosNotSupported, why, counted: "qos-not-supported", bound: "qosMax" };
}

/** What is wrong with a filter here; of a shared one, its own filter is what counts. */
function problemOfFilter(
  { limits }: Broker,
  filter: string,
): Pick<Denial, "why" | "bound"> | undefined {
  const share = parseShare(filter);
  if (share && (share.name === "" || /[+#]/.test(share.name))) {
    const why = "a share has no name, or one with a wildcard";
    return { why }; // [MQTT5-4.8.2-1] [MQTT5-4.8.2-2]
  }
  const { shareNameBytesMax, reservedFilters } = limits;
  if (share && utf8(share.name).length > shareNameBytesMax) {
    const why = `a share's name has more than ${shareNameBytesMax} bytes`;
    return { why, bound: "shareNameBytesMax" };
  }
  const matched = share ? share.filter : filter;
  if (matched.startsWith("$") && !reservedFilters.test(matched)) {
    return { why: "its topics are not for clients to hear", bound: "reservedFilters" };
  }
  const problem = topicFilterProblem(matched);
  if (problem) return { why: problem };
  const { topicLevelsMax, topicBytesMax } = limits;
  if (matched.split("/").length > topicLevelsMax) {
    return { why: `more than ${topicLevelsMax} levels`, bound: "topicLevelsMax" };
  }
  if (utf8(matched).length <= topicBytesMax) return undefined;
  return { why: `more than ${topicBytesMax} bytes`, bound: "topicBytesMax" };
}

/** A filter that is there already only changes its options [MQTT-3.8.4-3] [MQTT5-3.8.4-3]. */
function join(
  broker: Broker,
  session: Session,
  wish: Wish,
  identifiers: readonly number[] | undefined,
): Joined {
  const { filter, noLocal = false, retainAsPublished = false, retainHandling = 0 } = wish;
  const qos = Math.min(wish.qos, broker.limits.qosMax) as QoS; // [MQTT5-3.2.2-10]
  const options = sharedOptions({ qos, noLocal, retainAsPublished, identifiers });
  const shared = parseShare(filter) !== undefined;
  const known = session.subscriptionTo(filter);
  if (known) {
    session.specialCount += Number(isSpecial(options)) - Number(isSpecial(known.options));
    known.options = options;
    // [MQTT5-3.3.1-10] [MQTT5-3.8.4-4]
    return { subscription: known, fed: retainHandling === 0 && !shared };
  }
  const number = session.takeSubscriptionNumber();
  const subscription = broker.topics.add(session, filter, options, number);
  session.addSubscription(subscription);
  session.specialCount += Number(isSpecial(options));
  return { subscription, fed: retainHandling !== 2 && !shared }; // MQTT5 3.8.3.1
}
