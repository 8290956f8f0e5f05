/** The codec against another one, `mqtt-packet`, in both directions. */

import { expect, test } from "bun:test";
import fc from "fast-check";
import mqttPacket, { type Packet as PeerPacket } from "mqtt-packet";
import { Decoder } from "./decoder.ts";
import type { ProtocolLevel } from "./dialect.ts";
import { encode } from "./encode.ts";
import { packetBytesLimit } from "./limits.ts";
import { anyPacket5 } from "./mqtt5/packet-samples.ts";
import type { Packet } from "./packet.ts";
import { anyPacket } from "./packet-samples.ts";
import type { Will } from "./packets/connect.ts";
import type { Properties } from "./properties.ts";

type Words = Record<string, unknown>;

/** Our packet in the words of the peer. */
function inPeerWords(packet: Packet, protocolVersion: ProtocolLevel): PeerPacket {
  return { ...wordsOf(packet, protocolVersion), ...propertyWords(packet) } as unknown as PeerPacket;
}

function wordsOf(packet: Packet, protocolVersion: ProtocolLevel): Words {
  switch (packet.type) {
    case "connect":
      return {
        cmd: "connect",
        protocolId: protocolVersion === 3 ? "MQIsdp" : "MQTT",
        protocolVersion,
        clean: packet.cleanSession,
        keepalive: packet.keepAliveSeconds,
        clientId: packet.clientId,
        ...(packet.will && { will: willWords(packet.will) }),
        ...(packet.username !== undefined && { username: packet.username }),
        ...(packet.password !== undefined && { password: Buffer.from(packet.password) }),
      };
    case "connack": {
      const { sessionPresent, returnCode } = packet;
      const code = protocolVersion === 5 ? { reasonCode: returnCode } : { returnCode };
      return { cmd: "connack", sessionPresent, ...code };
    }
    case "publish": {
      const { type: cmd, packetId, properties: _, ...rest } = packet;
      const messageId = packetId === undefined ? {} : { messageId: packetId };
      return { cmd, ...rest, ...messageId, payload: Buffer.from(packet.payload) };
    }
    case "subscribe": {
      const subscriptions = packet.subscriptions.map(({ filter, qos, ...options }) => {
        const { noLocal: nl, retainAsPublished: rap, retainHandling: rh } = options;
        return { topic: filter, qos, ...(protocolVersion === 5 && { nl, rap, rh }) };
      });
      return { cmd: "subscribe", messageId: packet.packetId, subscriptions };
    }
    case "suback":
      return { cmd: "suback", messageId: packet.packetId, granted: [...packet.returnCodes] };
    case "unsubscribe":
      return {
        cmd: "unsubscribe",
        messageId: packet.packetId,
        unsubscriptions: [...packet.filters],
      };
    case "unsuback": {
      const granted = packet.reasonCodes && { granted: [...packet.reasonCodes] };
      return { cmd: "unsuback", messageId: packet.packetId, ...granted };
    }
    case "pingreq":
    case "pingresp":
      return { cmd: packet.type };
    default: {
      const { type: cmd, reasonCode } = packet;
      const messageId = "packetId" in packet && { messageId: packet.packetId };
      return { cmd, ...messageId, ...(reasonCode !== undefined && { reasonCode }) };
    }
  }
}

function willWords({ topic, payload, qos, retain, ...rest }: Will): Words {
  return { topic, payload: Buffer.from(payload), qos, retain, ...propertyWords(rest) };
}

/** The peer's user properties have lost the order of different names. */
function propertyWords(holder: { properties?: Properties | undefined } | Packet): Words {
  const properties = "properties" in holder ? holder.properties : undefined;
  if (properties === undefined) return {};
  const words: Words = {};
  for (const [name, value] of Object.entries(properties)) {
    if (name === "subscriptionIdentifiers") words.subscriptionIdentifier = unwrapped(value);
    else if (name === "subscriptionIdentifierAvailable") {
      words.subscriptionIdentifiersAvailable = value;
    } else if (name === "maximumQos") words.maximumQoS = value;
    else if (name === "payloadFormatIndicator") words[name] = value === 1;
    else if (name === "userProperties") words[name] = groupedByName(value);
    else words[name] = value instanceof Uint8Array ? Buffer.from(value) : value;
  }
  return { properties: words };
}

