/**
 * Minified JSON of a value.
 *
 * A member whose value is Undefined is left out, and so is an element of an array. Undefined
 * alone is the empty text. What JavaScript itself would write the same is left to it: that is
 * several times faster, and nearly every value is of this kind. Either way the value is measured
 * first: a query may name a large part of a message many times over.
 */

import { checkTextLength } from "../failure.ts";
import type { SqlVersion } from "../version.ts";
import { numberText } from "./number.ts";
import { Exact, entriesOf, type ObjectValue, type Value } from "./value.ts";

/** Throws an `EvaluationFailure` when the text would be too long. */
export function writeJson(value: Value, version: SqlVersion): string {
  if (value === undefined) return "";
  if (typeof value === "string") return JSON.stringify(value);
  return isPlain(value, { length: 0 }) ? JSON.stringify(value) : writeExactly(value, version);
}

interface Measure {
  /** A lower bound of the text that will be written. */
  length: number;
}

/** Whether `JSON.stringify` writes the value as the language does. It looks at all of it. */
function isPlain(value: Value, measure: Measure): boolean {
  measure.length += 1;
  if (typeof value === "string") measure.length += value.length;
  checkTextLength(measure.length);
  if (value === undefined || typeof value === "bigint") return false;
  if (typeof value !== "object" || value === null) return true;
  if (value instanceof Exact) return false;
  let plain = true;
  if (Array.isArray(value)) {
    for (const item of value) plain = isPlain(item, measure) && plain;
    return plain;
  }
  if (value instanceof Map) {
    for (const [key, member] of value) {
      measure.length += key.length;
      isPlain(member, measure);
    }
    return false;
  }
  for (const key in value) {
    measure.length += key.length;
    plain = isPlain((value as Record<string, Value>)[key], measure) && plain;
  }
  return plain;
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
