/**
 * What must come back, and whether a packet is that. An expectation is the bytes of a packet in
 * the notation, or the fields that matter; a field that is not named may be anything. Text and
 * payloads take the letters of the run; an identifier or a text of `=m` is kept as `m`.
 */

import { bytesOf, parsePattern, type Scope, textOf } from "./notation.ts";
import type { PropertyValue, Received } from "./received.ts";

/** `"0x81"`, or a list of which any will do. */
export type Code = string | readonly string[];

export interface Bounds {
  readonly atLeast: number;
  readonly atMost: number;
}

export type ExpectedValue = number | string | Bounds | readonly [string, string];

export interface Fields {
  readonly packet: Received["packet"];
  readonly dup?: boolean;
  readonly qos?: number;
  readonly retain?: boolean;
  readonly sessionPresent?: boolean;
  readonly topic?: string;
  /** A number, `"=m"` to keep it, or `"<m>"` for the one kept. */
  readonly id?: number | string;
  /** In the notation. */
  readonly payload?: string;
  readonly code?: Code;
  readonly codes?: readonly Code[];
  /** The size of the whole packet. */
  readonly bytesAtMost?: number;
  /** All values of each property named, in their order; binary values in the notation. */
  readonly properties?: Readonly<Record<string, readonly ExpectedValue[]>>;
  /** Properties that must not be there. */
  readonly without?: readonly string[];
}

export type Expectation = string | Fields;

/** `true` keeps what is to be kept; `false` keeps nothing. */
export function meets(received: Received, expected: Expectation, scope: Scope): boolean {
  const keeps = new Map<string, Uint8Array>();
  const met =
    typeof expected === "string"
      ? bytesMeet(received.bytes, expected, { scope, keeps })
      : fieldsMeet(received, expected, { scope, keeps });
  if (met) for (const [name, bytes] of keeps) scope.kept.set(name, bytes);
  return met;
}

export function codeMeets(code: number | undefined, expected: Code): boolean {
  return [expected].flat().some((one) => Number(one) === code);
}

interface Keeping {
  readonly scope: Scope;
  readonly keeps: Map<string, Uint8Array>;
}

function bytesMeet(bytes: Uint8Array, notation: string, { scope, keeps }: Keeping): boolean {
  const pattern = parsePattern(notation, scope);
  for (const [name, at] of pattern.keeps) keeps.set(name, bytes.slice(at, at + 2));
  return (
    bytes.length === pattern.bytes.length &&
    pattern.bytes.every((byte, at) => byte === undefined || byte === bytes[at])
  );
}

function fieldsMeet(received: Received, fields: Fields, keeping: Keeping): boolean {
  const { packet, id, topic, payload, code, codes, properties = {}, without = [] } = fields;
  const { bytesAtMost = received.bytes.length } = fields;
  const { scope } = keeping;
  const plain = (["dup", "qos", "retain", "sessionPresent"] as const).every(
    (name) => fields[name] === undefined || fields[name] === received[name],
  );
  return (
    packet === received.packet &&
    plain &&
    received.bytes.length <= bytesAtMost &&
    (id === undefined || idMeets(received.id, id, keeping)) &&
    (topic === undefined || textOf(topic, scope) === received.topic) &&
    (payload === undefined || same(bytesOf(payload, scope), received.payload)) &&
    (code === undefined || codeMeets(received.code, code)) &&
    (codes === undefined || codesMeet(received.codes, codes)) &&
    without.every((name) => !received.properties.has(name)) &&
    Object.entries(properties).every(([name, values]) =>
      valuesMeet(received.properties.get(name), values, keeping),
    )
  );
}

function codesMeet(codes: readonly number[] = [], expected: readonly Code[]): boolean {
  return codes.length === expected.length && expected.every((one, at) => codeMeets(codes[at], one));
}

function idMeets(id: number | undefined, expected: number | string, keeping: Keeping): boolean {
  if (id === undefined || id === 0) return false;
  if (typeof expected === "number") return id === expected;
  const bytes = Uint8Array.of(id >> 8, id & 255);
  if (!expected.startsWith("=")) return same(bytesOf(expected, keeping.scope), bytes);
  keeping.keeps.set(expected.slice(1), bytes);
  return true;
}

/** Identifiers of subscriptions come in any order [MQTT5-3.3.4-4], so numbers are sorted. */
function valuesMeet(
  values: readonly PropertyValue[] = [],
  expected: readonly ExpectedValue[],
  keeping: Keeping,
): boolean {
  const numbers = values.every((value) => typeof value === "number");
  const found = numbers ? values.toSorted((one, other) => Number(one) - Number(other)) : values;
  return (
    found.length === expected.length &&
    expected.every((one, at) => valueMeets(found[at]!, one, keeping))
  );
}

function valueMeets(value: PropertyValue, expected: ExpectedValue, keeping: Keeping): boolean {
  const { scope, keeps } = keeping;
  if (value instanceof Uint8Array) {
    return typeof expected === "string" && same(bytesOf(expected, scope), value);
  }
  if (typeof expected === "number") return value === expected;
  if (typeof expected === "string" && expected.startsWith("=")) {
    keeps.set(expected.slice(1), new TextEncoder().encode(String(value)));
    return value !== "";
  }
  if (typeof expected === "string") return value === textOf(expected, scope);
  if (Array.isArray(expected)) {
    return Array.isArray(value) && expected.every((text, at) => textOf(text, scope) === value[at]);
  }
  const { atLeast, atMost } = expected as Bounds;
  return typeof value === "number" && value >= atLeast && value <= atMost;
}

function same(expected: Uint8Array, found: Uint8Array | undefined): boolean {
  return found !== undefined && Buffer.compare(expected, found) === 0;
}
