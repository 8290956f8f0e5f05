/**
 * PUBACK, PUBREC, PUBREL and PUBCOMP (3.4 to 3.7): one shape, a packet id, under four names; in
 * MQTT 5 with a reason code and properties.
 */

import { type Dialect, mqtt5Level } from "../dialect.ts";
import { firstBytes } from "../fixed-header.ts";
import type { Reader } from "../reader.ts";
import { startPacket } from "../writer.ts";
import { encodeReason, type Reason } from "./reason.ts";

export interface Puback extends Reason {
  readonly type: "puback";
  readonly packetId: number;
}

export interface Pubrec extends Reason {
  readonly type: "pubrec";
  readonly packetId: number;
}

export interface Pubrel extends Reason {
  readonly type: "pubrel";
  readonly packetId: number;
}

export interface Pubcomp extends Reason {
  readonly type: "pubcomp";
  readonly packetId: number;
}

export type Acknowledgement = Puback | Pubrec | Pubrel | Pubcomp;

/** A packet that counts only if `reader` has no problem. */
export function decodeAcknowledgement(
  type: Acknowledgement["type"],
  reader: Reader,
): Acknowledgement {
  const packetId = reader.packetId();
  if (reader.protocolLevel !== mqtt5Level) return { type, packetId };
  // [MQTT5-3.5.2-1] [MQTT5-3.6.2-1] [MQTT5-3.7.2-1]
  const reasonCode = reader.remaining > 0 ? reader.reasonCode(type) : 0; // [MQTT5-3.4.2-1]
  const properties = reader.remaining > 0 ? reader.properties(type) : undefined;
  return { type, packetId, reasonCode, properties };
}

/** The packet's bytes. Throws a RangeError for packet id 0 or a reason code of another packet. */
export function encodeAcknowledgement(packet: Acknowledgement, dialect: Dialect): Uint8Array {
  const { type, packetId } = packet;
  const reason = encodeReason(packet, type, dialect);
  const writer = startPacket(firstBytes[type], 2 + reason.length);
  writer.packetId(packetId);
  writer.raw(reason);
  return writer.bytes;
}
