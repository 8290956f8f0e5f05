/** Malformed bytes, and the clause by which each is refused. */

import { expect, test } from "bun:test";
import { Decoder } from "./decoder.ts";
import type { Packet } from "./packet.ts";
import type { ProtocolErrorCode } from "./protocol-error.ts";

function decode(hex: string): { packets: Packet[]; error: ReturnType<Decoder["push"]> } {
  const packets: Packet[] = [];
  const decoder = new Decoder({ packetBytesMax: 1000, receive: (packet) => packets.push(packet) });
  const bytes = Uint8Array.from(hex.split(" ").map((byte) => Number.parseInt(byte, 16)));
  return { error: decoder.push(bytes), packets };
}

const mqtt4 = "00 04 4d 51 54 54 04";

const malformed: readonly [hex: string, code: ProtocolErrorCode, clause: string][] = [
  ["00 00", "packet-type-reserved", "2.2.1"],
  ["f0 00", "packet-type-reserved", "2.2.1"],
  ["11", "flags-invalid", "MQTT-2.2.2-2"],
  ["21 02 00 00", "flags-invalid", "MQTT-2.2.2-2"],
  ["42 02 00 01", "flags-invalid", "MQTT-2.2.2-2"],
  ["5f 02 00 01", "flags-invalid", "MQTT-2.2.2-2"],
  ["60 02 00 01", "flags-invalid", "MQTT-2.2.2-2"],
  ["72 02 00 01", "flags-invalid", "MQTT-2.2.2-2"],
  ["80 06 00 01 00 01 61 00", "flags-invalid", "MQTT-2.2.2-2"],
  ["8a 06 00 01 00 01 61 00", "flags-invalid", "MQTT-2.2.2-2"],
  ["92 03 00 01 00", "flags-invalid", "MQTT-2.2.2-2"],
  ["a0 05 00 01 00 01 61", "flags-invalid", "MQTT-2.2.2-2"],
  ["b2 02 00 01", "flags-invalid", "MQTT-2.2.2-2"],
  ["c1 00", "flags-invalid", "MQTT-2.2.2-2"],
  ["d8 00", "flags-invalid", "MQTT-2.2.2-2"],
  ["e1 00", "flags-invalid", "MQTT-2.2.2-2"],
  ["30 80 80 80 80", "remaining-length-malformed", "2.2.3"],
  ["c0 ff ff ff ff 7f", "remaining-length-malformed", "2.2.3"],
  ["30 e9 07", "packet-too-large", "MQTT-4.8.0-2"],
  ["c0 01 00", "bytes-left-over", "2.2.3"],
  ["40 03 00 01 00", "bytes-left-over", "2.2.3"],
  ["40 01 00", "packet-truncated", "2.2.3"],
  ["40 00", "packet-truncated", "2.2.3"],
  ["40 02 00 00", "packet-id-zero", "MQTT-2.3.1-1"],
  ["62 02 00 00", "packet-id-zero", "MQTT-2.3.1-1"],
  // PUBLISH
  ["36 06 00 01 61 00 01 78", "publish-qos-invalid", "MQTT-3.3.1-4"],
  ["38 03 00 01 61", "publish-dup-invalid", "MQTT-3.3.1-2"],
  ["30 00", "packet-truncated", "2.2.3"],
  ["30 03 00 02 61", "packet-truncated", "2.2.3"],
  ["30 02 00 00", "topic-empty", "MQTT-4.7.3-1"],
  ["30 03 00 01 23", "topic-with-wildcard", "MQTT-3.3.2-2"],
  ["30 05 00 03 61 2f 2b", "topic-with-wildcard", "MQTT-3.3.2-2"],
  ["30 03 00 01 00", "text-with-null", "MQTT-1.5.3-2"],
  ["30 03 00 01 ff", "text-malformed", "MQTT-1.5.3-1"],
  ["30 04 00 02 c0 80", "text-malformed", "MQTT-1.5.3-1"],
  ["30 05 00 03 ed a0 80", "text-malformed", "MQTT-1.5.3-1"],
  ["30 05 00 03 ed bf bf", "text-malformed", "MQTT-1.5.3-1"],
  ["30 06 00 04 f4 90 80 80", "text-malformed", "MQTT-1.5.3-1"],
  ["32 05 00 01 61 00 00", "packet-id-zero", "MQTT-2.3.1-1"],
  ["32 04 00 01 61 00", "packet-truncated", "2.2.3"],
  // CONNECT
  ["10 0c 00 04 4d 51 54 58 04 02 00 00 00 00", "protocol-name-unknown", "MQTT-3.1.2-1"],
  ["10 0e 00 06 4d 51 49 73 64 70 04 02 00 00 00 00", "protocol-name-unknown", "MQTT-3.1.2-1"],
  [`10 0c ${mqtt4} 03 00 00 00 00`, "connect-flag-reserved", "MQTT-3.1.2-3"],
  [`10 0c ${mqtt4} 0a 00 00 00 00`, "will-flags-without-will", "MQTT-3.1.2-11"],
  [`10 0c ${mqtt4} 22 00 00 00 00`, "will-flags-without-will", "MQTT-3.1.2-11"],
  [`10 11 ${mqtt4} 1e 00 00 00 00 00 01 77 00 00`, "will-qos-invalid", "MQTT-3.1.2-14"],
  [`10 10 ${mqtt4} 06 00 00 00 00 00 00 00 00`, "topic-empty", "MQTT-4.7.3-1"],
  [`10 11 ${mqtt4} 06 00 00 00 00 00 01 2b 00 00`, "topic-with-wildcard", "MQTT-3.3.2-2"],
  [`10 0e ${mqtt4} 42 00 00 00 00 00 00`, "password-without-username", "MQTT-3.1.2-22"],
  [`10 0c ${mqtt4} 82 00 00 00 00`, "packet-truncated", "2.2.3"],
  [`10 0a ${mqtt4} 02 00 00`, "packet-truncated", "2.2.3"],
  [`10 0d ${mqtt4} 02 00 00 00 00 00`, "bytes-left-over", "2.2.3"],
  [`10 0d ${mqtt4} 02 00 00 00 01 00`, "text-with-null", "MQTT-1.5.3-2"],
  // the others
  ["20 02 02 00", "connack-flags-reserved", "3.2.2.1"],
  ["82 02 00 01", "subscribe-empty", "MQTT-3.8.3-3"],
  ["82 05 00 01 00 01 61", "packet-truncated", "2.2.3"],
  ["82 06 00 01 00 01 61 03", "subscribe-options-invalid", "MQTT-3.8.3-4"],
  ["82 06 00 01 00 01 61 80", "subscribe-options-invalid", "MQTT-3.8.3-4"],
  ["82 06 00 00 00 01 61 00", "packet-id-zero", "MQTT-2.3.1-1"],
  ["90 03 00 01 03", "suback-code-reserved", "MQTT-3.9.3-2"],
  ["a2 02 00 01", "unsubscribe-empty", "MQTT-3.10.3-2"],
  ["a2 05 00 00 00 01 61", "packet-id-zero", "MQTT-2.3.1-1"],
];

