/** CONNACK (3.2): the server's answer to CONNECT. Reserved return codes come through as numbers. */

import { firstBytes } from "../fixed-header.ts";
import type { Reader } from "../reader.ts";
import { Writer } from "../writer.ts";

export interface Connack {
  readonly type: "connack";
  /** Whether the server goes on with a session it has kept. */
  readonly sessionPresent: boolean;
  /** One of `connackReturnCodes`. */
  readonly returnCode: number;
}

/** A packet that counts only if `reader` has no problem. */
export function decodeConnack(reader: Reader): Connack {
  const flags = reader.byte();
  if (flags > 1) reader.fail("connack-flags-reserved");
  return { type: "connack", sessionPresent: flags === 1, returnCode: reader.byte() };
}

/** The packet's bytes. */
export function encodeConnack({ sessionPresent, returnCode }: Connack): Uint8Array {
  const writer = new Writer(firstBytes.connack, 2);
  writer.byte(sessionPresent ? 1 : 0);
  writer.byte(returnCode);
  return writer.bytes;
}
