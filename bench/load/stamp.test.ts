import { expect, test } from "bun:test";
import { Decoder, type Packet } from "@millrace/mqtt";
import { packetIdOf, StampedPackets } from "./stamp.ts";

const manners = [
  { level: 4, qos: 0 },
  { level: 4, qos: 1 },
  { level: 5, qos: 0 },
  { level: 5, qos: 1 },
] as const;

test.each(manners)("packets are PUBLISH packets of one size: %j", ({ level, qos }) => {
  const packets = new StampedPackets("bench/room/0000", 100, { level, qos });
  const bytes = packets.make(3, 65_534, 12.5);
  const decoded: Packet[] = [];
  const receive = (packet: Packet) => decoded.push(packet);
  const decoder = new Decoder({ packetBytesMax: 1_024, protocolLevel: level, receive });
  expect(decoder.push(bytes)).toBeUndefined();
  const ids = qos === 1 ? [65_535, 1, 2] : [undefined, undefined, undefined];
  expect(decoded.map((packet) => packet.type === "publish" && packet.packetId)).toEqual(ids);
  expect(bytes).toHaveLength(3 * packets.size);
  expect(packets.read(bytes, 2 * packets.size, 65_536)).toBe(12.5);
});

test.each(manners)("a packet that is another or has changed is found: %j", ({ level, qos }) => {
  const packets = new StampedPackets("bench/room/0000", 100, { level, qos });
  const bytes = packets.make(1, 7, 0);
  expect(() => packets.read(bytes, 0, 8)).toThrow("expected message 8 and got 7");
  bytes[4]! ^= 1;
  expect(() => packets.read(bytes, 0, 7)).toThrow("message 7 came back changed");
});

test.each(manners)("packets of JSON carry the same stamp: %j", ({ level, qos }) => {
  const packets = new StampedPackets("bench/room/0000", 100, { level, qos, isJson: true });
  const bytes = packets.make(2, 41, 12.5);
  expect(packets.read(bytes, packets.size, 42)).toBe(12.5);
  expect(() => packets.read(bytes, 0, 42)).toThrow("expected message 42 and got 41");
  const payload = new TextDecoder().decode(bytes.slice(packets.size - 100, packets.size));
  expect(JSON.parse(payload)).toMatchObject({ v: 1, type: "say" });
  expect(() => new StampedPackets("a", 40, { level, qos, isJson: true })).toThrow(RangeError);
});

test("whatever packet id the server chose is acknowledged", () => {
  const packets = new StampedPackets("bench/room/0000", 100, { level: 4, qos: 1 });
  const bytes = packets.make(1, 7, 0);
  const at = 4 + "bench/room/0000".length;
  bytes.set([0x12, 0x34], at);
  expect(packets.read(bytes, 0, 7)).toBe(0);
  const acks = new Uint8Array(8);
  packets.acknowledge(bytes, 0, acks, 4);
  expect([...acks]).toEqual([0, 0, 0, 0, 0x40, 2, 0x12, 0x34]);
  expect(packetIdOf(65_535)).toBe(1);
});
