/** PUBLISH from a client: publish, then acknowledge in order [MQTT 3.1.1, 3.3]. */

import type { Publish } from "@millrace/mqtt";
import type { Connection, OpenState } from "../connection.ts";
import type { PublishOutcome } from "../message.ts";

export function handlePublish(connection: Connection, open: OpenState, packet: Publish): void {
  const { topic, payload, qos, retain, packetId } = packet;
  if (qos === 2) {
    connection.fail("PUBLISH with QoS 2, which is not implemented");
    return;
  }
  const outcome = connection.broker.publish({ topic, payload, qos, retain, origin: open.origin });
  if (outcome instanceof Promise) {
    if (packetId === undefined) return;
    acknowledgeLater(connection, packetId, outcome);
  } else if (!outcome.accepted)
    connection.fail(outcome.reason); // [MQTT-3.3.5-2]
  else if (packetId !== undefined) {
    connection.acks.acknowledge(packetId);
    connection.balanceReading();
  }
}

/** PUBACK goes out when the message is owned, in the order in which the messages came. */
function acknowledgeLater(
  connection: Connection,
  packetId: number,
  outcome: Promise<PublishOutcome>,
): void {
  const acknowledge = connection.acks.reserve(packetId);
  connection.balanceReading();
  outcome.then((settled) => {
    if (settled.accepted)
      acknowledge(); // [MQTT-4.3.2-2]
    else connection.close("SERVER_ERROR"); // [MQTT-4.8.0-2]
    connection.balanceReading();
  });
}
