/**
 * Operators to closures. What most statements do with most messages (small numbers, texts that are
 * equal to a literal) is tried first; everything else is left to `values/`.
 */

import type { Evaluate, Run } from "../run.ts";
import type { Binary, BinaryOperator, Expression } from "../syntax/tree.ts";
import { add, divide, multiply, remainder, subtract } from "../values/arithmetic.ts";
import { compareAsNumbers, equal, isIn, unequal } from "../values/comparison.ts";
import { toBoolean } from "../values/convert.ts";
import type { Value } from "../values/value.ts";
import { compileExpression } from "./expression.ts";
import type { Setting } from "./setting.ts";

type Operator = (left: Value, right: Value, run: Run) => Value;

export function compileBinary(binary: Binary, setting: Setting): Evaluate {
  const { operator } = binary;
  if (operator === "=" || operator === "<>") {
    const quick = compileEqualityToLiteral(binary, setting);
    if (quick) return quick;
  }
  const apply = operators[operator];
  const left = compileExpression(binary.left, setting);
  const right = compileExpression(binary.right, setting);
  return (scope) => apply(left(scope), right(scope), scope.run);
}

/** With a text, a Boolean or a small Int on one side: most answers need no conversion. */
function compileEqualityToLiteral(binary: Binary, setting: Setting): Evaluate | undefined {
  const isLeft = isSimple(binary.left);
  const literal = isLeft ? binary.left : binary.right;
  if (!isSimple(literal)) return undefined;
  const expected = literal.value;
  const isEquality = binary.operator === "=";
  const of = compileExpression(isLeft ? binary.right : binary.left, setting);
  return (scope) => {
    const value = of(scope);
    if (value === expected) return isEquality;
    if (value === undefined) return undefined;
    if (typeof value === "object" || typeof value === "bigint") {
      return equal(value, expected, scope.run) === isEquality;
    }
    return !isEquality;
  };
}

function isSimple(expression: Expression): expression is Expression & { value: Value } {
  if (expression.kind !== "literal") return false;
  const { value } = expression;
  return typeof value === "string" || typeof value === "boolean" || Number.isSafeInteger(value);
}

function ordered(test: (order: number) => boolean): Operator {
  return (left, right, run) => {
    if (typeof left === "number" && typeof right === "number") return test(left - right);
    spendOnTexts(left, right, run);
    const order = compareAsNumbers(left, right);
    return order === undefined ? undefined : test(order);
  };
}

/** Texts that may spell a number are read for it. */
function arithmetic(apply: (left: Value, right: Value) => Value): Operator {
  return (left, right, run) => {
    if (typeof left !== "number" || typeof right !== "number") spendOnTexts(left, right, run);
    return apply(left, right);
  };
}

function spendOnTexts(left: Value, right: Value, run: Run): void {
  if (typeof left === "string") run.spendOnText(left);
  if (typeof right === "string") run.spendOnText(right);
}

/** Both sides must be Boolean or spell one: `true OR missing` is Undefined. */
function logic(join: (first: boolean, second: boolean) => boolean): Operator {
  return (left, right) => {
    const first = toBoolean(left);
    const second = toBoolean(right);
    return first === undefined || second === undefined ? undefined : join(first, second);
  };
}

const operators: Readonly<Record<BinaryOperator, Operator>> = {
  or: logic((first, second) => first || second),
  and: logic((first, second) => first && second),
  in: isIn,
  "=": equal,
  "<>": unequal,
  "<": ordered((order) => order < 0),
  "<=": ordered((order) => order <= 0),
  ">": ordered((order) => order > 0),
  ">=": ordered((order) => order >= 0),
  "+": add,
  "-": arithmetic(subtract),
  "*": arithmetic(multiply),
  "/": arithmetic(divide),
  "%": arithmetic(remainder),
};
