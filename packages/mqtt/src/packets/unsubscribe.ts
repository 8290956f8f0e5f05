/** UNSUBSCRIBE (3.10): the client no longer wants the messages of some topic filters. */

import type { Dialect } from "../dialect.ts";
import { firstBytes } from "../fixed-header.ts";
import type { Properties } from "../properties.ts";
import type { Reader } from "../reader.ts";
import { startPacket, textFieldBytes } from "../writer.ts";

export interface Unsubscribe {
  readonly type: "unsubscribe";
  readonly packetId: number;
  /** At least one. */
  readonly filters: readonly string[];
  readonly properties?: Properties | undefined;
}

/** A packet that counts only if `reader` has no problem. */
export function decodeUnsubscribe(reader: Reader): Unsubscribe {
  const packetId = reader.packetId();
  const properties = reader.properties("unsubscribe");
  if (reader.remaining === 0) reader.fail("unsubscribe-empty"); // [MQTT-3.10.3-2]
  const filters: string[] = [];
  while (reader.remaining > 0) filters.push(reader.text()); // [MQTT-3.10.3-1] [MQTT5-3.10.3-1]
  return { type: "unsubscribe", packetId, filters, properties };
}

/** The packet's bytes. Throws a RangeError for a filter too long or packet id 0. */
export function encodeUnsubscribe(packet: Unsubscribe, dialect: Dialect): Uint8Array {
  const { packetId, filters } = packet;
  const properties = dialect.encodeProperties(packet.properties, "unsubscribe");
  let length = 2 + properties.length;
  for (const filter of filters) length += textFieldBytes(filter);
  const writer = startPacket(firstBytes.unsubscribe, length);
  writer.packetId(packetId);
  writer.raw(properties);
  for (const filter of filters) writer.text(filter);
  return writer.bytes;
}
