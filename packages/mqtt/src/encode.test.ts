/** The encoder: what it cannot encode, exact bytes, and templates for many receivers. */

import { expect, test } from "bun:test";
import fc from "fast-check";
import { encode } from "./encode.ts";
import type { Connect } from "./packets/connect.ts";
import {
  encodePublish,
  encodePublishTemplate,
  withPacketId,
  writePacketId,
} from "./packets/publish.ts";

const noBytes = new Uint8Array(0);
const line = { topic: "a/b", payload: Uint8Array.of(1, 2, 3), qos: 1, retain: true } as const;
const connect: Connect = {
  type: "connect",
  protocolLevel: 4,
  cleanSession: true,
  keepAliveSeconds: 30,
  clientId: "c",
};

test("the example of the standard's non-normative CONNECT has the bytes that it shows", () => {
  const bytes = encode({ ...connect, keepAliveSeconds: 10, clientId: "" });
  expect(Buffer.from(bytes).toString("hex")).toBe("100c00044d5154540402000a0000");
});

test.each([
  [127, 2],
  [128, 3],
  [16_383, 3],
  [16_384, 4],
  [2_097_151, 4],
  [2_097_152, 5],
])("a remaining length of %d takes a fixed header of %d bytes", (remainingLength, headerBytes) => {
  const payload = new Uint8Array(remainingLength - 3);
  const bytes = encodePublish({ ...line, topic: "t", payload, qos: 0, dup: false });
  expect(bytes.length).toBe(headerBytes + remainingLength);
});

test("a template with a packet id equals the packet encoded with it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_535 }), fc.boolean(), (packetId, dup) => {
      const template = encodePublishTemplate(line);
      const expected = encodePublish({ ...line, packetId, dup });
      expect(withPacketId(template, packetId, dup)).toEqual(expected);
    }),
  );
});

test("a template can be copied into a larger buffer and get its packet id there", () => {
  const template = encodePublishTemplate(line);
  const buffer = new Uint8Array(100);
  buffer.set(template.bytes, 40);
  writePacketId(buffer, 40 + template.packetIdAt, 0x1234);
  const end = 40 + template.bytes.length;
  expect(withPacketId(template, 0x1234, false)).toEqual(buffer.slice(40, end));
});

test.each<[string, () => Uint8Array]>([
  ["a topic with U+0000", () => encodePublish({ ...line, topic: "a\0", packetId: 1, dup: false })],
  ["half a surrogate pair", () => encodePublish({ ...line, topic: "\ud800", qos: 0, dup: false })],
  [
    "a topic of 65,536 bytes",
    () => encodePublishTemplate({ ...line, topic: "é".repeat(32_768) }).bytes,
  ],
  ["QoS 1 without packet id", () => encodePublish({ ...line, dup: false })],
  ["a packet id of 0", () => encode({ type: "puback", packetId: 0 })],
  ["a packet id of 65,536", () => encode({ type: "puback", packetId: 65_536 })],
  ["a password without user name", () => encode({ ...connect, password: noBytes })],
  ["another protocol level", () => encode({ ...connect, protocolLevel: 5 })],
])("%s cannot be encoded", (_what, attempt) => {
  expect(attempt).toThrow(RangeError);
});
