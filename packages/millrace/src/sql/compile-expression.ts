/**
 * Expressions to closures: everything that does not depend on the message is decided here, once.
 *
 * A closure has no effects, so one that is not needed may be left out; the logic of Undefined
 * allows it rarely (`false AND missing` is Undefined), at the top of WHERE always, because only
 * true counts there.
 */

import { assert, toBase64, unreachable } from "../base/mod.ts";
import { add, divide, multiply, remainder, subtract } from "./arithmetic.ts";
import { compareAsNumbers, equal, isIn, unequal } from "./comparison.ts";
import { compileSubquery } from "./compile-select.ts";
import { cast, toBoolean } from "./convert.ts";
import type { PatternFunction } from "./functions/definition.ts";
import { createRegex } from "./regex/regex.ts";
import type { Evaluate, Scope } from "./scope.ts";
import type { Binary, BinaryOperator, Call, Case, Expression, ObjectMember } from "./syntax.ts";
import { copyOf, emptyObjectFor, isArray, memberOf, put, type Value } from "./value.ts";
import type { SqlVersion } from "./version.ts";

/**
 * The closure gives Undefined where the expression has no value. It throws an `EvaluationFailure`
 * alone, for what a message made too large.
 */
export function compileExpression(expression: Expression, version: SqlVersion): Evaluate {
  const compile = (part: Expression) => compileExpression(part, version);
  switch (expression.kind) {
    case "literal":
      return constant(expression.value);
    case "name":
      return compileName(expression.name, version);
    case "member":
      return compileMember(compile(expression.of), expression.name);
    case "call":
      return compileCall(expression.call, version);
    case "cast": {
      const of = compile(expression.of);
      return (scope) => cast(of(scope), expression.type, version);
    }
    case "not": {
      const of = compile(expression.of);
      return (scope) => negateBoolean(of(scope));
    }
    case "negate": {
      const of = compile(expression.of);
      return (scope) => subtract(0, of(scope));
    }
    case "binary":
      return compileBinary(expression, version);
    case "case":
      return compileCase(expression, version);
    case "object":
      return compileObject(expression.members, version);
    case "array": {
      const items = expression.items.map(compile);
      return (scope) => items.map((item) => item(scope));
    }
    case "subquery":
      return compileSubquery(expression.query, version);
    case "exists": {
      const rows = compileSubquery(expression.query, version);
      return (scope) => hasRows(rows(scope));
    }
    case "payload":
      return (scope) => toBase64(scope.message.payload.bytes);
    default:
      return unreachable(expression);
  }
}

/** Whether the expression is true, or the text "true"; nothing else lets a rule go on. */
export function compileCondition(
  expression: Expression,
  version: SqlVersion,
): (scope: Scope) => boolean {
  if (expression.kind === "binary" && expression.operator === "and") {
    const left = compileCondition(expression.left, version);
    const right = compileCondition(expression.right, version);
    return (scope) => left(scope) && right(scope);
  }
  const evaluate = compileExpression(expression, version);
  return (scope) => toBoolean(evaluate(scope)) === true;
}

function constant(value: Value): Evaluate {
  return () => value;
}

/** In a subquery the row and its name come first, then those around it, then the payload. */
function compileName(name: string, version: SqlVersion): Evaluate {
  return (scope) => {
    let inner = scope;
    while (inner.outer) {
      if (inner.alias === name) return inner.row;
      const value = memberOf(inner.row, name);
      if (value !== undefined) return value;
      inner = inner.outer;
    }
    return memberOf(inner.message.payload.json(version), name);
  };
}

function compileMember(of: Evaluate, name: string): Evaluate {
  return (scope) => memberOf(of(scope), name);
}

