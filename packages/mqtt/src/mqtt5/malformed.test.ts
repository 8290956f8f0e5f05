/** Malformed bytes of MQTT 5, the clause by which each is refused, and the reason code. */

import { describe, expect, test } from "bun:test";
import { Decoder } from "../decoder.ts";
import type { Packet } from "../packet.ts";
import type { ProtocolErrorCode } from "../protocol-error.ts";

function decode(hex: string) {
  const packets: Packet[] = [];
  const receive = (packet: Packet) => packets.push(packet);
  const decoder = new Decoder({ packetBytesMax: 1000, receive, protocolLevel: 5 });
  const bytes = Uint8Array.from(hex.split(" ").map((byte) => Number.parseInt(byte, 16)));
  return { error: decoder.push(bytes), packets };
}

const mqtt5 = "00 04 4d 51 54 54 05";
const truncated = ["packet-truncated", "MQTT5 2.1.4", 0x81] as const;
const misplaced = ["property-misplaced", "MQTT5 2.2.2.2", 0x81] as const;
const repeated = ["property-repeated", "MQTT5 2.2.2.2", 0x82] as const;
const badValue = ["property-value-invalid", "MQTT5 2.2.2.2", 0x82] as const;
const noMethod = ["authentication-method-missing", "MQTT5 4.12", 0x82] as const;
const badReason = ["reason-code-reserved", "MQTT5 2.4", 0x82] as const;

type Row = readonly [hex: string, code: ProtocolErrorCode, clause: string, reasonCode: number];

