/** CONNACK (3.2): the server's answer to CONNECT. */

import { type Dialect, mqtt31Level } from "../dialect.ts";
import { firstBytes } from "../fixed-header.ts";
import type { Properties } from "../properties.ts";
import type { Reader } from "../reader.ts";
import { startPacket } from "../writer.ts";
import { checkReasonCode } from "./reason.ts";

export interface Connack {
  readonly type: "connack";
  /** Whether the server goes on with a session it has kept. MQTT 3.1 has no word for it: false. */
  readonly sessionPresent: boolean;
  /** One of `reasonCodes` at level 5, else of `connackReturnCodes`; reserved ones come through. */
  readonly returnCode: number;
  readonly properties?: Properties | undefined;
}

/** A packet that counts only if `reader` has no problem. */
export function decodeConnack(reader: Reader): Connack {
  const flags = reader.byte();
  const reserved = reader.protocolLevel === mqtt31Level;
  if (flags > 1 && !reserved) reader.fail("connack-flags-reserved"); // [MQTT5-3.2.2-1]
  return {
    type: "connack",
    sessionPresent: flags === 1 && !reserved,
    returnCode: reader.reasonCode("connack"), // [MQTT5-3.2.2-8]
    properties: reader.properties("connack"),
  };
}

/** The packet's bytes. Throws a RangeError for a code that is none of level 5. */
export function encodeConnack(packet: Connack, dialect: Dialect): Uint8Array {
  const { sessionPresent, returnCode } = packet;
  checkReasonCode(returnCode, "connack", dialect);
  const properties = dialect.encodeProperties(packet.properties, "connack");
  const writer = startPacket(firstBytes.connack, 2 + properties.length);
  writer.byte(sessionPresent && dialect.protocolLevel !== mqtt31Level ? 1 : 0);
  writer.byte(returnCode);
  writer.raw(properties);
  return writer.bytes;
}
