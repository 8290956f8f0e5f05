/**
 * PUBLISH from a client: publish, then acknowledge in order [MQTT 3.1.1, 3.3 and 4.3].
 *
 * With QoS 2 the packet id is remembered until PUBREL, so that the same message sent again is
 * confirmed and not published again. A durable session's memory of it is stored in one transaction
 * with what the message makes others be owed: both are there after a crash, or neither.
 */

import type { Publish } from "@millrace/mqtt";
import type { Ack } from "../ack-queue.ts";
import type { Connection, OpenState } from "../connection.ts";
import type { Message, PublishOutcome } from "../message.ts";
import { receivedChange } from "../session-store.ts";

export function handlePublish(connection: Connection, open: OpenState, packet: Publish): void {
  const { topic, payload, qos, retain, packetId } = packet;
  const message = { topic, payload, qos, retain, origin: open.origin };
  if (packetId === undefined) {
    const outcome = connection.broker.publish(message);
    if (!(outcome instanceof Promise) && !outcome.accepted) connection.fail(outcome.reason);
    return;
  }
  if (qos === 1) {
    acknowledge(connection, { type: "puback", packetId }, connection.broker.publish(message));
    return;
  }
  acknowledge(
    connection,
    { type: "pubrec", packetId },
    publishOnce(connection, open, packetId, message),
  );
}

/** The outcome of the first copy, for every further one too [MQTT-4.3.3-2]. */
function publishOnce(
  { broker }: Connection,
  { session }: OpenState,
  packetId: number,
  message: Message,
): PublishOutcome | Promise<PublishOutcome> {
  const known = session.received.get(packetId);
  if (known) return known;
  const alongside = session.durable ? [receivedChange(session, packetId, true)] : [];
  const outcome = broker.publish(message, alongside);
  const settle = (settled: PublishOutcome) => {
    if (settled.accepted) session.received.set(packetId, settled);
    else session.received.delete(packetId); // so that the message may come again
    return settled;
  };
  if (!(outcome instanceof Promise)) return settle(outcome);
  const settling = outcome.then(settle);
  session.received.set(packetId, settling);
  return settling;
}

/** The answer goes out when the message is owned, in the order in which the messages came. */
function acknowledge(
  connection: Connection,
  ack: Ack,
  outcome: PublishOutcome | Promise<PublishOutcome>,
): void {
  if (!(outcome instanceof Promise)) {
    if (outcome.accepted) connection.acks.acknowledge(ack);
    else connection.fail(outcome.reason); // [MQTT-3.3.5-2]
    connection.balanceReading();
    return;
  }
  const answer = connection.acks.reserve(ack);
  connection.balanceReading();
  outcome.then((settled) => {
    if (settled.accepted)
      answer(); // [MQTT-4.3.2-2] [MQTT-4.3.3-2]
    else connection.close("SERVER_ERROR"); // [MQTT-4.8.0-2]
    connection.balanceReading();
  });
}
