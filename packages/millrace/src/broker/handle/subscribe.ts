/** SUBSCRIBE: join, answer, then send what is retained [MQTT 3.1.1, 3.8]. */

import { type Subscribe, subackFailure, topicFilterProblem } from "@millrace/mqtt";
import type { Broker } from "../broker.ts";
import type { Connection, OpenState } from "../connection.ts";
import { deliverRetained } from "../deliver.ts";
import type { QoS } from "../message.ts";
import type { Session } from "../session.ts";

export function handleSubscribe(connection: Connection, open: OpenState, packet: Subscribe): void {
  const { broker } = connection;
  const { session, facts } = open;
  const returnCodes: (QoS | typeof subackFailure)[] = packet.subscriptions.map(
    ({ filter, qos }) => {
      const problem = topicFilterProblem(filter) ?? problemOfJoining(broker, session, filter);
      if (!problem) return join(broker, session, filter, qos);
      broker.logger.warn("subscription refused", { clientId: facts.clientId, filter, problem });
      return subackFailure; // [MQTT-3.9.3-2]
    },
  );
  const joined = packet.subscriptions.flatMap(({ filter }, index) => {
    const granted = returnCodes[index];
    return granted === undefined || granted === subackFailure ? [] : [{ filter, granted }];
  });

  connection.whenSaved(session, () => {
    connection.send({ type: "suback", packetId: packet.packetId, returnCodes }); // [MQTT-3.8.4-1]
    for (const { filter, granted } of joined) {
      for (const message of broker.retained.matching(filter)) {
        deliverRetained(broker, session, message, granted); // [MQTT-3.3.1-6]
      }
    }
  });
  if (joined.length > 0) {
    broker.observer.subscribed(
      facts,
      joined.map(({ filter }) => filter),
    );
  }
}

function problemOfJoining(broker: Broker, session: Session, filter: string): string | undefined {
  const { subscriptionsPerSessionMax, topicLevelsMax } = broker.limits;
  const { subscriptions } = session;
  if (subscriptions.size >= subscriptionsPerSessionMax && !subscriptions.has(filter)) {
    return `the session has ${subscriptionsPerSessionMax} subscriptions already`;
  }
  if (filter.split("/").length > topicLevelsMax) return `more than ${topicLevelsMax} levels`;
  if (filter.startsWith("$share/")) return "shared subscriptions are not implemented";
  return undefined;
}

/** A filter that is there already only changes its QoS [MQTT-3.8.4-3]. */
function join(broker: Broker, session: Session, filter: string, qos: QoS): QoS {
  const known = session.subscriptions.get(filter);
  if (known) known.qos = qos;
  else session.subscriptions.set(filter, broker.topics.add(session, filter, qos));
  return qos;
}
