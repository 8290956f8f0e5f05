/**
 * Attribute values from outside: checked, and brought into their one stored form.
 *
 * A JSON type that the wire does not allow is a SerializationException, as the service finds it
 * before it looks at anything; what is wrong with the content is a ValidationException.
 */

import { compareBytes, fromBase64, utf8 } from "../base/mod.ts";
import {
  type AttributeType,
  type AttributeValue,
  attempt,
  attributeTypes,
  type Item,
  normalizeNumber,
} from "../expressions/mod.ts";
import { accepted, messages, refuse, refuseInvalid } from "./errors.ts";
import { nestingMax } from "./limits.ts";

/** Every attribute of a map, normalised; numbers plain, exactly one type each. */
export function normalizeAttributes(input: unknown): Item {
  return normalizeMap(expectObject(input), 1);
}

/** One value; `level` counts the nesting it stands at. */
function normalizeValue(input: unknown, level = 1): AttributeValue {
  const given = expectObject(input);
  const types = attributeTypes.filter((type) => Object.hasOwn(given, type) && given[type] !== null);
  const [type] = types;
  if (type === undefined) refuseInvalid(messages.noType);
  if (level > nestingMax) refuseInvalid(messages.nesting);
  const value = normalizeContent(type, given[type], level);
  if (types.length > 1) refuseInvalid(messages.manyTypes);
  return value;
}

/** Refuses values deeper than 32 levels; for items that an update put together. */
export function checkNesting(item: Item): void {
  for (const value of Object.values(item)) checkLevel(value, 1);
}

function checkLevel(value: AttributeValue, level: number): void {
  if (level > nestingMax) refuseInvalid(messages.nesting);
  const members = "L" in value ? value.L : "M" in value ? Object.values(value.M) : [];
  for (const member of members) checkLevel(member, level + 1);
}

function normalizeContent(type: AttributeType, content: unknown, level: number): AttributeValue {
  switch (type) {
    case "S":
      return { S: expectString(content) };
    case "N":
      return { N: normalNumber(content) };
    case "B":
      return { B: expectBlob(content) };
    case "BOOL":
      return { BOOL: expectBoolean(content) };
    case "NULL":
      if (!expectBoolean(content)) refuseInvalid(messages.nullFalse);
      return { NULL: true };
    case "SS":
      return { SS: normalizeStringSet(expectList(content).map(expectString)) };
    case "NS":
      return { NS: normalizeNumberSet(expectList(content).map(normalNumber)) };
    case "BS":
      return { BS: normalizeBinarySet(expectList(content).map(expectBlob)) };
    case "L":
      return { L: expectList(content).map((member) => normalizeValue(member, level + 1)) };
    case "M":
      return { M: normalizeMap(expectObject(content), level + 1) };
  }
}

function normalizeMap(input: Readonly<Record<string, unknown>>, level: number): Item {
  const entries = Object.entries(input);
  return Object.fromEntries(entries.map(([name, value]) => [name, normalizeValue(value, level)]));
}

function normalNumber(content: unknown): string {
  const text = expectString(content);
  return accepted(attempt(() => normalizeNumber(text)));
}

function normalizeStringSet(members: readonly string[]): readonly string[] {
  if (members.length === 0) refuseInvalid(messages.emptyStringSet);
  const duplicate = showDuplicate(members, utf8);
  return duplicate ? refuseInvalid(messages.duplicateStrings(duplicate)) : members;
}

function normalizeNumberSet(members: readonly string[]): readonly string[] {
  if (members.length === 0) refuseInvalid(messages.emptyNumberSet);
  if (new Set(members).size < members.length) refuseInvalid(messages.duplicateNumbers);
  return members;
}

function normalizeBinarySet(members: readonly string[]): readonly string[] {
  if (members.length === 0) refuseInvalid(messages.emptyBinarySet);
  const duplicate = showDuplicate(members, (member) => fromBase64(member)!);
  return duplicate ? refuseInvalid(messages.duplicateBinaries(duplicate)) : members;
}

/** The members up to the first repeat in byte order, then the rest as sent; as the service does. */
function showDuplicate(
  members: readonly string[],
  bytesOf: (member: string) => Uint8Array,
): string[] | undefined {
  const repeatAt = members.findIndex((member, at) => members.indexOf(member) < at);
  if (repeatAt < 0) return undefined;
  const before = members.slice(0, repeatAt);
  before.sort((left, right) => compareBytes(bytesOf(left), bytesOf(right)));
  return [...before, ...members.slice(repeatAt)];
}

export function expectObject(input: unknown): Readonly<Record<string, unknown>> {
  if (Array.isArray(input)) refuseSerialization("Unrecognized collection type");
  if (typeof input !== "object" || input === null) refuseSerialization("Unexpected field type");
  return input as Record<string, unknown>;
}

/** Text with half a surrogate pair has no UTF-8, and two such keys would become one. */
export function expectString(input: unknown): string {
  if (typeof input !== "string") refuseScalar(input, "String");
  return input.isWellFormed() ? input : refuseSerialization("Text is not well-formed Unicode");
}

export function expectBoolean(input: unknown): boolean {
  return typeof input === "boolean" ? input : refuseScalar(input, "Boolean");
}

export function expectInteger(input: unknown): number {
  return typeof input === "number" ? Math.trunc(input) : refuseScalar(input, "Integer");
}

function expectList(input: unknown): readonly unknown[] {
  if (Array.isArray(input)) return input;
  if (typeof input === "object") {
    refuseSerialization("Start of structure or map found where not expected.");
  }
  return refuseSerialization("Unexpected field type");
}

function expectBlob(input: unknown): string {
  const text = expectString(input);
  if (fromBase64(text)) return text;
  if (text.length % 4 !== 0) refuseSerialization(messages.blobLength(text));
  const stray = /[^a-zA-Z0-9+/=]|=[^=]/.exec(text);
  if (stray) refuseSerialization(messages.blobCharacter(text, stray[0][0]!));
  refuseSerialization(messages.blobEnd(text));
}

function refuseScalar(input: unknown, wanted: string): never {
  if (Array.isArray(input)) refuseSerialization("Start of list found where not expected");
  if (typeof input === "object") {
    refuseSerialization("Start of structure or map found where not expected.");
  }
  const given = typeof input === "boolean" ? String(input).toUpperCase() : typeof input;
  refuseSerialization(`${given.toUpperCase()}_VALUE cannot be converted to ${wanted}`);
}

function refuseSerialization(message: string): never {
  refuse("SerializationException", message);
}
