/**
 * Minified JSON of a value.
 *
 * A member whose value is Undefined is left out, and so is an element of an array. Undefined
 * alone is the empty text. What JavaScript itself would write the same is left to it: that is
 * several times faster, and nearly every value is of this kind.
 */

import { numberText } from "./number.ts";
import { Exact, entriesOf, type ObjectValue, type Value } from "./value.ts";
import type { SqlVersion } from "./version.ts";

export function writeJson(value: Value, version: SqlVersion): string {
  if (value === undefined) return "";
  return isPlain(value) ? JSON.stringify(value) : writeExactly(value, version);
}

/** Whether `JSON.stringify` writes the value as the language does. */
function isPlain(value: Value): boolean {
  if (value === undefined || typeof value === "bigint") return false;
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  if (value instanceof Map || value instanceof Exact) return false;
  for (const key in value) {
    if (!isPlain((value as Record<string, Value>)[key])) return false;
  }
  return true;
}

function writeExactly(value: Exclude<Value, undefined>, version: SqlVersion): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return `${value}`;
  if (value === null) return "null";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "bigint" || value instanceof Exact) return numberText(value, version);
  if (Array.isArray(value)) return writeArray(value, version);
  return writeObject(value as ObjectValue, version);
}

function writeArray(items: readonly Value[], version: SqlVersion): string {
  let text = "[";
  for (const item of items) {
    if (item === undefined) continue;
    text += text === "[" ? writeExactly(item, version) : `,${writeExactly(item, version)}`;
  }
  return `${text}]`;
}

function writeObject(object: ObjectValue, version: SqlVersion): string {
  let text = "{";
  for (const [key, value] of entriesOf(object)) {
    if (value === undefined) continue;
    if (text !== "{") text += ",";
    text += `${JSON.stringify(key)}:${writeExactly(value, version)}`;
  }
  return `${text}}`;
}