const malformed: readonly Row[] = [
  ["00 00", "packet-type-reserved", "MQTT5 2.1.2", 0x81],
  ["f1 00", "flags-invalid", "MQTT5-2.1.3-1", 0x81],
  ["e1 00", "flags-invalid", "MQTT5-2.1.3-1", 0x81],
  ["8a 07 00 01 00 00 01 61 00", "flags-invalid", "MQTT5-2.1.3-1", 0x81],
  ["30 80 80 80 80", "remaining-length-malformed", "MQTT5 1.5.5", 0x81],
  ["c0 80 00", "length-not-minimal", "MQTT5-1.5.5-1", 0x81],
  ["30 e9 07", "packet-too-large", "MQTT5-3.2.2-15", 0x95],
  ["c0 01 00", "bytes-left-over", "MQTT5 2.1.4", 0x81],
  // PUBLISH
  ["36 07 00 01 61 00 01 00 78", "publish-qos-invalid", "MQTT5-3.3.1-4", 0x81],
  ["38 04 00 01 61 00", "publish-dup-invalid", "MQTT5-3.3.1-2", 0x81],
  ["30 03 00 01 61", ...truncated],
  ["30 04 00 01 61 01", ...truncated],
  ["30 05 00 01 61 80 00", "length-not-minimal", "MQTT5-1.5.5-1", 0x81],
  ["30 07 00 01 61 80 80 80 80", "variable-byte-integer-malformed", "MQTT5 1.5.5", 0x81],
  ["30 03 00 00 00", "topic-empty", "MQTT5 3.3.2.1", 0x82],
  ["30 05 00 00 02 01 00", "topic-empty", "MQTT5 3.3.2.1", 0x82],
  ["30 04 00 01 23 00", "topic-with-wildcard", "MQTT5-3.3.2-2", 0x81],
  ["30 04 00 01 00 00", "text-with-null", "MQTT5-1.5.4-2", 0x81],
  ["30 04 00 01 ff 00", "text-malformed", "MQTT5-1.5.4-1", 0x81],
  ["32 06 00 01 61 00 00 00", "packet-id-zero", "MQTT5-2.2.1-3", 0x82],
  ["30 07 00 01 61 03 23 00 00", "topic-alias-zero", "MQTT5-3.3.2-8", 0x94],
  ["30 06 00 00 03 23 00 00", "topic-alias-zero", "MQTT5-3.3.2-8", 0x94],
  ["30 0a 00 01 61 06 23 00 01 23 00 01", ...repeated],
  ["30 08 00 01 61 04 01 00 01 00", ...repeated],
  ["30 06 00 01 61 02 01 02", ...badValue],
  ["30 06 00 01 61 02 0b 00", ...badValue],
  ["30 08 00 01 61 04 08 00 01 23", "response-topic-invalid", "MQTT5-3.3.2-14", 0x82],
  ["30 07 00 01 61 03 08 00 00", "response-topic-invalid", "MQTT5-3.3.2-14", 0x82],
  ["30 08 00 01 61 04 03 00 01 ff", "text-malformed", "MQTT5-1.5.4-1", 0x81],
  ["30 0a 00 01 61 06 26 00 01 00 00 00", "text-with-null", "MQTT5-1.5.4-2", 0x81],
  ["30 05 00 01 61 01 00", "property-unknown", "MQTT5 2.2.2.2", 0x81],
  ["30 05 00 01 61 01 7f", "property-unknown", "MQTT5 2.2.2.2", 0x81],
  ["30 06 00 01 61 02 ff 01", "property-unknown", "MQTT5 2.2.2.2", 0x81],
  ["30 09 00 01 61 05 11 00 00 00 01", ...misplaced],
  ["30 0a 00 01 61 02 02 00 00 00 01 78", "property-truncated", "MQTT5 2.2.2.1", 0x81],
  ["30 05 00 01 61 01 01", ...truncated],
  // CONNECT
  [`10 0d ${mqtt5} 03 00 00 00 00 00`, "connect-flag-reserved", "MQTT5-3.1.2-3", 0x81],
  [`10 0d ${mqtt5} 0a 00 00 00 00 00`, "will-flags-without-will", "MQTT5-3.1.2-11", 0x81],
  [`10 0d ${mqtt5} 22 00 00 00 00 00`, "will-flags-without-will", "MQTT5-3.1.2-11", 0x81],
  [
    `10 13 ${mqtt5} 1e 00 00 00 00 00 00 00 01 77 00 00`,
    "will-qos-invalid",
    "MQTT5-3.1.2-12",
    0x81,
  ],
  [`10 12 ${mqtt5} 06 00 00 00 00 00 00 00 00 00 00`, "topic-empty", "MQTT5 3.3.2.1", 0x82],
  [`10 07 ${mqtt5}`, ...truncated],
  [`10 0a ${mqtt5} 02 00 00`, ...truncated],
  [`10 0c ${mqtt5} 02 00 00 00 00`, ...truncated],
  [`10 0e ${mqtt5} 02 00 00 00 00 00 00`, "bytes-left-over", "MQTT5 2.1.4", 0x81],
  [`10 10 ${mqtt5} 02 00 00 03 21 00 00 00 00`, ...badValue],
  [`10 12 ${mqtt5} 02 00 00 05 27 00 00 00 00 00 00`, ...badValue],
  [`10 0f ${mqtt5} 02 00 00 02 17 02 00 00`, ...badValue],
  [`10 0f ${mqtt5} 02 00 00 02 19 ff 00 00`, ...badValue],
  [`10 11 ${mqtt5} 02 00 00 04 17 01 17 01 00 00`, ...repeated],
  [`10 10 ${mqtt5} 02 00 00 03 23 00 01 00 00`, ...misplaced],
  [`10 11 ${mqtt5} 02 00 00 04 16 00 01 78 00 00`, ...noMethod],
  // CONNACK
  ["20 03 02 00 00", "connack-flags-reserved", "MQTT5-3.2.2-1", 0x81],
  ["20 02 00 00", ...truncated],
  ["20 03 00 01 00", ...badReason],
  ["20 05 00 00 02 24 02", ...badValue],
  ["20 05 00 00 02 25 02", ...badValue],
  ["20 05 00 00 02 28 02", ...badValue],
  ["20 05 00 00 02 29 02", ...badValue],
  ["20 05 00 00 02 2a 02", ...badValue],
  // the others
  ["40 02 00 00", "packet-id-zero", "MQTT5-2.2.1-3", 0x82],
  ["40 03 00 01 92", ...badReason],
  ["50 03 00 01 01", ...badReason],
  ["62 03 00 01 10", ...badReason],
  ["70 03 00 01 80", ...badReason],
  ["40 0a 00 01 00 06 1f 00 00 1f 00 00", ...repeated],
  ["40 05 00 01 00 00 00", "bytes-left-over", "MQTT5 2.1.4", 0x81],
  ["82 03 00 01 00", "subscribe-empty", "MQTT5-3.8.3-2", 0x82],
  ["82 02 00 01", ...truncated],
  ["82 07 00 01 00 00 01 61 03", "subscribe-options-invalid", "MQTT5 3.8.3.1", 0x82],
  ["82 07 00 01 00 00 01 61 40", "subscribe-options-reserved", "MQTT5-3.8.3-5", 0x81],
  ["82 07 00 01 00 00 01 61 80", "subscribe-options-reserved", "MQTT5-3.8.3-5", 0x81],
  ["82 07 00 01 00 00 01 61 30", "retain-handling-invalid", "MQTT5 3.8.3.1", 0x82],
  [
    "82 10 00 01 00 00 0a 24 73 68 61 72 65 2f 67 2f 61 04",
    "no-local-shared",
    "MQTT5-3.8.3-4",
    0x82,
  ],
  ["82 09 00 01 02 0b 00 00 01 61 00", ...badValue],
  ["82 0b 00 01 04 0b 01 0b 02 00 01 61 00", ...repeated],
  ["90 04 00 01 00 03", "suback-code-reserved", "MQTT5-3.9.3-2", 0x82],
  ["90 03 00 01 00", "reason-codes-missing", "MQTT5 2.4", 0x82],
  ["a2 03 00 01 00", "unsubscribe-empty", "MQTT5-3.10.3-2", 0x82],
  ["b0 03 00 01 00", "reason-codes-missing", "MQTT5 2.4", 0x82],
  ["b0 04 00 01 00 01", ...badReason],
  ["b0 02 00 01", ...truncated],
  ["e0 01 01", ...badReason],
  ["e0 05 00 03 21 00 01", ...misplaced],
  ["f0 01 18", ...truncated],
  ["f0 02 18 00", ...noMethod],
  ["f0 05 18 03 1f 00 00", ...noMethod],
  ["f0 05 17 03 15 00 00", ...badReason],
];

