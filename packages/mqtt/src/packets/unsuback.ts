/** UNSUBACK (3.11): an UNSUBSCRIBE has been carried out, whether or not its filters existed. */

import { firstBytes } from "../fixed-header.ts";
import type { Reader } from "../reader.ts";
import { Writer } from "../writer.ts";

export interface Unsuback {
  readonly type: "unsuback";
  readonly packetId: number;
}

/** A packet that counts only if `reader` has no problem. */
export function decodeUnsuback(reader: Reader): Unsuback {
  return { type: "unsuback", packetId: reader.packetId() };
}

/** The packet's bytes. Throws a RangeError for packet id 0. */
export function encodeUnsuback({ packetId }: Unsuback): Uint8Array {
  const writer = new Writer(firstBytes.unsuback, 2);
  writer.packetId(packetId);
  return writer.bytes;
}
