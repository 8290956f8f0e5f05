/** AUTH (MQTT 5, 3.15): a step of an exchange by which client and server prove who they are. */

import { type Dialect, mqtt5Level } from "../dialect.ts";
import { firstBytes } from "../fixed-header.ts";
import type { Properties } from "../properties.ts";
import type { Reader } from "../reader.ts";
import { startPacket } from "../writer.ts";
import { encodeReason } from "./reason.ts";

export interface Auth {
  readonly type: "auth";
  /** Success, continue authentication, or re-authenticate. */
  readonly reasonCode: number;
  /** With the authentication method; absent only when the packet says no more than success. */
  readonly properties?: Properties | undefined;
}

/** A packet that counts only if `reader` has no problem. */
export function decodeAuth(reader: Reader): Auth {
  if (reader.remaining === 0) return { type: "auth", reasonCode: 0 };
  const reasonCode = reader.reasonCode("auth"); // [MQTT5-3.15.2-1]
  const properties = reader.properties("auth");
  if (properties === undefined) reader.fail("authentication-method-missing"); // 3.15.2.2.2
  return { type: "auth", reasonCode, properties };
}

/** The packet's bytes. Throws a RangeError below level 5 or without an authentication method. */
export function encodeAuth(packet: Auth, dialect: Dialect): Uint8Array {
  const reason = encodeReason(packet, "auth", dialect);
  const complete = reason.length === 0 || packet.properties !== undefined;
  if (dialect.protocolLevel !== mqtt5Level || !complete) {
    throw new RangeError("cannot encode an AUTH below level 5 or without an authentication method");
  }
  const writer = startPacket(firstBytes.auth, reason.length);
  writer.raw(reason);
  return writer.bytes;
}
