/** The codec against itself: any packet, any fragmentation, any bytes. */

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Decoder } from "./decoder.ts";
import type { ProtocolLevel } from "./dialect.ts";
import { encode } from "./encode.ts";
import { packetBytesLimit } from "./limits.ts";
import { anyPacket5 } from "./mqtt5/packet-samples.ts";
import type { Packet } from "./packet.ts";
import { anyPacket } from "./packet-samples.ts";
import type { Publish } from "./packets/publish.ts";

function decodeAll(
  chunks: readonly Uint8Array[],
  packetBytesMax = packetBytesLimit,
  protocolLevel: ProtocolLevel = 4,
) {
  const packets: Packet[] = [];
  const receive = (packet: Packet) => packets.push(packet);
  const decoder = new Decoder({ packetBytesMax, receive, protocolLevel });
  let error: ReturnType<Decoder["push"]>;
  for (const chunk of chunks) error = decoder.push(chunk);
  return { packets, error };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Cuts at the given places, so that empty chunks occur too. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const edges = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length];
  edges.sort((a, b) => a - b);
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

/** A CONNECT whose level was changed is of another dialect, or of none. */
function isOfLevel5(packet: Packet): boolean {
  return packet.type !== "connect" || packet.protocolLevel === 5;
}

const hello: Publish = {
  type: "publish",
  topic: "chat/pub/lobby",
  payload: new TextEncoder().encode("hello"),
  qos: 0,
  retain: false,
  dup: false,
};

