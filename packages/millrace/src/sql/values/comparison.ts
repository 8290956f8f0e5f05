/**
 * Equality, order and `IN`. [iot-sql 6.2, 6.3, 6.5]
 *
 * Equality never converts: a text is no number. Order always compares numbers, and converts texts
 * that spell one; two words have no order. Undefined on either side gives Undefined.
 */

import type { Run } from "../run.ts";
import { toNumber } from "./convert.ts";
import { exactOf } from "./number.ts";
import {
  countMembers,
  entriesOf,
  isArray,
  isNumber,
  isObject,
  memberOf,
  type NumberValue,
  type ObjectValue,
  type Value,
} from "./value.ts";

export function equal(left: Value, right: Value, run: Run): boolean | undefined {
  return left === undefined || right === undefined ? undefined : isSame(left, right, run);
}

export function unequal(left: Value, right: Value, run: Run): boolean | undefined {
  return left === undefined || right === undefined ? undefined : !isSame(left, right, run);
}

/** Whether some element equals `value`; Undefined when `array` is none. */
export function isIn(value: Value, array: Value, run: Run): boolean | undefined {
  if (value === undefined || !isArray(array)) return undefined;
  run.spend(2 * array.length);
  return array.some((item) => item !== undefined && isSame(value, item, run));
}

/** Negative, zero or positive; `undefined` when one of the two is no number and spells none. */
export function compareAsNumbers(left: Value, right: Value): number | undefined {
  const first = toNumber(left);
  const second = toNumber(right);
  return first === undefined || second === undefined ? undefined : compare(first, second);
}

function compare(left: NumberValue, right: NumberValue): number {
  if (typeof left === "object" || typeof right === "object") {
    return exactOf(left).comparedTo(exactOf(right));
  }
  // Of two decimals the greater one has the greater double, so doubles may stand for both.
  return left < right ? -1 : left > right ? 1 : 0;
}

function isSame(left: Value, right: Value, run: Run): boolean {
  if (typeof left === "string") {
    run.spendOnText(left);
    return left === right;
  }
  if (left === right) return true;
  if (isNumber(left)) return isNumber(right) && compare(left, right) === 0;
  if (isArray(left)) return isArray(right) && haveSameItems(left, right, run);
  return isObject(left) && isObject(right) && haveSameMembers(left, right, run);
}

function haveSameItems(left: readonly Value[], right: readonly Value[], run: Run): boolean {
  if (left.length !== right.length) return false;
  run.spend(4 * left.length);
  return left.every((item, at) => isSame(item, right[at], run));
}

/** The order of the members does not matter. */
function haveSameMembers(left: ObjectValue, right: ObjectValue, run: Run): boolean {
  const count = countMembers(left);
  run.spend(8 * count);
  if (count !== countMembers(right)) return false;
  for (const [key, value] of entriesOf(left)) {
    const other = memberOf(right, key);
    if (other === undefined || !isSame(value, other, run)) return false;
  }
  return true;
}
