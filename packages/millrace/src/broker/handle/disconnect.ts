/** DISCONNECT: the client leaves on purpose (3.14). */

import { type Disconnect, reasonCodes } from "@millrace/mqtt";
import type { Connection, OpenState } from "../connection/connection.ts";
import { atMost } from "../grant.ts";

export function handleDisconnect(
  connection: Connection,
  open: OpenState,
  packet: Disconnect,
): void {
  const { session } = open;
  const { reasonCode = reasonCodes.success, properties } = packet;
  if (properties?.serverReference !== undefined) {
    connection.fail("Server Reference in a client's DISCONNECT", { clause: "MQTT5-3.14.2.2.5" });
    return;
  }
  const expirySeconds = properties?.sessionExpiryInterval;
  if (expirySeconds !== undefined) {
    if (session.expirySeconds === 0 && expirySeconds > 0) {
      const clause = "MQTT5-3.14.2.2.2";
      connection.fail("Session Expiry Interval on a session that ends here", { clause });
      return;
    }
    const granted = atMost(connection.broker, "sessionSecondsMax", expirySeconds);
    session.expirySeconds = granted; // [MQTT5-3.14.2-2]
  }
  // [MQTT5-3.14.4-3]
  if (reasonCode === reasonCodes.normalDisconnection) open.will = undefined; // [MQTT-3.14.4-3]
  connection.close("CLIENT_INITIATED_DISCONNECT"); // [MQTT5-3.14.4-1]
}
