/**
 * PUBLISH (3.3): a message, from client to server or on to a subscriber.
 *
 * The hot path in both directions. Decoding makes one object and one view. For many receivers a
 * QoS 1 or 2 PUBLISH is encoded once as a template; only the two bytes of the packet id and the
 * DUP flag differ from receiver to receiver.
 */

import type { Dialect } from "../dialect.ts";
import { firstBytes, publishFlags } from "../fixed-header.ts";
import type { Properties } from "../properties.ts";
import type { Reader } from "../reader.ts";
import { checkedPacketId, startPacket, textFieldBytes, type Writer } from "../writer.ts";

export type Qos = 0 | 1 | 2;

export interface Publish {
  readonly type: "publish";
  /** Empty when the topic alias stands for it, at level 5 only. */
  readonly topic: string;
  /** Decoded: a view of the received bytes, which live as long as it does. */
  readonly payload: Uint8Array;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Only with QoS 1 and 2 [MQTT-2.3.1-5]. */
  readonly packetId?: number | undefined;
  readonly properties?: Properties | undefined;
}

/** What is encoded as a PUBLISH. */
export type OutgoingPublish = Omit<Publish, "type">;

/** What is the same for each receiver. */
export type SharedPublish = Omit<Publish, "type" | "dup" | "packetId">;

/** One encoded PUBLISH of QoS 1 or 2 for many receivers. */
export interface PublishTemplate {
  /** The whole packet, with a packet id that must be overwritten. */
  readonly bytes: Uint8Array;
  /** Where in `bytes` the two bytes of the packet id stand. */
  readonly packetIdAt: number;
}

/** A packet that counts only if `reader` has no problem. `firstByte` has been judged before. */
export function decodePublish(firstByte: number, reader: Reader): Publish {
  const qos = ((firstByte >> publishFlags.qosShift) & 3) as Qos;
  const topic = reader.topicName(); // [MQTT-3.3.2-1] [MQTT5-3.3.2-1]
  const packetId = qos === 0 ? undefined : reader.packetId(); // [MQTT5-2.2.1-2]
  const properties = reader.properties("publish");
  if (topic === "" && properties?.topicAlias === undefined) {
    reader.fail("topic-empty"); // [MQTT-4.7.3-1] MQTT5 3.3.2.1
  }
  return {
    type: "publish",
    topic,
    payload: reader.rest(),
    qos,
    retain: (firstByte & publishFlags.retain) !== 0,
    dup: (firstByte & publishFlags.dup) !== 0,
    packetId,
    properties,
  };
}

/** The packet's bytes. Throws a RangeError for a missing packet id or a topic too long. */
export function encodePublish(publish: OutgoingPublish, dialect: Dialect): Uint8Array {
  const properties = dialect.encodeProperties(publish.properties, "publish");
  const writer = startPublish(publish, properties.length);
  if (publish.qos > 0) writer.packetId(publish.packetId); // [MQTT-2.3.1-1]
  writer.raw(properties);
  writer.raw(publish.payload);
  return writer.bytes;
}

/** A template of QoS 1 or 2, without DUP. */
export function encodePublishTemplate(publish: SharedPublish, dialect: Dialect): PublishTemplate {
  const properties = dialect.encodeProperties(publish.properties, "publish");
  const writer = startPublish({ ...publish, dup: false }, properties.length);
  const packetIdAt = writer.position;
  writer.uint16(0);
  writer.raw(properties);
  writer.raw(publish.payload);
  return { bytes: writer.bytes, packetIdAt };
}

/** A copy of the template for one receiver; `dup` when it was sent before [MQTT-3.3.1-1]. */
export function withPacketId(
  template: PublishTemplate,
  packetId: number,
  dup: boolean,
): Uint8Array {
  const bytes = new Uint8Array(template.bytes);
  writePacketId(bytes, template.packetIdAt, packetId);
  if (dup) bytes[0]! |= publishFlags.dup;
  return bytes;
}

/**
 * Writes a packet id into `target` at `at`. A template that was copied into a larger buffer at
 * `from` has its packet id at `from + packetIdAt`.
 */
export function writePacketId(target: Uint8Array, at: number, packetId: number): void {
  checkedPacketId(packetId);
  target[at] = packetId >>> 8;
  target[at + 1] = packetId;
}

function startPublish(publish: OutgoingPublish, propertiesBytes: number): Writer {
  const { topic, payload, qos, retain, dup } = publish;
  const flags =
    (dup ? publishFlags.dup : 0) |
    (qos << publishFlags.qosShift) |
    (retain ? publishFlags.retain : 0);
  const length = textFieldBytes(topic) + (qos > 0 ? 2 : 0) + propertiesBytes + payload.length;
  const writer = startPacket(firstBytes.publish | flags, length);
  writer.text(topic);
  return writer;
}
