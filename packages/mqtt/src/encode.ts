/** From packets to bytes at any protocol level; absent, the level is that of MQTT 3.1.1. */

import { mqtt311Level, type ProtocolLevel } from "./dialect.ts";
import { dialectOf } from "./dialects.ts";
import { encodePacket } from "./encode-packet.ts";
import type { Packet } from "./packet.ts";
import {
  type Acknowledgement,
  encodeAcknowledgement as acknowledgement,
} from "./packets/acknowledgement.ts";
import {
  type OutgoingPublish,
  type PublishTemplate,
  encodePublish as publishBytes,
  encodePublishTemplate as publishTemplate,
  type SharedPublish,
} from "./packets/publish.ts";

/**
 * The bytes of `packet`, to be sent and not written into: those of packets without fields are
 * shared. A CONNECT has its own level. What a level does not know (properties, reason codes,
 * subscription options) is left out there, so that one packet serves receivers of each level.
 *
 * Throws a RangeError for what has no encoding: a text too long or with U+0000, a packet id out of
 * 1 to 65,535, a property or reason code that does not belong in the packet, another level.
 */
export function encode(packet: Packet, protocolLevel: ProtocolLevel = mqtt311Level): Uint8Array {
  const level = packet.type === "connect" ? packet.protocolLevel : protocolLevel;
  return encodePacket(packet, dialectOf(level));
}

/** As `encode`. */
export function encodeAcknowledgement(
  packet: Acknowledgement,
  protocolLevel: ProtocolLevel = mqtt311Level,
): Uint8Array {
  return acknowledgement(packet, dialectOf(protocolLevel));
}

/** As `encode`; throws also for QoS 1 or 2 without a packet id. */
export function encodePublish(
  publish: OutgoingPublish,
  protocolLevel: ProtocolLevel = mqtt311Level,
): Uint8Array {
  return publishBytes(publish, dialectOf(protocolLevel));
}

/** A template of QoS 1 or 2, without DUP, for receivers of one level. */
export function encodePublishTemplate(
  publish: SharedPublish,
  protocolLevel: ProtocolLevel = mqtt311Level,
): PublishTemplate {
  return publishTemplate(publish, dialectOf(protocolLevel));
}
