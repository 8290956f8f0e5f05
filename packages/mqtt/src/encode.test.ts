/** The encoder: what it cannot encode, exact bytes, and templates for many receivers. */

import { expect, test } from "bun:test";
import fc from "fast-check";
import { encode, encodePublish, encodePublishTemplate } from "./encode.ts";
import type { Connect } from "./packets/connect.ts";
import { withPacketId, writePacketId } from "./packets/publish.ts";

const noBytes = new Uint8Array(0);
const line = { topic: "a/b", payload: Uint8Array.of(1, 2, 3), qos: 1, retain: true } as const;
const connect: Connect = {
  type: "connect",
  protocolLevel: 4,
  cleanSession: true,
  keepAliveSeconds: 30,
  clientId: "c",
};

const puback = { type: "puback", packetId: 1 } as const;
const first = { ...line, packetId: 1, dup: false };
const subscribe = {
  type: "subscribe",
  packetId: 1,
  subscriptions: [{ filter: "a", qos: 0 }],
} as const;
const sharedNoLocal = {
  ...subscribe,
  subscriptions: [{ filter: "$share/g/a", qos: 0, noLocal: true }],
} as const;

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

test("the example of the standard's non-normative CONNECT has the bytes that it shows", () => {
  const bytes = encode({ ...connect, keepAliveSeconds: 10, clientId: "" });
  expect(Buffer.from(bytes).toString("hex")).toBe("100c00044d5154540402000a0000");
});

test("a CONNECT of MQTT 3.1 is MQIsdp", () => {
  const bytes = encode({ ...connect, protocolLevel: 3 });
  expect(hexOf(bytes)).toBe("100f00064d514973647003" + "02001e000163");
});

test("a CONNECT of MQTT 5 has its properties behind the keep-alive, and so has its will", () => {
  const will = {
    topic: "w",
    payload: noBytes,
    qos: 0,
    retain: false,
    properties: { willDelayInterval: 5 },
  } as const;
  const properties = { sessionExpiryInterval: 10, receiveMaximum: 2 };
  const bytes = encode({ ...connect, protocolLevel: 5, properties, will });
  const variable = "00044d51545405" + "06001e" + "08110000000a210002";
  expect(hexOf(bytes)).toBe(`1021${variable}0001630518000000050001770000`);
});

test("success without properties takes no bytes in MQTT 5", () => {
  expect(hexOf(encode({ ...puback, reasonCode: 0 }, 5))).toBe("40020001");
  expect(hexOf(encode({ type: "disconnect", reasonCode: 0 }, 5))).toBe("e000");
  expect(hexOf(encode({ ...puback, reasonCode: 0x10 }, 5))).toBe("4003000110");
  expect(hexOf(encode({ ...puback, properties: { reasonString: "" } }, 5))).toBe(
    "4007000100031f0000",
  );
});

test("what a level does not know is left out there", () => {
  const told = { ...puback, reasonCode: 0x80, properties: { reasonString: "no" } };
  expect(encode(told, 4)).toEqual(encode(puback, 4));
  const rich = { ...first, properties: { contentType: "text/plain" } };
  expect(encodePublish(rich, 3)).toEqual(encodePublish(first, 4));
  const accepted = { type: "connack", sessionPresent: true, returnCode: 0 } as const;
  expect(hexOf(encode(accepted, 3))).toBe("20020000");
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
      for (const [publish, level] of [
        [line, 4],
        [line, 5],
        [{ ...line, properties: { topicAlias: 1 } }, 5],
      ] as const) {
        const template = encodePublishTemplate(publish, level);
        const expected = encodePublish({ ...publish, packetId, dup }, level);
        expect(withPacketId(template, packetId, dup)).toEqual(expected);
      }
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
  ["another protocol level", () => encode({ ...connect, protocolLevel: 6 })],
  ["an AUTH below level 5", () => encode({ type: "auth", reasonCode: 0 })],
  ["an AUTH without method", () => encode({ type: "auth", reasonCode: 0x18 }, 5)],
  [
    "an AUTH with other properties only",
    () => encode({ type: "auth", reasonCode: 0x18, properties: { reasonString: "" } }, 5),
  ],
  [
    "authentication data alone",
    () => encode({ ...connect, protocolLevel: 5, properties: { authenticationData: noBytes } }),
  ],
  ["a reserved code of a SUBACK", () => encode({ type: "suback", packetId: 1, returnCodes: [3] })],
  ["a PUBACK with a code of PUBREL", () => encode({ ...puback, reasonCode: 0x92 }, 5)],
  ["an UNSUBACK of level 5 without codes", () => encode({ type: "unsuback", packetId: 1 }, 5)],
  ["a property of another packet", () => encode({ ...puback, properties: { topicAlias: 1 } }, 5)],
  ["a topic alias of 0", () => encodePublish({ ...first, properties: { topicAlias: 0 } }, 5)],
  [
    "a topic alias of 65,536",
    () => encodePublish({ ...first, properties: { topicAlias: 65_536 } }, 5),
  ],
  [
    "half a second",
    () => encodePublish({ ...first, properties: { messageExpiryInterval: 0.5 } }, 5),
  ],
  [
    "a subscription identifier of 0",
    () => encode({ ...subscribe, properties: { subscriptionIdentifiers: [0] } }, 5),
  ],
  [
    "two identifiers in a SUBSCRIBE",
    () => encode({ ...subscribe, properties: { subscriptionIdentifiers: [1, 2] } }, 5),
  ],
  ["No Local on a shared subscription", () => encode(sharedNoLocal, 5)],
])("%s cannot be encoded", (_what, attempt) => {
  expect(attempt).toThrow(RangeError);
});
