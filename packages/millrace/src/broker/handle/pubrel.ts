/**
 * PUBREL: the client will not send this message again, so its packet id is free [MQTT 3.1.1, 3.6].
 *
 * An unknown id is answered too: the answer to an earlier PUBREL may have been lost.
 */

import type { Pubrel } from "@millrace/mqtt";
import type { Connection, OpenState } from "../connection.ts";
import { receivedChange, store } from "../session-store.ts";

export function handlePubrel(connection: Connection, open: OpenState, packet: Pubrel): void {
  const { session } = open;
  const { packetId } = packet;
  const answer = () => connection.send({ type: "pubcomp", packetId }); // [MQTT-4.3.3-2]
  const known = session.received.delete(packetId);
  if (!known || !session.durable) {
    answer();
    return;
  }
  const { records, reportStorageError } = connection.broker;
  store(records, [receivedChange(session, packetId, false)]).then(answer, (error: unknown) => {
    reportStorageError(error);
    connection.close("SERVER_ERROR");
  });
}