function compileCall({ definition, arguments: given }: Call, version: SqlVersion): Evaluate {
  const { body } = definition;
  if (given[0]?.kind === "payload") return compileExpression(given[0], version);
  if (body.kind === "pattern") return compilePattern(body.apply, given, version);
  const values = given.map((argument) => compileExpression(argument, version));
  const [first, second, third] = values;
  if (body.kind === "message") {
    const { apply } = body;
    if (!first) return (scope) => apply(scope.message);
    return (scope) => apply(scope.message, first(scope));
  }
  if (body.kind === "notImplemented") return constant(undefined);
  const { apply } = body;
  if (!first) return () => apply();
  if (!second) return (scope) => apply(first(scope));
  if (!third) return (scope) => apply(first(scope), second(scope));
  if (values.length === 3) return (scope) => apply(first(scope), second(scope), third(scope));
  return (scope) => apply(...values.map((value) => value(scope)));
}

/** The parser has seen to it that the second argument is a literal with a valid pattern. */
function compilePattern(
  apply: PatternFunction,
  [subject, pattern, by]: readonly Expression[],
  version: SqlVersion,
): Evaluate {
  assert(subject && pattern?.kind === "literal", "a pattern is a literal");
  const result = createRegex(String(pattern.value));
  assert(result.ok, "a pattern was checked when it was parsed");
  const { regex } = result;
  const text = compileExpression(subject, version);
  if (!by) return (scope) => apply(regex, text(scope));
  const replacement = compileExpression(by, version);
  return (scope) => apply(regex, text(scope), replacement(scope));
}

type Operator = (left: Value, right: Value, version: SqlVersion) => Value;

const operators: Readonly<Record<BinaryOperator, Operator>> = {
  or: (left, right) => both(left, right, (first, second) => first || second),
  and: (left, right) => both(left, right, (first, second) => first && second),
  in: isIn,
  "=": equal,
  "<>": unequal,
  "<": (left, right) => ordered(left, right, (order) => order < 0),
  "<=": (left, right) => ordered(left, right, (order) => order <= 0),
  ">": (left, right) => ordered(left, right, (order) => order > 0),
  ">=": (left, right) => ordered(left, right, (order) => order >= 0),
  "+": add,
  "-": subtract,
  "*": multiply,
  "/": divide,
  "%": remainder,
};

function compileBinary(binary: Binary, version: SqlVersion): Evaluate {
  const apply = operators[binary.operator];
  const left = compileExpression(binary.left, version);
  const right = compileExpression(binary.right, version);
  return (scope) => apply(left(scope), right(scope), version);
}

/** Both sides must be Boolean or spell one: `true OR missing` is Undefined. */
function both(left: Value, right: Value, join: (first: boolean, second: boolean) => boolean) {
  const first = toBoolean(left);
  const second = toBoolean(right);
  return first === undefined || second === undefined ? undefined : join(first, second);
}

function ordered(left: Value, right: Value, test: (order: number) => boolean): Value {
  const order = compareAsNumbers(left, right);
  return order === undefined ? undefined : test(order);
}

function negateBoolean(value: Value): Value {
  const boolean = toBoolean(value);
  return boolean === undefined ? undefined : !boolean;
}

/** When the subject is Undefined the whole is, ELSE included. */
function compileCase(expression: Case, version: SqlVersion): Evaluate {
  const subject = compileExpression(expression.subject, version);
  const otherwise = compileExpression(expression.otherwise, version);
  const branches = expression.branches.map(({ when, result }) => ({
    when: compileExpression(when, version),
    result: compileExpression(result, version),
  }));
  return (scope) => {
    const value = subject(scope);
    if (value === undefined) return undefined;
    const taken = branches.find(({ when }) => equal(value, when(scope)));
    return (taken?.result ?? otherwise)(scope);
  };
}

function compileObject(members: readonly ObjectMember[], version: SqlVersion): Evaluate {
  const empty = emptyObjectFor(members.map(({ key }) => key));
  const values = members.map(({ key, value }) => ({ key, of: compileExpression(value, version) }));
  return (scope) => {
    const object = copyOf(empty);
    for (const { key, of } of values) {
      const value = of(scope);
      if (value !== undefined) put(object, key, value);
    }
    return object;
  };
}

/** Only a subquery over an array has rows. */
function hasRows(rows: Value): Value {
  return isArray(rows) ? rows.length > 0 : false;
}
