/**
 * PUBACK, PUBREC and PUBCOMP: the client has taken a step with a message that it was sent (4.3).
 *
 * One for a packet id that nobody knows is passed over: it may answer what a crash has forgotten.
 */

import type { Puback, Pubcomp, Pubrec } from "@millrace/mqtt";
import type { Connection } from "../connection/connection.ts";
import { sendOwed } from "../delivery/retained-feed.ts";
import { releaseDelivery, settleDelivery } from "../delivery/sending.ts";
import type { Delivery } from "../session/line.ts";
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
  const delivery = session.lineIfAny?.inflight.get(packetId);
  if (delivery && !isNextStep(delivery, type)) {
    const where = `a message of QoS ${delivery.qos} that is ${delivery.stage}`;
    connection.fail(`${type.toUpperCase()} for ${where}`, { clause: "MQTT-4.3.3-1" });
    return;
  }
  // A client that refuses the message is done with it, and nobody else gets it. [MQTT5-4.8.2-6]
  if (type === "pubrec" && reasonCode < failureMin) releaseDelivery(broker, session, packetId);
  else {
    settleDelivery(broker, session, packetId); // [MQTT5-4.4.0-2]
    sendOwed(broker, session);
  }
}

/** Whether the answer belongs to the step that was taken last (4.3.2, 4.3.3). */
function isNextStep({ qos, stage }: Delivery, type: "puback" | "pubrec" | "pubcomp"): boolean {
  if (qos === 1) return type === "puback";
  // While the release is on its way to disk the client has said PUBREC, and cannot know more.
  return type === "pubrec" || (type === "pubcomp" && stage !== "published");
}
