/**
 * The first byte of a packet: type in the high four bits, flags in the low four (2.2).
 *
 * Types 0 and 15 are reserved, 15 until MQTT 5 made it AUTH. Only PUBLISH has flags of its own;
 * each other type has one fixed value [MQTT-2.2.2-1]. In MQTT 3.1 PUBREL, SUBSCRIBE and UNSUBSCRIBE
 * may have the DUP flag too.
 */

import { mqtt5Level, mqtt31Level, type ProtocolLevel } from "./dialect.ts";
import type { ProtocolErrorCode } from "./protocol-error.ts";

export const firstBytes = {
  connect: 0x10,
  connack: 0x20,
  publish: 0x30,
  puback: 0x40,
  pubrec: 0x50,
  pubrel: 0x62, // [MQTT-3.6.1-1] [MQTT5-3.6.1-1]
  pubcomp: 0x70,
  subscribe: 0x82, // [MQTT-3.8.1-1] [MQTT5-3.8.1-1]
  suback: 0x90,
  unsubscribe: 0xa2, // [MQTT-3.10.1-1] [MQTT5-3.10.1-1]
  unsuback: 0xb0,
  pingreq: 0xc0,
  pingresp: 0xd0,
  disconnect: 0xe0, // [MQTT-3.14.1-1] [MQTT5-3.14.1-1]
  auth: 0xf0, // [MQTT5-3.15.1-1]
} as const;

export const publishFlags = { retain: 0x01, qosShift: 1, dup: 0x08 } as const;

const validFirstBytes: ReadonlySet<number> = new Set(Object.values(firstBytes));

/** What is wrong with a first byte, if anything; nothing else of the packet is needed. */
export function firstByteProblem(
  firstByte: number,
  protocolLevel: ProtocolLevel,
): ProtocolErrorCode | undefined {
  const type = firstByte & 0xf0;
  if (type === firstBytes.publish) return publishFlagsProblem(firstByte);
  const reserved = type === 0x00 || (type === firstBytes.auth && protocolLevel !== mqtt5Level);
  if (reserved) return "packet-type-reserved"; // 2.2.1
  if (validFirstBytes.has(firstByte)) return undefined;
  if (protocolLevel === mqtt31Level && isRepeated(firstByte)) return undefined;
  return "flags-invalid"; // [MQTT-2.2.2-2]
}

/** A PUBREL, SUBSCRIBE or UNSUBSCRIBE with the DUP flag: the packets whose own flags say QoS 1. */
function isRepeated(firstByte: number): boolean {
  const first = firstByte & ~publishFlags.dup;
  return (firstByte & 0x0f) === (publishFlags.dup | 0x02) && validFirstBytes.has(first);
}

function publishFlagsProblem(firstByte: number): ProtocolErrorCode | undefined {
  const qos = (firstByte >> publishFlags.qosShift) & 3;
  if (qos === 3) return "publish-qos-invalid"; // [MQTT-3.3.1-4]
  const dup = (firstByte & publishFlags.dup) !== 0;
  if (dup && qos === 0) return "publish-dup-invalid"; // [MQTT-3.3.1-2]
  return undefined;
}
