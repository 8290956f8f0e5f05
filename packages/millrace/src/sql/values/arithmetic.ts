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
  if (typeof left === "string" || typeof right === "string") return join(left, right, run);
  return compute(addition, left, right, run);
}

function join(left: Value, right: Value, run: Run): Value {
  const first = toText(left, run);
  const second = toText(right, run);
  if (first === undefined || second === undefined) return undefined;
  return boundedText(first + second);
}

export function subtract(left: Value, right: Value, run: Run): Value {
  return compute(subtraction, left, right, run);
}

export function multiply(left: Value, right: Value, run: Run): Value {
  return compute(multiplication, left, right, run);
}

export function divide(left: Value, right: Value, run: Run): Value {
  return compute(division, left, right, run);
}

export function remainder(left: Value, right: Value, run: Run): Value {
  return compute(modulo, left, right, run);
}

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

function compute(operation: Operation, left: Value, right: Value, run: Run): Value {
  const first = toNumber(left);
  const second = toNumber(right);
  if (first === undefined || second === undefined) return undefined;
  if (operation.divides && isZero(second)) return undefined;
  if (!isInt(first) || !isInt(second)) {
    return computeExactly(operation, exactOf(first), exactOf(second), run);
  }
  if (typeof first === "number" && typeof second === "number") {
    const result = operation.small(first, second);
    if (Number.isSafeInteger(result)) return result + 0; // no negative zero
  }
  return intFromBigint(operation.large(BigInt(first), BigInt(second)));
}

/** What lies far apart is divided digit by digit. */
function computeExactly(operation: Operation, left: Decimal, right: Decimal, run: Run): Value {
  const distance = operation.divides ? Math.max(left.e - right.e, 0) : 0;
  run.spend(50 + 6 * distance);
  return decimalFrom(operation.exact(left, right));
}

function isZero(number: NumberValue): boolean {
  return typeof number === "object" ? number.isZero() : number === 0;
}
