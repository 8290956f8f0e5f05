/**
 * PUBREL: the client will not send this message again, so its packet id is free (3.6).
 *
 * An unknown id is answered too: the answer to an earlier PUBREL may have been lost.
 */

import { type Pubrel, reasonCodes } from "@millrace/mqtt";
import type { Connection, OpenState } from "../connection/connection.ts";
import { receivedChange } from "../session/session-store.ts";

export function handlePubrel(connection: Connection, open: OpenState, packet: Pubrel): void {
  const { session } = open;
  const { packetId } = packet;
  const known = session.forgetReceived(packetId); // [MQTT5-4.3.3-12] [MQTT5-4.3.3-13]
  connection.traffic.unreleased.delete(packetId);
  const reasonCode = known ? reasonCodes.success : reasonCodes.packetIdentifierNotFound;
  // For an unknown id too: an earlier PUBREL may have removed it, and not be on disk yet.
  const changes = session.durable ? [receivedChange(session, packetId, "released")] : [];
  connection.whenStored(changes, () => {
    connection.send({ type: "pubcomp", packetId, reasonCode }); // [MQTT-4.3.3-2] [MQTT5-4.3.3-11]
  });
}