describe("Decoder", () => {
  test("gives back every packet that was encoded", () => {
    fc.assert(
      fc.property(anyPacket, (packet) => {
        const { packets, error } = decodeAll([encode(packet)]);
        expect(error).toBeUndefined();
        expect(packets).toEqual([packet]);
      }),
      { numRuns: 1000 },
    );
  });

  test("gives back every packet that was encoded at level 5", () => {
    fc.assert(
      fc.property(anyPacket5, (packet) => {
        const bytes = encode(packet, 5);
        const expected = { packets: [packet], error: undefined };
        expect(decodeAll([bytes], packetBytesLimit, 5)).toEqual(expected);
        const single = [...bytes].map((byte) => Uint8Array.of(byte));
        expect(decodeAll(single, packetBytesLimit, 5)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  test("gives the same packets for any fragmentation", () => {
    const packetsOfStream = fc.array(anyPacket, { maxLength: 8 });
    const places = fc.array(fc.nat(4000), { maxLength: 30 });
    fc.assert(
      fc.property(packetsOfStream, places, (expected, cuts) => {
        const stream = joined(expected.map((packet) => encode(packet)));
        expect(decodeAll(cut(stream, cuts))).toEqual({ packets: expected, error: undefined });
        const single = [...stream].map((byte) => Uint8Array.of(byte));
        expect(decodeAll(single).packets).toEqual(expected);
      }),
    );
  });

  test("judges random bytes alike in any fragmentation, without throwing or looping", () => {
    const frequent = fc.constantFrom(0x10, 0x30, 0x32, 0x82, 0xa2, 0xf0, 0, 1, 4, 0x26, 0x1f, 0x15);
    const likely = fc.oneof(frequent, fc.nat(255));
    const level = fc.constantFrom<ProtocolLevel>(3, 4, 5);
    const noise = fc.array(likely, { maxLength: 60 }).map((bytes) => Uint8Array.from(bytes));
    fc.assert(
      fc.property(noise, fc.array(fc.nat(60), { maxLength: 10 }), level, (bytes, cuts, spoken) => {
        const whole = decodeAll([bytes], 50, spoken);
        expect(decodeAll(cut(bytes, cuts), 50, spoken)).toEqual(whole);
      }),
      { numRuns: 3000 },
    );
  });

  test("never throws on a packet with one byte changed", () => {
    fc.assert(
      fc.property(anyPacket, fc.nat(), fc.nat(255), (packet, place, value) => {
        const bytes = new Uint8Array(encode(packet));
        bytes[place % bytes.length] = value;
        expect(() => decodeAll([bytes])).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  test("what survives a changed byte at level 5 can be encoded again", () => {
    fc.assert(
      fc.property(anyPacket5, fc.nat(), fc.nat(255), (packet, place, value) => {
        const bytes = new Uint8Array(encode(packet, 5));
        bytes[place % bytes.length] = value;
        const { packets } = decodeAll([bytes], packetBytesLimit, 5);
        for (const found of packets.filter(isOfLevel5)) {
          const again = decodeAll([encode(found, 5)], packetBytesLimit, 5);
          expect(again).toEqual({ packets: [found], error: undefined });
        }
      }),
      { numRuns: 3000 },
    );
  });

  test("learns the level of all that follows from the CONNECT", () => {
    const connect = {
      type: "connect",
      cleanSession: true,
      keepAliveSeconds: 0,
      clientId: "c",
    } as const;
    for (const protocolLevel of [3, 4, 5] as const) {
      const sent: Packet[] = [{ ...connect, protocolLevel }, hello];
      const stream = joined(sent.map((packet) => encode(packet, protocolLevel)));
      const packets: Packet[] = [];
      const receive = (packet: Packet) => packets.push(packet);
      const decoder = new Decoder({ packetBytesMax: 100, receive });
      expect(decoder.push(stream)).toBeUndefined();
      expect(decoder.protocolLevel).toBe(protocolLevel);
      expect(packets).toEqual(sent);
    }
  });

  test("hands out the payload as a view of the chunk it lies in", () => {
    const chunk = encode(hello);
    const [packet] = decodeAll([chunk]).packets as [Publish];
    expect(packet.payload.buffer).toBe(chunk.buffer);
  });

  test("does not hold on to a chunk of which a packet's beginning was left", () => {
    const bytes = encode(hello);
    const packets: Packet[] = [];
    const decoder = new Decoder({ packetBytesMax: 100, receive: (packet) => packets.push(packet) });
    const first = Buffer.from(bytes.subarray(0, 9));
    decoder.push(first);
    first.fill(0xff);
    decoder.push(bytes.subarray(9));
    expect(packets).toEqual([hello]);
  });

  test("tells topics of the same length apart", () => {
    const topics = ["a/b", "a/c", "a/c", "a/b", "a/é", "a/b"];
    const stream = joined(topics.map((topic) => encode({ ...hello, topic })));
    const { packets } = decodeAll([stream]);
    expect(packets.map((packet) => packet.type === "publish" && packet.topic)).toEqual(topics);
  });

  test("delivers what precedes an error and refuses everything after it", () => {
    const packets: Packet[] = [];
    const decoder = new Decoder({ packetBytesMax: 100, receive: (packet) => packets.push(packet) });
    const error = decoder.push(joined([encode(hello), Uint8Array.of(0xf0, 0), encode(hello)]));
    expect(error?.code).toBe("packet-type-reserved");
    expect(decoder.push(encode(hello))).toEqual(error);
    expect(packets).toEqual([hello]);
  });

  test("refuses a packet that is too large once its fixed header is there", () => {
    const header = Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f);
    expect(decodeAll([header.subarray(0, 4)], 1000).error).toBeUndefined();
    expect(decodeAll([header], 1000).error?.code).toBe("packet-too-large");
    const size = encode(hello).length;
    expect(decodeAll([encode(hello)], size).error).toBeUndefined();
    expect(decodeAll([encode(hello)], size - 1).error?.code).toBe("packet-too-large");
  });

  test("delivers nothing more once it is stopped, not even from the same chunk", () => {
    const packets: Packet[] = [];
    const decoder = new Decoder({
      packetBytesMax: 100,
      receive(packet) {
        packets.push(packet);
        decoder.stop();
      },
    });
    expect(decoder.push(joined([encode(hello), encode(hello)]))).toBeUndefined();
    expect(decoder.push(encode(hello))).toBeUndefined();
    expect(packets).toEqual([hello]);
  });
});
