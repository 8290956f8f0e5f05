/** From bytes to properties: the property length, then identifiers and values (2.2.2). */

import type { Properties, PropertyPlace } from "../properties.ts";
import type { Reader } from "../reader.ts";
import { type PropertyField, type PropertyRow, rowsById } from "./property-table.ts";

type Found = Record<string, PropertyField | boolean | PropertyField[]>;

/** Undefined for a length of zero. Counts only if `reader` has no problem. */
export function decodeProperties(reader: Reader, place: PropertyPlace): Properties | undefined {
  const length = variableByteInteger(reader);
  if (length === 0) return undefined; // [MQTT5-2.2.2-1]
  if (length > reader.remaining) reader.fail("packet-truncated");
  const end = reader.position + length;
  const found: Found = {};
  while (reader.position < end && reader.problem === undefined) {
    // Each identifier takes one byte in this version of the standard (2.2.2.2).
    const row = rowsById[reader.byte()];
    if (row === undefined) reader.fail("property-unknown");
    else if (!row.places.has(place)) reader.fail("property-misplaced");
    else decodeProperty(reader, row, place, found);
  }
  if (reader.position > end) reader.fail("property-truncated");
  const data = place === "connect" && found.authenticationData !== undefined; // 3.1.2.11.10
  if ((data || place === "auth") && found.authenticationMethod === undefined) {
    reader.fail("authentication-method-missing"); // 3.15.2.2.2
  }
  return found as Properties;
}

function decodeProperty(
  reader: Reader,
  row: PropertyRow,
  place: PropertyPlace,
  found: Found,
): void {
  const { name, kind } = row;
  const earlier = found[name];
  const repeats = kind === "pair" || (kind === "identifier" && place === "publish");
  if (earlier !== undefined && !repeats) reader.fail("property-repeated");
  const field = decodeField(reader, kind);
  const problem = row.problem(field);
  if (problem !== undefined) reader.fail(problem);
  if (Array.isArray(earlier)) earlier.push(field);
  else if (kind === "pair" || kind === "identifier") found[name] = [field];
  else found[name] = kind === "flag" ? field === 1 : field;
}

function decodeField(reader: Reader, kind: PropertyRow["kind"]): PropertyField {
  switch (kind) {
    case "flag":
    case "byte":
      return reader.byte();
    case "uint16":
      return reader.uint16();
    case "uint32":
      return reader.uint32();
    case "identifier":
      return variableByteInteger(reader);
    case "text":
      return reader.text();
    case "binary":
      return reader.binary();
    case "pair":
      return [reader.text(), reader.text()]; // [MQTT5-1.5.7-1]
  }
}

/** Seven bits a byte, the lowest first, in at most four bytes (1.5.5). */
function variableByteInteger(reader: Reader): number {
  let byte = reader.byte();
  if (byte < 0x80) return byte;
  let value = byte & 0x7f;
  for (let digit = 1; digit < 4; digit++) {
    byte = reader.byte();
    value |= (byte & 0x7f) << (7 * digit);
    if (byte > 0x7f) continue;
    if (byte === 0) reader.fail("length-not-minimal"); // [MQTT5-1.5.5-1]
    return value;
  }
  reader.fail("variable-byte-integer-malformed");
  return 0;
}
