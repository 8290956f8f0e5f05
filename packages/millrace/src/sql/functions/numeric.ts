/**
 * Numeric functions. They take Int, Decimal and texts that spell a number; anything else, and what
 * has no real result, is Undefined. Trigonometry, powers and logarithms have double precision.
 */

import type Decimal from "decimal.js";
import { sqlLimits } from "../limits.ts";
import { remainder } from "../values/arithmetic.ts";
import { toIndex, toInt, toNumber } from "../values/convert.ts";
import {
  decimalFrom,
  decimalFromDouble,
  doubleOf,
  exactOf,
  intFrom,
  intFromBigint,
  isInt,
} from "../values/number.ts";
import { Exact, isNumber, type NumberValue, type Value } from "../values/value.ts";
import { type FunctionDefinition, type FunctionTable, onValues } from "./definition.ts";

function onNumber(apply: (number: NumberValue) => Value): FunctionDefinition {
  return onValues(1, (_run, value) => {
    const number = toNumber(value);
    return number === undefined ? undefined : apply(number);
  });
}

function onDouble(apply: (double: number) => number): FunctionDefinition {
  return onNumber((number) => decimalFromDouble(apply(doubleOf(number))));
}

function onDoubles(apply: (first: number, second: number) => number): FunctionDefinition {
  return onValues(2, (_run, first, second) => {
    const left = toNumber(first);
    const right = toNumber(second);
    if (left === undefined || right === undefined) return undefined;
    return decimalFromDouble(apply(doubleOf(left), doubleOf(right)));
  });
}

/** To a whole number by a rounding of decimals. */
function onExact(toWhole: (exact: Decimal) => Decimal): FunctionDefinition {
  return onNumber((number) => (isInt(number) ? number : intFrom(toWhole(exactOf(number)))));
}

function onBits(apply: (left: bigint, right: bigint) => bigint): FunctionDefinition {
  return onValues(2, (_run, first, second) => {
    const left = bitsOf(first);
    const right = bitsOf(second);
    return left === undefined || right === undefined
      ? undefined
      : intFromBigint(apply(left, right));
  });
}

/** A Decimal of more than 34 digits is no Int, and has no bits. */
function bitsOf(value: Value): bigint | undefined {
  const int = toInt(value);
  return int !== undefined && isInt(int) ? BigInt(int) : undefined;
}

function absolute(number: NumberValue): Value {
  if (typeof number === "number") return Math.abs(number);
  return typeof number === "bigint" ? (number < 0n ? -number : number) : number.abs();
}

/**
 * `trunc(number, places)`: cut toward zero; places are rounded down and clamped to 0 to 34. Zeros
 * at the end are stripped, so a whole result is an Int. The places may not be a text.
 */
function truncate(value: Value, places: Value): Value {
  const number = toNumber(value);
  if (number === undefined || !isNumber(places)) return undefined;
  if (isInt(number)) return number;
  const count = toIndex(places, 0, sqlLimits.digits)!;
  const cut = exactOf(number).toDecimalPlaces(count, Exact.ROUND_DOWN);
  return cut.isInteger() ? intFrom(cut) : decimalFrom(cut);
}

const rest = onValues(2, (run, left, right) => {
  const dividend = toNumber(left);
  const divisor = toNumber(right);
  if (dividend === undefined || divisor === undefined) return undefined;
  return remainder(dividend, divisor, run);
});

export const numericFunctions: FunctionTable = {
  abs: onNumber(absolute),
  acos: onDouble(Math.acos),
  asin: onDouble(Math.asin),
  atan: onDouble(Math.atan),
  atan2: onDoubles(Math.atan2),
  bitand: onBits((left, right) => left & right),
  bitnot: onNumber((number) => {
    const bits = bitsOf(number);
    return bits === undefined ? undefined : intFromBigint(~bits);
  }),
  bitor: onBits((left, right) => left | right),
  bitxor: onBits((left, right) => left ^ right),
  ceil: onExact((exact) => exact.ceil()),
  cos: onDouble(Math.cos),
  cosh: onDouble(Math.cosh),
  exp: onDouble(Math.exp),
  floor: onExact((exact) => exact.floor()),
  ln: onDouble(Math.log),
  log: onDouble(Math.log10),
  mod: rest,
  nanvl: onValues(2, (_run, value, otherwise) => value ?? otherwise), // no number is NaN
  power: onDoubles((base, exponent) => base ** exponent),
  remainder: rest,
  // The text of the guide says "up", its examples round halves away from zero.
  round: onExact((exact) => exact.toDecimalPlaces(0, Exact.ROUND_HALF_UP)),
  sign: onNumber((number) => {
    const exact = exactOf(number);
    return exact.isZero() ? 0 : exact.isNegative() ? -1 : 1;
  }),
  sin: onDouble(Math.sin),
  sinh: onDouble(Math.sinh),
  sqrt: onDouble(Math.sqrt),
  tan: onDouble(Math.tan),
  tanh: onDouble(Math.tanh),
  trunc: onValues(2, (_run, number, places) => truncate(number, places)),
};
