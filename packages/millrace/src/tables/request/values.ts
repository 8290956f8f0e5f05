/**
 * Attribute values of a request, brought into their one stored form.
 *
 * Their JSON types were checked before (`read.ts`); what is wrong with the content is a
 * ValidationException.
 */

import { compareBytes, fromBase64, utf8, utf8BytesPerUnitMax } from "../../base/mod.ts";
import {
  type AttributeType,
  type AttributeValue,
  attempt,
  attributeTypes,
  type Item,
  normalizeNumber,
} from "../../expressions/mod.ts";
import { accepted, refuseInvalid } from "../errors.ts";
import { nameBytesMax, nestingMax } from "../limits.ts";
import { messages } from "../messages.ts";
import { setMember } from "./members.ts";
import type { GivenItem, GivenValue } from "./shape.ts";

/** Every attribute of a map, normalised; numbers plain, exactly one type each. */
export function normalizeAttributes(given: GivenItem): Item {
  if (Object.hasOwn(given, "")) refuseInvalid(messages.nameEmpty);
  return normalizeMap(given, 1);
}

/** One value; `level` counts the nesting it stands at. */
export function normalizeValue(given: GivenValue, level = 1): AttributeValue {
  const types = typesIn(given);
  const [type] = types;
  if (type === undefined) refuseInvalid(messages.noType);
  if (level > nestingMax) refuseInvalid(messages.nesting);
  const value = normalizeContent(type, given[type], level);
  if (types.length > 1) refuseMany(given, types, level);
  return value;
}

/** What is wrong with a number among them is said first. */
function refuseMany(given: GivenValue, types: readonly AttributeType[], level: number): never {
  for (const type of types) {
    if (type === "N" || type === "NS") normalizeContent(type, given[type], level);
  }
  refuseInvalid(messages.manyTypes);
}

/** In the service's order; nearly always there is one alone. */
function typesIn(given: GivenValue): readonly AttributeType[] {
  const names = Object.keys(given);
  const alone = names.length === 1 && singleTypes.get(names[0]!);
  return alone || attributeTypes.filter((type) => Object.hasOwn(given, type));
}

const singleTypes: ReadonlyMap<string, readonly AttributeType[]> = new Map(
  attributeTypes.map((type) => [type, [type]]),
);

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
      return { S: content as string };
    case "N":
      return { N: normalNumber(content as string) };
    case "B":
      return { B: content as string };
    case "BOOL":
      return { BOOL: content as boolean };
    case "NULL":
      if (!content) refuseInvalid(messages.nullFalse);
      return { NULL: true };
    case "SS":
      return { SS: normalizeStringSet(content as readonly string[]) };
    case "NS":
      return { NS: normalizeNumberSet((content as readonly string[]).map(normalNumber)) };
    case "BS":
      return { BS: normalizeBinarySet(content as readonly string[]) };
    case "L":
      return { L: (content as readonly GivenValue[]).map((one) => normalizeValue(one, level + 1)) };
    case "M":
      return { M: normalizeMap(content as GivenItem, level + 1) };
  }
}

function normalizeMap(given: GivenItem, level: number): Item {
  const item: Record<string, AttributeValue> = {};
  for (const name in given) {
    checkNameSize(name);
    setMember(item, name, normalizeValue(given[name]!, level));
  }
  return item;
}

/** Refuses the name of an attribute that is too long; short ones are not measured. */
export function checkNameSize(name: string): void {
  if (name.length * utf8BytesPerUnitMax <= nameBytesMax) return;
  if (Buffer.byteLength(name) > nameBytesMax) refuseInvalid(messages.nameTooLong);
}

function normalNumber(text: string): string {
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
  if (new Set(members).size === members.length) return undefined;
  const repeatAt = members.findIndex((member, at) => members.indexOf(member) < at);
  const before = members.slice(0, repeatAt);
  before.sort((left, right) => compareBytes(bytesOf(left), bytesOf(right)));
  return [...before, ...members.slice(repeatAt)];
}
