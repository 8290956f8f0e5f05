/**
 * Takes a request's JSON apart by its shape: types only, no bounds.
 *
 * What does not fit is a SerializationException, as the service finds it before it looks at
 * anything else. `null` counts as absent, and members that the service does not know are ignored,
 * as it does; those that it knows and that are missing here are refused by name.
 */

import { fromBase64 } from "../../base/mod.ts";
import { refuse, refuseInvalid } from "../errors.ts";
import { readNestingMax } from "../limits.ts";
import { messages } from "../messages.ts";
import { setMember } from "./members.ts";
import type { GivenValue, Input, MapShape, Shape, StructureShape } from "./shape.ts";
import { checkBounds } from "./violations.ts";

/** The request in the types of its shape and within its bounds; attribute values only in types. */
export function readRequest<M, S extends StructureShape<M>>(shape: S, input: unknown): Input<S> {
  const request = readStructure(shape as unknown as StructureShape, input);
  checkBounds(shape as unknown as StructureShape, request);
  return request as Input<S>;
}

function read(shape: Shape, input: unknown): unknown {
  switch (shape.kind) {
    case "text":
      return readText(input);
    case "number":
      if (typeof input !== "number") return refuseScalar(input, shape.type);
      return shape.type === "Date" ? input : Math.trunc(input);
    case "boolean":
      return readBoolean(input);
    case "list":
      return present(readList(input)).map((member) => read(shape.member, member));
    case "map":
      return readMap(shape, input);
    case "structure":
      return readStructure(shape, input);
    case "value":
      return readValue(input);
    case "missing":
      return undefined;
  }
}

function readStructure(shape: StructureShape, input: unknown): Record<string, unknown> {
  if (!isObject(input)) refuseObject(input, `class ${serviceClass(shape.name)}`);
  const given = input;
  const members: Record<string, unknown> = {};
  for (const name in shape.members) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || value === null) continue;
    const member = shape.members[name]!;
    if (member.kind === "missing") refuseInvalid(messages.memberMissing(name, shape.name));
    members[name] = read(member, value);
  }
  return members;
}

function readMap({ value, valueClass }: MapShape, input: unknown): Record<string, unknown> {
  if (!isObject(input)) refuseObject(input, `java.util.Map<java.lang.String, ${valueClass}>`);
  const members: Record<string, unknown> = {};
  for (const name in input) {
    const member = input[name];
    if (member === null && value.kind !== "value") continue;
    setMember(members, readText(name), read(value, member ?? {}));
  }
  return members;
}

type ReadContent = (input: unknown, level: number) => unknown;

const contentReaders: Readonly<Record<string, ReadContent>> = {
  S: readText,
  N: readText,
  B: readBlob,
  BOOL: readBoolean,
  NULL: readBoolean,
  SS: (input) => present(readList(input)).map(readText),
  NS: (input) => present(readList(input)).map(readText),
  BS: (input) => present(readList(input)).map(readBlob),
  L: (input, level) => readList(input).map((member) => readValue(member ?? {}, level + 1)),
  M: (input, level) => {
    const given = readObject(input, mapOfValues);
    const members: Record<string, unknown> = {};
    for (const name in given) {
      setMember(members, readText(name), readValue(given[name] ?? {}, level + 1));
    }
    return members;
  },
};

const mapOfValues = `java.util.Map<java.lang.String, ${serviceClass("AttributeValue")}>`;

/**
 * Every type key that it has; whether that is exactly one is not asked here. What is nested so
 * deeply that it could exhaust the stack is refused at once.
 */
function readValue(input: unknown, level = 1): GivenValue {
  if (level > readNestingMax) refuseInvalid(messages.nesting);
  const given = readObject(input, valueClass);
  const value: Record<string, unknown> = {};
  for (const type in given) {
    const reader = Object.hasOwn(contentReaders, type) ? contentReaders[type] : undefined;
    if (reader && given[type] !== null) value[type] = reader(given[type], level);
  }
  return value;
}

const valueClass = `class ${serviceClass("AttributeValue")}`;

function serviceClass(name: string): string {
  return `com.amazonaws.dynamodb.v20120810.${name}`;
}

function present(members: readonly unknown[]): readonly unknown[] {
  return members.filter((member) => member !== null);
}

function readObject(input: unknown, className: string): Readonly<Record<string, unknown>> {
  return isObject(input) ? input : refuseObject(input, className);
}

function isObject(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}

function refuseObject(input: unknown, className: string): never {
  if (Array.isArray(input)) refuseType(`Unrecognized collection type ${className}`);
  refuseType("Unexpected field type");
}

function readList(input: unknown): readonly unknown[] {
  if (Array.isArray(input)) return input;
  if (typeof input === "object") refuseType(messages.structureUnexpected);
  return refuseType("Unexpected field type");
}

/** Text with half a surrogate pair has no UTF-8, and two such keys would become one. */
function readText(input: unknown): string {
  if (typeof input !== "string") refuseScalar(input, "String");
  return input.isWellFormed() ? input : refuseType("Text is not well-formed Unicode");
}

function readBoolean(input: unknown): boolean {
  if (typeof input === "string") refuseType("Unexpected token received from parser");
  return typeof input === "boolean" ? input : refuseScalar(input, "Boolean");
}

function readBlob(input: unknown): string {
  if (typeof input !== "string") refuseType("only base64-encoded strings are convertible to bytes");
  if (fromBase64(input)) return input;
  if (input.length % 4 !== 0) refuseType(messages.blobLength(input));
  const stray = /[^a-zA-Z0-9+/=]|=[^=]/.exec(input);
  if (stray) refuseType(messages.blobCharacter(input, stray[0][0]!));
  refuseType(messages.blobEnd(input));
}

function refuseScalar(input: unknown, wanted: string): never {
  if (Array.isArray(input)) refuseType("Start of list found where not expected");
  if (typeof input === "object") refuseType(messages.structureUnexpected);
  refuseType(`${spellType(input)}_VALUE cannot be converted to ${wanted}`);
}

function spellType(input: unknown): string {
  if (typeof input === "number") return Number.isInteger(input) ? "NUMBER" : "DECIMAL";
  return typeof input === "boolean" ? String(input).toUpperCase() : "STRING";
}

function refuseType(message: string): never {
  refuse("SerializationException", message);
}
