/** The codec against another one, `mqtt-packet`, in both directions. */

import { expect, test } from "bun:test";
import fc from "fast-check";
import mqttPacket, { type Packet as PeerPacket } from "mqtt-packet";
import { Decoder } from "./decoder.ts";
import { encode } from "./encode.ts";
import { packetBytesLimit } from "./limits.ts";
import type { Packet } from "./packet.ts";
import { anyPacket } from "./packet-samples.ts";

/** Our packet in the words of the peer. */
function inPeerWords(packet: Packet): PeerPacket {
  switch (packet.type) {
    case "connect":
      return {
        cmd: "connect",
        protocolId: "MQTT",
        protocolVersion: 4,
        clean: packet.cleanSession,
        keepalive: packet.keepAliveSeconds,
        clientId: packet.clientId,
        ...(packet.will && { will: { ...packet.will, payload: Buffer.from(packet.will.payload) } }),
        ...(packet.username !== undefined && { username: packet.username }),
        ...(packet.password !== undefined && { password: Buffer.from(packet.password) }),
      };
    case "connack":
      return { cmd: "connack", ...withoutType(packet) };
    case "publish": {
      const { packetId, ...rest } = withoutType(packet);
      const messageId = packetId === undefined ? {} : { messageId: packetId };
      return { cmd: "publish", ...rest, ...messageId, payload: Buffer.from(packet.payload) };
    }
    case "subscribe": {
      const subscriptions = packet.subscriptions.map(({ filter, qos }) => ({ topic: filter, qos }));
      return { cmd: "subscribe", messageId: packet.packetId, subscriptions };
    }
    case "suback":
      return { cmd: "suback", messageId: packet.packetId, granted: [...packet.returnCodes] };
    case "unsubscribe": {
      return {
        cmd: "unsubscribe",
        messageId: packet.packetId,
        unsubscriptions: [...packet.filters],
      };
    }
    case "pingreq":
    case "pingresp":
    case "disconnect":
      return { cmd: packet.type };
    default:
      return { cmd: packet.type, messageId: packet.packetId } as PeerPacket;
  }
}

function withoutType<T extends Packet>({ type: _, ...rest }: T): Omit<T, "type"> {
  return rest;
}

function decodeByPeer(bytes: Uint8Array): PeerPacket[] {
  const packets: PeerPacket[] = [];
  const parser = mqttPacket.parser({ protocolVersion: 4 });
  parser.on("packet", (packet) => packets.push(packet));
  parser.on("error", (error) => {
    throw error;
  });
  parser.parse(Buffer.from(bytes));
  return packets;
}

// The peer refuses an empty client id without a clean session, which is the server's matter here.
const peerPacket = anyPacket.filter(
  (packet) => packet.type !== "connect" || packet.cleanSession || packet.clientId !== "",
);

test("the peer reads what we write", () => {
  fc.assert(
    fc.property(peerPacket, (packet) => {
      const [read] = decodeByPeer(encode(packet));
      expect(read).toMatchObject(inPeerWords(packet));
    }),
    { numRuns: 1000 },
  );
});

test("we read what the peer writes", () => {
  fc.assert(
    fc.property(peerPacket, (packet) => {
      const packets: Packet[] = [];
      const receive = (received: Packet) => packets.push(received);
      const decoder = new Decoder({ packetBytesMax: packetBytesLimit, receive });
      expect(decoder.push(mqttPacket.generate(inPeerWords(packet)))).toBeUndefined();
      expect(packets).toEqual([packet]);
    }),
    { numRuns: 1000 },
  );
});
