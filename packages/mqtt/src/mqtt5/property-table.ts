/**
 * The 27 properties of MQTT 5 (2.2.2.2, table 2-4): identifier, data type, the places where each
 * may stand, and which values are valid. Decoder and encoder both run over this table.
 */

import type { Properties, PropertyPlace } from "../properties.ts";
import type { ProtocolErrorCode } from "../protocol-error.ts";
import { holdsWildcard } from "../topics.ts";

/**
 * How the value is written. A `flag` is a byte that says yes or no; `identifier`, a variable byte
 * integer, and `pair`, of texts, may come again, so their values are arrays.
 */
export type PropertyKind =
  | "flag"
  | "byte"
  | "uint16"
  | "uint32"
  | "identifier"
  | "text"
  | "binary"
  | "pair";

/** One value as it stands on the wire. */
export type PropertyField = number | string | Uint8Array | readonly [name: string, value: string];

export interface PropertyRow {
  readonly name: keyof Properties;
  readonly id: number;
  readonly kind: PropertyKind;
  readonly places: ReadonlySet<PropertyPlace>;
  /** What is wrong with a value of that kind. */
  readonly problem: Problem;
}

type Problem = (value: PropertyField) => ProtocolErrorCode | undefined;

const anything: Problem = () => undefined;
const bit: Problem = (value) => (Number(value) > 1 ? "property-value-invalid" : undefined);
const positive: Problem = (value) => (value === 0 ? "property-value-invalid" : undefined);
const alias: Problem = (value) => (value === 0 ? "topic-alias-zero" : undefined); // [MQTT5-3.3.2-8]
const topicName: Problem = (value) => {
  const invalid = value === "" || holdsWildcard(String(value)); // [MQTT5-3.3.2-14]
  return invalid ? "response-topic-invalid" : undefined;
};

const message = "publish will";
const reasons = "connack puback pubrec pubrel pubcomp suback unsuback disconnect auth";
const all = `connect will publish subscribe unsubscribe ${reasons}`;

const rows: readonly (readonly [keyof Properties, number, PropertyKind, string, Problem?])[] = [
  ["payloadFormatIndicator", 0x01, "byte", message, bit],
  ["messageExpiryInterval", 0x02, "uint32", message],
  ["contentType", 0x03, "text", message], // [MQTT5-3.3.2-19]
  ["responseTopic", 0x08, "text", message, topicName], // [MQTT5-3.3.2-13]
  ["correlationData", 0x09, "binary", message],
  ["subscriptionIdentifiers", 0x0b, "identifier", "publish subscribe", positive],
  ["sessionExpiryInterval", 0x11, "uint32", "connect connack disconnect"],
  ["assignedClientIdentifier", 0x12, "text", "connack"],
  ["serverKeepAlive", 0x13, "uint16", "connack"],
  ["authenticationMethod", 0x15, "text", "connect connack auth"],
  ["authenticationData", 0x16, "binary", "connect connack auth"],
  ["requestProblemInformation", 0x17, "flag", "connect", bit],
  ["willDelayInterval", 0x18, "uint32", "will"],
  ["requestResponseInformation", 0x19, "flag", "connect", bit],
  ["responseInformation", 0x1a, "text", "connack"],
  ["serverReference", 0x1c, "text", "connack disconnect"],
  ["reasonString", 0x1f, "text", reasons],
  ["receiveMaximum", 0x21, "uint16", "connect connack", positive],
  ["topicAliasMaximum", 0x22, "uint16", "connect connack"],
  ["topicAlias", 0x23, "uint16", "publish", alias],
  ["maximumQos", 0x24, "byte", "connack", bit],
  ["retainAvailable", 0x25, "flag", "connack", bit],
  ["userProperties", 0x26, "pair", all],
  ["maximumPacketSize", 0x27, "uint32", "connect connack", positive],
  ["wildcardSubscriptionAvailable", 0x28, "flag", "connack", bit],
  ["subscriptionIdentifierAvailable", 0x29, "flag", "connack", bit],
  ["sharedSubscriptionAvailable", 0x2a, "flag", "connack", bit],
];

const table: readonly PropertyRow[] = rows.map(([name, id, kind, places, problem = anything]) => ({
  name,
  id,
  kind,
  places: new Set(places.split(" ") as PropertyPlace[]),
  problem,
}));

/** At the index of its identifier each row. */
export const rowsById: readonly (PropertyRow | undefined)[] = Array.from(
  { length: 0x2b },
  (_, id) => table.find((row) => row.id === id),
);

export const rowsByName: ReadonlyMap<string, PropertyRow> = new Map(
  table.map((row) => [row.name, row]),
);
