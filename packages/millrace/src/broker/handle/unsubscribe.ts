/** UNSUBSCRIBE: leave, then answer for each filter whether there was anything to leave (3.10). */

import { reasonCodes, topicFilterProblem, type Unsubscribe } from "@millrace/mqtt";
import type { Broker } from "../broker.ts";
import type { Connection, OpenState } from "../connection/connection.ts";
import { keepSubscriptions } from "../session/keep-subscriptions.ts";
import type { Session } from "../session/session.ts";
import type { Subscription } from "../topics/topic-tree.ts";
import { isSpecial } from "./subscribe.ts";

export function handleUnsubscribe(
  connection: Connection,
  open: OpenState,
  packet: Unsubscribe,
): void {
  const { broker } = connection;
  const { session } = open;
  const left: number[] = [];
  // [MQTT-3.10.4-6] [MQTT5-3.10.4-6]
  const codes = packet.filters.map((filter) => {
    const subscription = session.subscriptionTo(filter); // [MQTT-3.10.4-1] [MQTT5-3.10.4-1]
    if (subscription) {
      leave(broker, session, subscription);
      left.push(subscription.number);
      return reasonCodes.success;
    }
    if (topicFilterProblem(filter)) return reasonCodes.topicFilterInvalid;
    // [MQTT-3.10.4-5] [MQTT5-3.10.4-5]
    return broker.limits.absenceTold ? reasonCodes.noSubscriptionExisted : reasonCodes.success;
  });
  const { packetId } = packet;
  keepSubscriptions(connection, { joined: [], left }, () => {
    // [MQTT5-3.10.4-4]
    connection.send({ type: "unsuback", packetId, reasonCodes: codes }); // [MQTT-3.10.4-4]
  });
  broker.observer.unsubscribed(connection.facts, packet.filters);
}

function leave(broker: Broker, session: Session, subscription: Subscription<Session>): void {
  broker.topics.remove(subscription); // [MQTT-3.10.4-2] [MQTT5-3.10.4-2]
  session.deleteSubscription(subscription); // [MQTT-3.10.4-3] [MQTT5-3.10.4-3]
  if (isSpecial(subscription.options)) session.specialCount -= 1;
}
