/**
 * PUBACK, PUBREC, PUBREL and PUBCOMP (3.4 to 3.7): one shape, a packet id, under four names.
 */

import { firstBytes } from "../fixed-header.ts";
import type { Reader } from "../reader.ts";
import { Writer } from "../writer.ts";

export interface Puback {
  readonly type: "puback";
  readonly packetId: number;
}

export interface Pubrec {
  readonly type: "pubrec";
  readonly packetId: number;
}

export interface Pubrel {
  readonly type: "pubrel";
  readonly packetId: number;
}

export interface Pubcomp {
  readonly type: "pubcomp";
  readonly packetId: number;
}

export type Acknowledgement = Puback | Pubrec | Pubrel | Pubcomp;

/** A packet that counts only if `reader` has no problem. */
export function decodeAcknowledgement(
  type: Acknowledgement["type"],
  reader: Reader,
): Acknowledgement {
  return { type, packetId: reader.packetId() };
}

/** The packet's bytes. Throws a RangeError for packet id 0. */
export function encodeAcknowledgement({ type, packetId }: Acknowledgement): Uint8Array {
  const writer = new Writer(firstBytes[type], 2);
  writer.packetId(packetId);
  return writer.bytes;
}
