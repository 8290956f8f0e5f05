/**
 * PUBACK, PUBREC and PUBCOMP: the client has taken a step with a message that it was sent (4.3).
 *
 * One for a packet id that nobody knows is passed over: it may answer what a crash has forgotten.
 */

import type { Puback, Pubcomp, Pubrec } from "@millrace/mqtt";
import type { Connection } from "../connection/connection.ts";
import { sendOwed } from "../delivery/retained-feed.ts";
import { releaseDelivery, settleDelivery } from "../delivery/sending.ts";
import type { Session } from "../session/session.ts";

/** From here on a reason code says that it went wrong (2.4). */
const failureMin = 0x80;

export function handleAcknowledgement(
  connection: Connection,
  session: Session,
  packet: Puback | Pubrec | Pubcomp,
): void {
  const { broker } = connection;
  const { type, packetId, reasonCode = 0 } = packet;
  const qos = session.lineIfAny?.inflight.get(packetId)?.qos;
  if (qos !== undefined && (qos === 1) !== (type === "puback")) {
    connection.fail(`${type.toUpperCase()} for a message of QoS ${qos}`, { clause: "4.3" });
    return;
  }
  // A client that refuses the message is done with it, and nobody else gets it. [MQTT5-4.8.2-6]
  if (type === "pubrec" && reasonCode < failureMin) releaseDelivery(broker, session, packetId);
  else {
    settleDelivery(broker, session, packetId); // [MQTT5-4.3.3-4]
    sendOwed(broker, session);
  }
}
