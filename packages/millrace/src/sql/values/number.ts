/**
 * Numbers: from text, from results, to text. Every value of kind number is made here, so that its
 * shape says what it is (see `value.ts`).
 *
 * What has no place in 34 digits is rounded half to even; what is out of the range of exponents,
 * and what is not a number, is Undefined.
 */

import type Decimal from "decimal.js";
import { sqlLimits } from "../limits.ts";
import { isFirstVersion, type SqlVersion } from "../version.ts";
import { Exact, type NumberValue } from "./value.ts";

/** A double carries every decimal of this many digits. */
const doubleDigits = 15;

const numericText = /^-?\d+(?:\.\d+)?(?:[eE]-?\d+)?$/;

/**
 * The number that a JSON token or a literal spells. A token with a fraction or an exponent is a
 * Decimal; from version 2016-03-23 on it is an Int when its value is whole.
 */
export function numberFromToken(token: string, version: SqlVersion): NumberValue | undefined {
  const isInteger = /^-?\d+$/.test(token);
  if (isInteger && token.length <= doubleDigits) return Number(token);
  const exact = exactFromText(token);
  if (isInteger || (!isFirstVersion(version) && exact.isInteger())) return intFrom(exact);
  return decimalFrom(exact);
}

/** The Decimal that a text of the numeric grammar spells, or `undefined` for any other text. */
export function decimalFromText(text: string): NumberValue | undefined {
  if (!numericText.test(text)) return undefined;
  return decimalFrom(exactFromText(text));
}

/** Rounded to the digits of the language. */
function exactFromText(text: string): Decimal {
  return new Exact(shortened(text)).toSignificantDigits(sqlLimits.digits);
}

/** Digits that decide how a number is rounded, one more than there are in it. */
const decisiveDigits = sqlLimits.digits + 1;

/**
 * The same number for this purpose with few digits. What lies behind the digits that are kept only
 * matters as being nothing or not, so a one stands for all of it.
 */
function shortened(text: string): string {
  if (text.length <= 2 * decisiveDigits) return text;
  const [, sign, whole, fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)!;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  if (digits.length <= decisiveDigits)
    return `${sign}${digits || 0}e${Number(exponent) - fraction.length}`;
  const rest = digits.slice(decisiveDigits);
  const power = Number(exponent) - fraction.length + rest.length;
  return `${sign}${digits.slice(0, decisiveDigits)}${/[1-9]/.test(rest) ? 1 : 0}e${power - 1}`;
}

/** A Decimal of double precision; Undefined for what is no finite number. */
export function decimalFromDouble(double: number): NumberValue | undefined {
  if (!Number.isFinite(double)) return undefined;
  return Number.isInteger(double) ? new Exact(double) : double;
}

/** A Decimal in its smallest shape; Undefined when it is out of range. */
export function decimalFrom(exact: Decimal): NumberValue | undefined {
  if (!exact.isFinite()) return undefined;
  if (exact.isInteger() || exact.precision() > doubleDigits) return exact;
  const double = exact.toNumber();
  // Far below one a double runs out of digits, and of numbers, before the language does.
  return exact.equals(double) ? double : exact;
}

/** A whole number as Int; of more than 34 digits it stays a Decimal. Undefined out of range. */
export function intFrom(whole: Decimal): NumberValue | undefined {
  if (!whole.isFinite()) return undefined;
  const double = whole.toNumber();
  if (Number.isSafeInteger(double)) return double + 0; // no negative zero
  return whole.e < sqlLimits.digits ? BigInt(whole.toFixed()) : whole;
}

/** A whole number as Int; of more than 34 digits it becomes a Decimal. */
export function intFromBigint(whole: bigint): NumberValue | undefined {
  const double = Number(whole);
  if (Number.isSafeInteger(double)) return double;
  return intFrom(new Exact(whole.toString()).toSignificantDigits(sqlLimits.digits));
}

export function isInt(value: NumberValue): value is number | bigint {
  return typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
}

export function exactOf(value: NumberValue): Decimal {
  if (typeof value === "number") return new Exact(value);
  return typeof value === "bigint" ? new Exact(value.toString()) : value;
}

export function doubleOf(value: NumberValue): number {
  return typeof value === "number" ? value : Number(value.toString());
}

/** As JSON and as String: digits, scientific only when far from one. */
export function numberText(value: NumberValue, version: SqlVersion): string {
  if (typeof value !== "object") return value.toString();
  const text = value.toString().replace("e+", "e");
  const showsPoint = isFirstVersion(version) && value.isInteger() && !text.includes("e");
  return showsPoint ? `${text}.0` : text;
}