test.each(malformed)("%s is refused: %s by %s with code %d", (hex, code, clause, reasonCode) => {
  const { packets, error } = decode(hex);
  expect(packets).toEqual([]);
  expect(error).toMatchObject({ code, clause, reasonCode });
  expect(error?.message).not.toBe("");
});

/** What stands before and behind the property length in each place, both in hex. */
const places = {
  connect: [`10 00 ${mqtt5} 02 00 00`, "00 00"],
  will: [`10 00 ${mqtt5} 06 00 00 00 00 00`, "00 01 77 00 00"],
  connack: ["20 00 00 00", ""],
  publish: ["30 00 00 01 61", ""],
  puback: ["40 00 00 01 00", ""],
  pubrec: ["50 00 00 01 00", ""],
  pubrel: ["62 00 00 01 00", ""],
  pubcomp: ["70 00 00 01 00", ""],
  subscribe: ["82 00 00 01", "00 01 61 00"],
  suback: ["90 00 00 01", "00"],
  unsubscribe: ["a2 00 00 01", "00 01 61"],
  unsuback: ["b0 00 00 01", "00"],
  disconnect: ["e0 00 00", ""],
  auth: ["f0 00 18", ""],
} as const;

const reasonPlaces = "connack puback pubrec pubrel pubcomp suback unsuback disconnect auth".split(
  " ",
);

/** Table 2-4, with a valid value for each. */
const table: readonly [hex: string, places: readonly string[]][] = [
  ["01 01", ["publish", "will"]],
  ["02 00 00 00 01", ["publish", "will"]],
  ["03 00 01 61", ["publish", "will"]],
  ["08 00 01 61", ["publish", "will"]],
  ["09 00 01 61", ["publish", "will"]],
  ["0b 01", ["publish", "subscribe"]],
  ["11 00 00 00 01", ["connect", "connack", "disconnect"]],
  ["12 00 01 61", ["connack"]],
  ["13 00 01", ["connack"]],
  ["15 00 01 61", ["connect", "connack", "auth"]],
  ["16 00 01 61", ["connect", "connack", "auth"]],
  ["17 01", ["connect"]],
  ["18 00 00 00 01", ["will"]],
  ["19 01", ["connect"]],
  ["1a 00 01 61", ["connack"]],
  ["1c 00 01 61", ["connack", "disconnect"]],
  ["1f 00 01 61", reasonPlaces],
  ["21 00 01", ["connect", "connack"]],
  ["22 00 01", ["connect", "connack"]],
  ["23 00 01", ["publish"]],
  ["24 01", ["connack"]],
  ["25 01", ["connack"]],
  ["26 00 01 61 00 01 62", Object.keys(places)],
  ["27 00 00 00 01", ["connect", "connack"]],
  ["28 01", ["connack"]],
  ["29 01", ["connack"]],
  ["2a 01", ["connack"]],
];

describe("table 2-4 of the standard", () => {
  test.each(table)("property %s stands in %p and nowhere else", (property, allowed) => {
    for (const [place, [before, after]] of Object.entries(places)) {
      const method = allowed.includes(place) && needsMethod(place, property) ? "15 00 01 6d" : "";
      const properties = bytesOf(`${property} ${method}`);
      const rest = [...bytesOf(before), properties.length, ...properties, ...bytesOf(after)];
      rest[1] = rest.length - 2;
      const { error, packets } = decode(rest.map((byte) => byte.toString(16)).join(" "));
      if (allowed.includes(place))
        expect({ place, error, count: packets.length }).toEqual({
          place,
          error: undefined,
          count: 1,
        });
      else expect({ place, code: error?.code }).toEqual({ place, code: "property-misplaced" });
    }
  });
});

function needsMethod(place: string, property: string): boolean {
  const isMethod = property.startsWith("15");
  return !isMethod && (place === "auth" || property.startsWith("16"));
}

function bytesOf(hex: string): number[] {
  return hex
    .split(" ")
    .filter(Boolean)
    .map((byte) => Number.parseInt(byte, 16));
}
