/** UNSUBSCRIBE: leave, then answer whether or not there was anything to leave [MQTT-3.10.4-5]. */

import type { Unsubscribe } from "@millrace/mqtt";
import type { Connection, OpenState } from "../connection.ts";

export function handleUnsubscribe(
  connection: Connection,
  open: OpenState,
  packet: Unsubscribe,
): void {
  const { broker } = connection;
  const { session, facts } = open;
  for (const filter of packet.filters) {
    const subscription = session.subscriptions.get(filter);
    if (!subscription) continue;
    broker.topics.remove(subscription); // [MQTT-3.10.4-2]
    session.subscriptions.delete(filter);
  }
  const { packetId } = packet;
  connection.whenSaved(session, () => {
    connection.send({ type: "unsuback", packetId }); // [MQTT-3.10.4-4]
  });
  broker.observer.unsubscribed(facts, packet.filters);
}
