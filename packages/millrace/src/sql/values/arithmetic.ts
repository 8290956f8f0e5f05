/**
 * `+ - * / %` by the table of types. [iot-sql 6.4]
 *
 * Int with Int gives Int, also for `/`, which cuts toward zero; with a Decimal or a text that
 * spells a number the result is a Decimal. Division and remainder by zero are Undefined, and the
 * remainder has the sign of the dividend. Small integers never leave JavaScript's own numbers.
 */

import type Decimal from "decimal.js";
import { boundedText } from "../failure.ts";
import type { Run } from "../run.ts";
import { toNumber, toText } from "./convert.ts";
import { decimalFrom, exactOf, intFromBigint, isInt } from "./number.ts";
import type { NumberValue, Value } from "./value.ts";

/** Addition; as soon as one side is a text, joining, with the other side as text. */
export function add(left: Value, right: Value, run: Run): Value {
  if (typeof left === "number" && typeof right === "number") return compute(addition, left, right);
  if (typeof left === "string" || typeof right === "string") return join(left, right, run);
  return compute(addition, left, right);
}

function join(left: Value, right: Value, run: Run): Value {
  const first = toText(left, run);
  const second = toText(right, run);
  if (first === undefined || second === undefined) return undefined;
  return boundedText(first + second);
}

export const subtract = (left: Value, right: Value): Value => compute(subtraction, left, right);
export const multiply = (left: Value, right: Value): Value => compute(multiplication, left, right);
export const divide = (left: Value, right: Value): Value => compute(division, left, right);
export const remainder = (left: Value, right: Value): Value => compute(modulo, left, right);

/** One operation for each shape of its operands; the divisor is never zero. */
interface Operation {
  readonly small: (left: number, right: number) => number;
  readonly large: (left: bigint, right: bigint) => bigint;
  readonly exact: (left: Decimal, right: Decimal) => Decimal;
  readonly divides: boolean;
}

const addition: Operation = {
  small: (left, right) => left + right,
  large: (left, right) => left + right,
  exact: (left, right) => left.plus(right),
  divides: false,
};

const subtraction: Operation = {
  small: (left, right) => left - right,
  large: (left, right) => left - right,
  exact: (left, right) => left.minus(right),
  divides: false,
};

const multiplication: Operation = {
  small: (left, right) => left * right,
  large: (left, right) => left * right,
  exact: (left, right) => left.times(right),
  divides: false,
};

const division: Operation = {
  small: (left, right) => Math.trunc(left / right),
  large: (left, right) => left / right,
  exact: (left, right) => left.dividedBy(right),
  divides: true,
};

const modulo: Operation = {
  small: (left, right) => left % right,
  large: (left, right) => left % right,
  exact: (left, right) => left.modulo(right),
  divides: true,
};

function compute(operation: Operation, left: Value, right: Value): Value {
  const first = toNumber(left);
  const second = toNumber(right);
  if (first === undefined || second === undefined) return undefined;
  if (operation.divides && isZero(second)) return undefined;
  if (!isInt(first) || !isInt(second)) {
    return decimalFrom(operation.exact(exactOf(first), exactOf(second)));
  }
  if (typeof first === "number" && typeof second === "number") {
    const result = operation.small(first, second);
    if (Number.isSafeInteger(result)) return result + 0; // no negative zero
  }
  return intFromBigint(operation.large(BigInt(first), BigInt(second)));
}

function isZero(number: NumberValue): boolean {
  return typeof number === "object" ? number.isZero() : number === 0;
}
