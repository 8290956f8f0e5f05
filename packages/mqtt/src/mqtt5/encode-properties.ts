/** From properties to bytes: the property length, then identifiers and values (2.2.2). */

import { remainingLengthMax } from "../limits.ts";
import type { Properties, PropertyPlace } from "../properties.ts";
import { textFieldBytes, variableByteIntegerBytes, Writer } from "../writer.ts";
import { type PropertyField, type PropertyRow, rowsByName } from "./property-table.ts";

interface Field {
  readonly row: PropertyRow;
  readonly value: PropertyField;
}

/** The property length zero [MQTT5-2.2.2-1]. */
const none = Uint8Array.of(0);

/** Throws a RangeError for a property that the decoder would refuse there. */
export function encodeProperties(
  properties: Properties | undefined,
  place: PropertyPlace,
): Uint8Array {
  if (properties === undefined) return none;
  const fields = fieldsOf(properties, place);
  const length = fields.reduce((count, field) => count + 1 + valueBytes(field), 0);
  if (length > remainingLengthMax) throw new RangeError(`cannot encode ${length} property bytes`);
  const writer = new Writer(variableByteIntegerBytes(length) + length);
  writer.variableByteInteger(length);
  for (const field of fields) {
    writer.byte(field.row.id);
    writeValue(writer, field);
  }
  return writer.bytes;
}

function fieldsOf(properties: Properties, place: PropertyPlace): Field[] {
  const fields: Field[] = [];
  for (const [name, value] of Object.entries(properties)) {
    const row = rowsByName.get(name);
    if (value === undefined) continue;
    if (row === undefined || !row.places.has(place)) {
      throw new RangeError(`cannot encode property "${name}" in "${place}"`);
    }
    for (const field of valuesOf(row, value)) {
      if (!fits(row, field)) throw new RangeError(`cannot encode ${name} "${field}"`);
      fields.push({ row, value: field });
    }
  }
  checkTogether(properties, place);
  return fields;
}

/** What each value alone does not show. */
function checkTogether(properties: Properties, place: PropertyPlace): void {
  const { subscriptionIdentifiers = [], authenticationData, authenticationMethod } = properties;
  if (place === "subscribe" && subscriptionIdentifiers.length > 1) {
    throw new RangeError("cannot encode more than one subscription identifier in a SUBSCRIBE");
  }
  const needsMethod = place === "auth" || (place === "connect" && authenticationData !== undefined);
  if (needsMethod && authenticationMethod === undefined) {
    throw new RangeError(`cannot encode "${place}" without its authentication method`);
  }
}

/** Each value as it will stand on the wire. */
function valuesOf({ kind }: PropertyRow, value: unknown): readonly PropertyField[] {
  if (kind === "pair" || kind === "identifier") return value as readonly PropertyField[];
  return [kind === "flag" ? Number(value) : (value as PropertyField)];
}

const maxima = {
  flag: 1,
  byte: 0xff,
  uint16: 0xffff,
  uint32: 0xffff_ffff,
  identifier: remainingLengthMax,
} as const satisfies Partial<Record<PropertyRow["kind"], number>>;

function fits(row: PropertyRow, value: PropertyField): boolean {
  if (row.problem(value) !== undefined) return false;
  if (typeof value !== "number") return true;
  return Number.isInteger(value) && value >= 0 && value <= maxima[row.kind as keyof typeof maxima];
}

function valueBytes({ row, value }: Field): number {
  switch (row.kind) {
    case "flag":
    case "byte":
      return 1;
    case "uint16":
      return 2;
    case "uint32":
      return 4;
    case "identifier":
      return variableByteIntegerBytes(value as number);
    case "text":
      return textFieldBytes(value as string);
    case "binary":
      return 2 + (value as Uint8Array).length;
    case "pair":
      return (
        textFieldBytes((value as [string, string])[0]) +
        textFieldBytes((value as [string, string])[1])
      );
  }
}

function writeValue(writer: Writer, { row, value }: Field): void {
  switch (row.kind) {
    case "flag":
    case "byte":
      writer.byte(value as number);
      break;
    case "uint16":
      writer.uint16(value as number);
      break;
    case "uint32":
      writer.uint32(value as number);
      break;
    case "identifier":
      writer.variableByteInteger(value as number);
      break;
    case "text":
      writer.text(value as string);
      break;
    case "binary":
      writer.binary(value as Uint8Array);
      break;
    case "pair":
      for (const text of value as readonly string[]) writer.text(text);
  }
}
