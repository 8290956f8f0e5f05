/** SUBACK (3.9): what became of each filter of a SUBSCRIBE, in its order [MQTT-3.9.3-1]. */

import { type Dialect, mqtt5Level } from "../dialect.ts";
import { firstBytes } from "../fixed-header.ts";
import type { Properties } from "../properties.ts";
import type { Reader } from "../reader.ts";
import { startPacket } from "../writer.ts";
import { checkReasonCode } from "./reason.ts";

export interface Suback {
  readonly type: "suback";
  readonly packetId: number;
  /** For each filter the granted QoS, else one of `reasonCodes`, below level 5 `subackFailure`. */
  readonly returnCodes: readonly number[];
  readonly properties?: Properties | undefined;
}

/** A packet that counts only if `reader` has no problem. */
export function decodeSuback(reader: Reader): Suback {
  const packetId = reader.packetId();
  const properties = reader.properties("suback");
  if (reader.remaining === 0 && reader.protocolLevel === mqtt5Level) {
    reader.fail("reason-codes-missing");
  }
  const returnCodes: number[] = [];
  while (reader.remaining > 0) returnCodes.push(reader.reasonCode("suback")); // [MQTT-3.9.3-2]
  return { type: "suback", packetId, returnCodes, properties };
}

/** The packet's bytes. Throws a RangeError for packet id 0 or a reserved code. */
export function encodeSuback(packet: Suback, dialect: Dialect): Uint8Array {
  const { packetId, returnCodes } = packet;
  const properties = dialect.encodeProperties(packet.properties, "suback");
  const writer = startPacket(firstBytes.suback, 2 + properties.length + returnCodes.length);
  writer.packetId(packetId);
  writer.raw(properties);
  for (const code of returnCodes) {
    checkReasonCode(code, "suback", dialect);
    writer.byte(code);
  }
  return writer.bytes;
}
