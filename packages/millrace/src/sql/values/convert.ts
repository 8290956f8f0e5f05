/**
 * Conversions between types: the implicit ones of operators and functions, and `cast`.
 *
 * A conversion that does not exist gives Undefined. Null counts as Undefined: no function or
 * operator that converts has another row for it.
 */

import type { Run } from "../run.ts";
import { isFirstVersion, type SqlVersion } from "../version.ts";
import { writeJson } from "./json-write.ts";
import {
  decimalFromDouble,
  decimalFromText,
  doubleOf,
  exactOf,
  intFrom,
  isInt,
  numberText,
} from "./number.ts";
import { isNumber, type NumberValue, type Value } from "./value.ts";

/** Arrays and objects as minified JSON; Null and Undefined have no text. */
export function toText(value: Value, run: Run): string | undefined {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return undefined;
  if (typeof value === "boolean") return value ? "true" : "false";
  if (isNumber(value)) return numberText(value, run.version);
  const text = writeJson(value, run.version);
  run.spend(text.length); // writing is dearer than reading
  return text;
}

/** Numbers as they are, texts that spell a number as Decimal. */
export function toNumber(value: Value): NumberValue | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "string") return decimalFromText(value);
  return isNumber(value) ? value : undefined;
}

/** Rounded down (toward minus infinity). */
export function toInt(value: Value): NumberValue | undefined {
  const number = toNumber(value);
  if (number === undefined || isInt(number)) return number;
  return intFrom(exactOf(number).floor());
}

/** An index or a count: rounded down, then clamped. */
export function toIndex(value: Value, min: number, max: number): number | undefined {
  const int = toInt(value);
  if (int === undefined) return undefined;
  return Math.min(Math.max(doubleOf(int), min), max);
}

/** Booleans, and the texts `true` and `false` in any case. */
export function toBoolean(value: Value): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string" || value.length < 4 || value.length > 5) return undefined;
  const lower = value.toLowerCase();
  if (lower === "true") return true;
  return lower === "false" ? false : undefined;
}

/** Whether WHERE lets a rule go on with it. */
export function isTrue(value: Value): boolean {
  return value === true || toBoolean(value) === true;
}

export type CastType = "decimal" | "double" | "int" | "boolean" | "string";

/** `cast(value AS type)` by its own table, which knows more pairs than the implicit conversions. */
export function cast(value: Value, type: CastType, run: Run): Value {
  switch (type) {
    case "string":
      return toText(value, run);
    case "boolean":
      return isNumber(value) ? !exactOf(value).isZero() : toBoolean(value);
    case "int":
      return typeof value === "boolean" ? Number(value) : toInt(value);
    case "decimal":
      return castToDecimal(value, run.version);
    case "double":
      return castToDouble(value, run.version);
  }
}

/** As to Decimal, of the digits that a double keeps. */
function castToDouble(value: Value, version: SqlVersion): Value {
  const decimal = castToDecimal(value, version);
  if (typeof decimal === "bigint") return intFrom(exactOf(Number(decimal)));
  if (typeof decimal !== "object" || !isNumber(decimal)) return decimal;
  return castToDecimal(decimalFromDouble(doubleOf(decimal)), version);
}

function castToDecimal(value: Value, version: SqlVersion): Value {
  const number = typeof value === "boolean" ? exactOf(Number(value)) : toNumber(value);
  if (number === undefined || isInt(number)) return number;
  const exact = exactOf(number);
  return !isFirstVersion(version) && exact.isInteger() ? intFrom(exact) : number;
}
