/**
 * The first byte of a packet: type in the high four bits, flags in the low four (2.2).
 *
 * Types 0 and 15 are reserved. Only PUBLISH has flags of its own; each other type has one fixed
 * value [MQTT-2.2.2-1].
 */

import type { ProtocolErrorCode } from "./protocol-error.ts";

export const firstBytes = {
  connect: 0x10,
  connack: 0x20,
  publish: 0x30,
  puback: 0x40,
  pubrec: 0x50,
  pubrel: 0x62, // [MQTT-3.6.1-1]
  pubcomp: 0x70,
  subscribe: 0x82, // [MQTT-3.8.1-1]
  suback: 0x90,
  unsubscribe: 0xa2, // [MQTT-3.10.1-1]
  unsuback: 0xb0,
  pingreq: 0xc0,
  pingresp: 0xd0,
  disconnect: 0xe0, // [MQTT-3.14.1-1]
} as const;

export const publishFlags = { retain: 0x01, qosShift: 1, dup: 0x08 } as const;

const validFirstBytes: ReadonlySet<number> = new Set(Object.values(firstBytes));

/** What is wrong with a first byte, if anything; nothing else of the packet is needed. */
export function firstByteProblem(firstByte: number): ProtocolErrorCode | undefined {
  const type = firstByte & 0xf0;
  if (type === firstBytes.publish) return publishFlagsProblem(firstByte);
  if (validFirstBytes.has(firstByte)) return undefined;
  if (type === 0x00 || type === 0xf0) return "packet-type-reserved"; // 2.2.1
  return "flags-invalid"; // [MQTT-2.2.2-2]
}

function publishFlagsProblem(firstByte: number): ProtocolErrorCode | undefined {
  const qos = (firstByte >> publishFlags.qosShift) & 3;
  if (qos === 3) return "publish-qos-invalid"; // [MQTT-3.3.1-4]
  const dup = (firstByte & publishFlags.dup) !== 0;
  if (dup && qos === 0) return "publish-dup-invalid"; // [MQTT-3.3.1-2]
  return undefined;
}
