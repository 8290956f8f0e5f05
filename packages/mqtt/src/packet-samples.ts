/** Packets of MQTT 3.1.1 of every type, drawn by fast-check, for the tests of this package. */

import fc from "fast-check";
import type { Packet } from "./packet.ts";
import type { Qos } from "./packets/publish.ts";

export const text = fc
  .string({ unit: "grapheme", maxLength: 40 })
  .filter((value) => !value.includes("\0") && value.isWellFormed());
export const topic = text.filter((value) => value !== "" && !/[+#]/.test(value));
export const bytes = fc.uint8Array({ maxLength: 300 });
export const packetId = fc.integer({ min: 1, max: 65_535 });
export const qos = fc.constantFrom<Qos>(0, 1, 2);

const will = fc.record({ topic, payload: bytes, qos, retain: fc.boolean() });

const connect = fc
  .record({
    type: fc.constant("connect" as const),
    protocolLevel: fc.constant(4),
    cleanSession: fc.boolean(),
    keepAliveSeconds: fc.integer({ min: 0, max: 65_535 }),
    clientId: text,
    will: fc.option(will, { nil: undefined }),
    username: fc.option(text, { nil: undefined }),
    password: fc.option(bytes, { nil: undefined }),
  })
  .map((packet) => (packet.username === undefined ? { ...packet, password: undefined } : packet));

const publish = fc
  .record({
    type: fc.constant("publish" as const),
    topic,
    payload: bytes,
    qos,
    retain: fc.boolean(),
    dup: fc.boolean(),
    packetId,
  })
  .map((packet) =>
    packet.qos === 0 ? { ...packet, dup: false, packetId: undefined } : { ...packet },
  );

const plain = fc.oneof(
  fc.record({
    type: fc.constantFrom("puback", "pubrec", "pubrel", "pubcomp", "unsuback"),
    packetId,
  }),
  fc.record({ type: fc.constantFrom("pingreq", "pingresp", "disconnect") }),
);

const connack = fc.record({
  type: fc.constant("connack" as const),
  sessionPresent: fc.boolean(),
  returnCode: fc.integer({ min: 0, max: 5 }),
});

const subscribe = fc.record({
  type: fc.constant("subscribe" as const),
  packetId,
  subscriptions: fc.array(fc.record({ filter: topic, qos }), { minLength: 1, maxLength: 10 }),
});

const suback = fc.record({
  type: fc.constant("suback" as const),
  packetId,
  returnCodes: fc.array(fc.constantFrom(0, 1, 2, 0x80), { minLength: 1, maxLength: 10 }),
});

const unsubscribe = fc.record({
  type: fc.constant("unsubscribe" as const),
  packetId,
  filters: fc.array(topic, { minLength: 1, maxLength: 10 }),
});

export const anyPacket: fc.Arbitrary<Packet> = fc.oneof(
  connect,
  connack,
  publish,
  plain,
  subscribe,
  suback,
  unsubscribe,
);
