/** The words that go with a reason code, as short as they have to be. */

import type { Packet } from "@millrace/mqtt";
import { shortened } from "../../base/mod.ts";

/** Of the words that an answer gives for its code; the field could hold 65,535 bytes. */
export const reasonCharactersMax = 256;

/** Whatever the words quote, they fit into their field. */
export function withShortReason(packet: Packet): Packet {
  if (!("properties" in packet) || packet.properties?.reasonString === undefined) return packet;
  const { properties } = packet;
  const reasonString = shortened(properties.reasonString!, reasonCharactersMax);
  return { ...packet, properties: { ...properties, reasonString } } as Packet;
}
