/**
 * DISCONNECT (3.14): the client leaves on purpose, so its will is not published.
 *
 * In MQTT 5 servers send it too, and its reason code says why, and whether the will is published.
 */

import { type Dialect, mqtt5Level } from "../dialect.ts";
import { firstBytes } from "../fixed-header.ts";
import type { Reader } from "../reader.ts";
import { startPacket } from "../writer.ts";
import { encodeReason, type Reason } from "./reason.ts";

export interface Disconnect extends Reason {
  readonly type: "disconnect";
}

/** The whole packet without a reason, shared: do not write into it. */
export const disconnectBytes: Uint8Array = Uint8Array.of(firstBytes.disconnect, 0);

/** A packet that counts only if `reader` has no problem. */
export function decodeDisconnect(reader: Reader): Disconnect {
  if (reader.protocolLevel !== mqtt5Level) return { type: "disconnect" };
  const reasonCode = reader.remaining > 0 ? reader.reasonCode("disconnect") : 0; // [MQTT5-3.14.2-1]
  const properties = reader.remaining > 0 ? reader.properties("disconnect") : undefined;
  return { type: "disconnect", reasonCode, properties };
}

/** The packet's bytes, possibly shared. Throws a RangeError for a reason code of another packet. */
export function encodeDisconnect(packet: Disconnect, dialect: Dialect): Uint8Array {
  const reason = encodeReason(packet, "disconnect", dialect);
  if (reason.length === 0) return disconnectBytes;
  const writer = startPacket(firstBytes.disconnect, reason.length);
  writer.raw(reason);
  return writer.bytes;
}
