/** UNSUBACK (3.11): an UNSUBSCRIBE has been carried out; in MQTT 5, how for each of its filters. */

import { type Dialect, mqtt5Level } from "../dialect.ts";
import { firstBytes } from "../fixed-header.ts";
import type { Properties } from "../properties.ts";
import type { Reader } from "../reader.ts";
import { startPacket } from "../writer.ts";
import { checkReasonCode } from "./reason.ts";

export interface Unsuback {
  readonly type: "unsuback";
  readonly packetId: number;
  /** Level 5 only, and there one for each filter, in their order [MQTT5-3.11.3-1]. */
  readonly reasonCodes?: readonly number[] | undefined;
  readonly properties?: Properties | undefined;
}

/** A packet that counts only if `reader` has no problem. */
export function decodeUnsuback(reader: Reader): Unsuback {
  const packetId = reader.packetId();
  if (reader.protocolLevel !== mqtt5Level) return { type: "unsuback", packetId };
  const properties = reader.properties("unsuback");
  if (reader.remaining === 0) reader.fail("reason-codes-missing");
  const reasonCodes: number[] = [];
  while (reader.remaining > 0) reasonCodes.push(reader.reasonCode("unsuback")); // [MQTT5-3.11.3-2]
  return { type: "unsuback", packetId, reasonCodes, properties };
}

/** The packet's bytes. Throws a RangeError for packet id 0, and at level 5 without reason codes. */
export function encodeUnsuback(packet: Unsuback, dialect: Dialect): Uint8Array {
  const { packetId } = packet;
  const reasonCodes = dialect.protocolLevel === mqtt5Level ? packet.reasonCodes : [];
  if (reasonCodes === undefined) throw new RangeError("cannot encode an UNSUBACK without codes");
  const properties = dialect.encodeProperties(packet.properties, "unsuback");
  const writer = startPacket(firstBytes.unsuback, 2 + properties.length + reasonCodes.length);
  writer.packetId(packetId);
  writer.raw(properties);
  for (const code of reasonCodes) {
    checkReasonCode(code, "unsuback", dialect);
    writer.byte(code);
  }
  return writer.bytes;
}