function unwrapped<T>(values: readonly T[]): T | readonly T[] {
  return values.length === 1 ? values[0]! : values;
}

function groupedByName(pairs: NonNullable<Properties["userProperties"]>): Words {
  const names = new Set(pairs.map(([name]) => name));
  const valuesOf = (name: string) =>
    pairs.filter((pair) => pair[0] === name).map(([, value]) => value);
  return Object.fromEntries([...names].map((name) => [name, unwrapped(valuesOf(name))]));
}

function decodeByPeer(bytes: Uint8Array, protocolVersion: ProtocolLevel): PeerPacket[] {
  const packets: PeerPacket[] = [];
  const parser = mqttPacket.parser({ protocolVersion });
  parser.on("packet", (packet) => packets.push(packet));
  parser.on("error", (error) => {
    throw error;
  });
  parser.parse(Buffer.from(bytes));
  return packets;
}

function decodeOurselves(bytes: Uint8Array, protocolLevel: ProtocolLevel) {
  const packets: Packet[] = [];
  const receive = (packet: Packet) => packets.push(packet);
  const decoder = new Decoder({ packetBytesMax: packetBytesLimit, receive, protocolLevel });
  return { error: decoder.push(bytes), packets };
}

// The peer refuses empty client ids, which are the server's matter here, and a password alone.
function acceptable(packet: Packet): boolean {
  if (packet.type !== "connect") return true;
  return packet.clientId !== "" && (packet.username !== undefined || packet.password === undefined);
}

const levels: readonly (readonly [ProtocolLevel, fc.Arbitrary<Packet>])[] = [
  [3, anyPacket.filter(acceptable).map(atLevel3)],
  [4, anyPacket.filter(acceptable)],
  [5, anyPacket5.filter(acceptable).map(withGroupedPairs)],
];

function atLevel3(packet: Packet): Packet {
  if (packet.type === "connack") return { ...packet, sessionPresent: false };
  return packet.type === "connect" ? { ...packet, protocolLevel: 3 } : packet;
}

/** User properties in an order that the peer keeps, and without the empty values that it loses. */
function withGroupedPairs(packet: Packet): Packet {
  const sorted = (holder: { properties?: Properties | undefined }) => {
    const pairs = holder.properties?.userProperties;
    if (pairs === undefined) return {};
    const grouped = Object.entries(groupedByName(pairs)).flatMap(([name, values]) =>
      [values].flat().map((value) => [name, value || "-"] as [string, string]),
    );
    return { properties: { ...holder.properties, userProperties: grouped } };
  };
  if (!("properties" in packet)) return packet;
  const grouped = { ...packet, ...sorted(packet) } as Packet;
  if (grouped.type !== "connect" || grouped.will === undefined) return grouped;
  return { ...grouped, will: { ...grouped.will, ...sorted(grouped.will) } };
}

test.each(levels)("the peer reads what we write at level %d", (level, packets) => {
  fc.assert(
    fc.property(packets, (packet) => {
      const [read] = decodeByPeer(encode(packet, level), level);
      expect(read).toMatchObject(inPeerWords(packet, level));
    }),
    { numRuns: 1000 },
  );
});

test.each(levels)("we read what the peer writes at level %d", (level, packets) => {
  fc.assert(
    fc.property(packets, (packet) => {
      const bytes = mqttPacket.generate(inPeerWords(packet, level), { protocolVersion: level });
      expect(decodeOurselves(bytes, level)).toEqual({ error: undefined, packets: [packet] });
    }),
    { numRuns: 1000 },
  );
});
