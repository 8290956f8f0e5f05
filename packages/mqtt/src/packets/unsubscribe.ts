/** UNSUBSCRIBE (3.10): the client no longer wants the messages of some topic filters. */

import { firstBytes } from "../fixed-header.ts";
import type { Reader } from "../reader.ts";
import { textFieldBytes, Writer } from "../writer.ts";

export interface Unsubscribe {
  readonly type: "unsubscribe";
  readonly packetId: number;
  /** At least one. */
  readonly filters: readonly string[];
}

/** A packet that counts only if `reader` has no problem. */
export function decodeUnsubscribe(reader: Reader): Unsubscribe {
  const packetId = reader.packetId();
  if (reader.remaining === 0) reader.fail("unsubscribe-empty"); // [MQTT-3.10.3-2]
  const filters: string[] = [];
  while (reader.remaining > 0) filters.push(reader.text()); // [MQTT-3.10.3-1]
  return { type: "unsubscribe", packetId, filters };
}

/** The packet's bytes. Throws a RangeError for a filter too long or packet id 0. */
export function encodeUnsubscribe({ packetId, filters }: Unsubscribe): Uint8Array {
  let length = 2;
  for (const filter of filters) length += textFieldBytes(filter);
  const writer = new Writer(firstBytes.unsubscribe, length);
  writer.packetId(packetId);
  for (const filter of filters) writer.text(filter);
  return writer.bytes;
}
