/**
 * Operators to closures. What most statements do with most messages (small numbers, texts that are
 * equal to a literal) is tried first; everything else is left to `values/`.
 */

import { boundedText } from "../failure.ts";
import type { Evaluate, Run } from "../run.ts";
import type { Binary, BinaryOperator, Expression } from "../syntax/tree.ts";
import { add, divide, multiply, remainder, subtract } from "../values/arithmetic.ts";
import { compareAsNumbers, equal, isIn, unequal } from "../values/comparison.ts";
import { toBoolean } from "../values/convert.ts";
import type { Value } from "../values/value.ts";
import { compileExpression, payloadMemberOf } from "./expression.ts";
import { compileLengthTest } from "./length-test.ts";
import { compileMemberTest } from "./member-tests.ts";
import type { Setting } from "./setting.ts";

type Operator = (left: Value, right: Value, run: Run) => Value;

export function compileBinary(binary: Binary, setting: Setting): Evaluate {
  const compiled = compileQuick(binary, setting) ?? compileApplied(binary, setting);
  const onMember =
    compileLengthTest(binary, setting, compiled) ?? compileMemberTest(binary, setting, compiled);
  return onMember ?? compiled;
}

function compileApplied(binary: Binary, setting: Setting): Evaluate {
  const apply = operators[binary.operator];
  const left = compileExpression(binary.left, setting);
  const right = compileExpression(binary.right, setting);
  return (scope) => apply(left(scope), right(scope), scope.run);
}

function compileQuick(binary: Binary, setting: Setting): Evaluate | undefined {
  const { operator, left, right } = binary;
  if (operator === "+") return compileJoinWithLiteral(binary, setting);
  if (operator === "=" || operator === "<>") {
    return compileEqualityToLiteral(binary, setting);
  }
  const order = orders[operator];
  if (!order || right.kind !== "literal" || typeof right.value !== "number") return undefined;
  return compileOrderToLiteral(left, { order, limit: right.value }, setting);
}

/** With a text, a Boolean or a small Int on one side: most answers need no conversion. */
function compileEqualityToLiteral(binary: Binary, setting: Setting): Evaluate | undefined {
  const isLeft = isSimple(binary.left);
  const literal = isLeft ? binary.left : binary.right;
  if (!isSimple(literal)) return undefined;
  const expected = literal.value;
  const isEquality = binary.operator === "=";
  const decide = (value: Value, run: Run) => {
    if (value === expected) return isEquality;
    if (value === undefined) return undefined;
    if (typeof value === "object" || typeof value === "bigint") {
      return equal(value, expected, run) === isEquality;
    }
    return !isEquality;
  };
  const other = isLeft ? binary.right : binary.left;
  const member = payloadMemberOf(other, setting);
  if (member) return ({ run }) => decide(run.memberOfPayload(member), run);
  const of = compileExpression(other, setting);
  return (scope) => decide(of(scope), scope.run);
}

/** A literal text on one side, as in `'' + name`: the other side mostly is a text too. */
function compileJoinWithLiteral(binary: Binary, setting: Setting): Evaluate | undefined {
  const { left, right } = binary;
  if (left.kind === "literal" && typeof left.value === "string") {
    const { value: before } = left;
    const of = compileExpression(right, setting);
    return (scope) => {
      const value = of(scope);
      if (typeof value !== "string") return add(before, value, scope.run);
      return before === "" ? value : boundedText(before + value);
    };
  }
  if (right.kind !== "literal" || typeof right.value !== "string") return undefined;
  const { value: behind } = right;
  const of = compileExpression(left, setting);
  return (scope) => {
    const value = of(scope);
    return typeof value === "string" ? boundedText(value + behind) : add(value, behind, scope.run);
  };
}

function isSimple(expression: Expression): expression is Expression & { value: Value } {
  if (expression.kind !== "literal") return false;
  const { value } = expression;
  return typeof value === "string" || typeof value === "boolean" || Number.isSafeInteger(value);
}

/** With a number: mostly it is compared with another. */
function compileOrderToLiteral(
  left: Expression,
  { order, limit }: { readonly order: Order; readonly limit: number },
  setting: Setting,
): Evaluate {
  const of = compileExpression(left, setting);
  const compare = ordered(order);
  return (scope) => {
    const value = of(scope);
    return typeof value === "number" ? order(value - limit) : compare(value, limit, scope.run);
  };
}

type Order = (difference: number) => boolean;

const orders: Readonly<Partial<Record<BinaryOperator, Order>>> = {
  "<": (difference) => difference < 0,
  "<=": (difference) => difference <= 0,
  ">": (difference) => difference > 0,
  ">=": (difference) => difference >= 0,
};

function ordered(test: Order): Operator {
  return (left, right, run) => {
    if (typeof left === "number" && typeof right === "number") return test(left - right);
    spendOnTexts(left, right, run);
    const order = compareAsNumbers(left, right);
    return order === undefined ? undefined : test(order);
  };
}

/** Texts that may spell a number are read for it. */
function arithmetic(apply: Operator): Operator {
  return (left, right, run) => {
    if (typeof left !== "number" || typeof right !== "number") spendOnTexts(left, right, run);
    return apply(left, right, run);
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
  "<": ordered(orders["<"]!),
  "<=": ordered(orders["<="]!),
  ">": ordered(orders[">"]!),
  ">=": ordered(orders[">="]!),
  "+": add,
  "-": arithmetic(subtract),
  "*": arithmetic(multiply),
  "/": arithmetic(divide),
  "%": arithmetic(remainder),
};