test.each(malformed)("%s is refused: %s by %s", (hex, code, clause) => {
  const { packets, error } = decode(hex);
  expect(packets).toEqual([]);
  expect(error).toMatchObject({ code, clause });
  expect(error?.message).not.toBe("");
});

test.each([
  ["10 0c 00 04 4d 51 54 54 06 ff 00 00 00 00", 6],
  ["10 0c 00 04 4d 51 54 54 00 02 00 00 00 00", 0],
  ["10 0c 00 04 4d 51 54 54 84 02 00 00 00 00", 0x84],
  ["10 07 00 04 4d 51 54 54 06", 6],
])("%s is a CONNECT of level %d of which nothing else is read", (hex, protocolLevel) => {
  const unread = { cleanSession: true, keepAliveSeconds: 0, clientId: "" };
  expect(decode(hex)).toEqual({
    packets: [{ type: "connect", protocolLevel, ...unread }],
    error: undefined,
  });
});

const mqtt3 = "00 06 4d 51 49 73 64 70 03";
const connect3 = { type: "connect", protocolLevel: 3, clientId: "c", keepAliveSeconds: 0 } as const;

test.each([
  ["a plain one", `10 0f ${mqtt3} 02 00 00 00 01 63`, {}],
  ["with the reserved flag", `10 0f ${mqtt3} 03 00 00 00 01 63`, {}],
  ["with a will QoS without will", `10 0f ${mqtt3} 3a 00 00 00 01 63`, {}],
  ["whose user name is missing", `10 0f ${mqtt3} 82 00 00 00 01 63`, {}],
  ["whose password is missing", `10 12 ${mqtt3} c2 00 00 00 01 63 00 01 75`, { username: "u" }],
])("CONNECT of MQTT 3.1, %s, is accepted", (_what, hex, rest) => {
  expect(decode(hex)).toEqual({
    packets: [{ ...connect3, cleanSession: true, ...rest }],
    error: undefined,
  });
});

test("in MQTT 3.1 a SUBSCRIBE may be marked as a duplicate, and a PUBACK may not", () => {
  const connect = `10 0f ${mqtt3} 02 00 00 00 01 63`;
  expect(decode(`${connect} 8a 06 00 01 00 01 61 00`).packets).toHaveLength(2);
  expect(decode(`${connect} 6a 02 00 01`).packets).toHaveLength(2);
  expect(decode(`${connect} 48 02 00 01`).error?.code).toBe("flags-invalid");
  expect(decode(`${connect} f0 00`).error?.code).toBe("packet-type-reserved");
});

test.each([
  [`10 11 ${mqtt3} 42 00 00 00 01 63 00 00`, "password-without-username"],
  [`10 0f ${mqtt3} 06 00 00 00 01 63`, "packet-truncated"],
  ["10 0c 00 04 4d 51 54 54 03 02 00 00 00 00", "protocol-name-unknown"],
])("%s is no CONNECT of MQTT 3.1: %s", (hex, code) => {
  expect(decode(hex)).toMatchObject({ packets: [], error: { code } });
});

test("a malformed CONNECT of MQTT 5 comes with its reason code, those before it with none", () => {
  expect(decode("10 0a 00 04 4d 51 54 54 05 02 00 00").error?.reasonCode).toBe(0x81);
  expect(decode("10 0a 00 04 4d 51 54 54 04 02 00 00").error?.reasonCode).toBeUndefined();
});

test("a byte order mark stays in the text", () => {
  const { packets } = decode("30 06 00 04 ef bb bf 61");
  expect(packets).toMatchObject([{ topic: "\ufeffa" }]); // [MQTT-1.5.3-3]
});
