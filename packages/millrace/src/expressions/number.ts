/**
 * Numbers of 38 significant digits, held as text and computed in decimal.
 *
 * Sums are exact before they are checked, so a result that would need a 39th digit is refused and
 * never rounded. The constructor is a private clone: no setting made elsewhere can reach it.
 */

import { Decimal } from "decimal.js";
import { messages, refuse } from "./errors.ts";

const digitsMax = 38;
const exponentMax = 125;
const exponentMin = -130;

/** Wide enough that the sum of the largest and the smallest number is exact. */
const Exact = Decimal.clone({ defaults: true, precision: 400, toExpPos: 1000, toExpNeg: -1000 });

/** Every digit has one place in it, so that a long text that is none is known at its first look. */
const numeral = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const normalInteger = /^(0|-?[1-9]\d{0,14})$/;

/** Whether the text is a whole number of at most 15 digits, in its stored form already. */
export function isNormalInteger(text: string): boolean {
  return normalInteger.test(text);
}

/**
 * The number in its one stored form: plain decimal, no idle zeros, no exponent. Refuses what is no
 * number, what has more than 38 digits and what lies outside 1E-130 to 9.99E125.
 */
export function normalizeNumber(text: string): string {
  if (normalInteger.test(text)) return text;
  if (!numeral.test(text)) refuse(messages.notNumeric(text));
  const number = new Exact(text);
  if (number.isZero() && /[1-9]/.test(text.split(/e/i)[0]!)) refuse(messages.numberUnderflow);
  return checked(number);
}

export function compareNumbers(left: string, right: string): number {
  if (normalInteger.test(left) && normalInteger.test(right)) return Number(left) - Number(right);
  return new Exact(left).comparedTo(right);
}

export function addNumbers(left: string, right: string): string {
  return checked(new Exact(left).plus(right));
}

export function subtractNumbers(left: string, right: string): string {
  return checked(new Exact(left).minus(right));
}

export interface NumberParts {
  readonly negative: boolean;
  /** Significant digits without leading or trailing zeros; empty for zero. */
  readonly digits: string;
  /** Power of ten of the first digit. */
  readonly exponent: number;
}

/** Takes a normalised number apart, for keys and sizes. */
export function numberParts(text: string): NumberParts {
  const negative = text.startsWith("-");
  const plain = negative ? text.slice(1) : text;
  const point = plain.indexOf(".");
  const wholeLength = point < 0 ? plain.length : point;
  const all = point < 0 ? plain : plain.slice(0, point) + plain.slice(point + 1);
  let [start, end] = [0, all.length];
  while (start < end && all.charCodeAt(start) === zero) start += 1;
  while (end > start && all.charCodeAt(end - 1) === zero) end -= 1;
  const digits = all.slice(start, end);
  return { negative, digits, exponent: digits ? wholeLength - 1 - start : 0 };
}

const zero = "0".charCodeAt(0);

function checked(number: Decimal): string {
  if (number.isZero()) return "0";
  if (!number.isFinite() || number.e > exponentMax) refuse(messages.numberOverflow);
  if (number.e < exponentMin) refuse(messages.numberUnderflow);
  if (number.precision() > digitsMax) refuse(messages.numberTooPrecise);
  return number.toFixed();
}
