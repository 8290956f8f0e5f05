/**
 * Expressions to closures: everything that does not depend on the message is decided here, once.
 */

import { toBase64, unreachable } from "../../base/mod.ts";
import { EvaluationFailure } from "../failure.ts";
import type { Evaluate, Scope } from "../run.ts";
import type { Case, Expression, ObjectMember } from "../syntax/tree.ts";
import { subtract } from "../values/arithmetic.ts";
import { equal } from "../values/comparison.ts";
import { cast, isTrue, toBoolean } from "../values/convert.ts";
import { MemberName } from "../values/form.ts";
import { copyOf, emptyObjectFor, isArray, memberReader, put, type Value } from "../values/value.ts";
import { compileCall } from "./call.ts";
import { dependsOnClientAlone, rememberedByClient } from "./client-memory.ts";
import { compileBinary } from "./operators.ts";
import type { Setting } from "./setting.ts";
import { compileSubquery } from "./subquery.ts";

/**
 * The closure gives Undefined where the expression has no value. It throws an `EvaluationFailure`
 * for a service that failed and for what a message made too large, and nothing else of its own.
 */
export function compileExpression(expression: Expression, setting: Setting): Evaluate {
  if (!setting.watch && !setting.isRemembered && dependsOnClientAlone(expression)) {
    return rememberedByClient(compileKind(expression, { ...setting, isRemembered: true }));
  }
  const evaluate = compileKind(expression, setting);
  const isTold = setting.watch && expression.kind !== "literal";
  return isTold ? setting.watch!(expression, evaluate) : evaluate;
}

function compileKind(expression: Expression, setting: Setting): Evaluate {
  const compile = (part: Expression) => compileExpression(part, setting);
  switch (expression.kind) {
    case "literal": {
      const { value } = expression;
      return () => value;
    }
    case "name":
      return compileName(expression.name, setting);
    case "variable": {
      const { slot } = expression;
      return ({ run }) => run.variables[slot];
    }
    case "member": {
      const of = compile(expression.of);
      const read = memberReader(expression.name);
      return (scope) => read(of(scope));
    }
    case "call":
      return compileCall(expression, setting);
    case "cast": {
      const of = compile(expression.of);
      return (scope) => cast(of(scope), expression.type, scope.run);
    }
    case "not": {
      const of = compile(expression.of);
      return (scope) => negateBoolean(of(scope));
    }
    case "negate": {
      const of = compile(expression.of);
      return (scope) => subtract(0, of(scope), scope.run);
    }
    case "binary":
      return compileBinary(expression, setting);
    case "case":
      return compileCase(expression, setting);
    case "object":
      return compileObject(expression.members, setting);
    case "array": {
      const items = expression.items.map(compile);
      return (scope) => items.map((item) => item(scope));
    }
    case "subquery":
      return compileSubquery(expression.query, setting);
    case "exists": {
      const rows = compileSubquery(expression.query, setting);
      return (scope) => hasRows(rows(scope));
    }
    case "payload":
      return payloadValue;
    default:
      return unreachable(expression);
  }
}

/**
 * Of a condition: its value is true, or the text "true", when the whole is, and else what stood in
 * the way. AND stops at the first side that is not true, because nothing else counts at the top of
 * WHERE; anywhere else both sides are asked, as `false AND missing` is Undefined.
 */
export function compileCondition(expression: Expression, setting: Setting): Evaluate {
  if (expression.kind !== "binary" || expression.operator !== "and") {
    return compileExpression(expression, setting);
  }
  const { watch } = setting;
  const sides = watch ? [expression.left, expression.right] : sidesOf(expression);
  const conditions = sides.map((side) => compileCondition(side, setting));
  const evaluate: Evaluate = (scope) => {
    let value: Value = true;
    for (let at = 0; at < conditions.length && isTrue(value); at += 1) {
      value = conditions[at]!(scope);
    }
    return value;
  };
  return watch ? watch(expression, evaluate) : evaluate;
}

/** All that a chain of AND joins, from left to right. */
function sidesOf(expression: Expression): Expression[] {
  if (expression.kind !== "binary" || expression.operator !== "and") return [expression];
  return [...sidesOf(expression.left), ...sidesOf(expression.right)];
}

/** The payload as a value; Undefined when it is not JSON. */
export function payloadOrUndefined({ run }: Scope): Value {
  return run.message.payload.json(run.version);
}

function payloadValue(scope: Scope): Value {
  const value = payloadOrUndefined(scope);
  if (value === undefined) throw new EvaluationFailure("the payload is not JSON: encode it first");
  return value;
}

/** The bytes of the payload in base64, for the functions that take them so. */
export function payloadInBase64({ run }: Scope): Value {
  const { bytes } = run.message.payload;
  run.spend(bytes.length >> 3);
  return toBase64(bytes);
}

/**
 * The member, when the expression is nothing but one of the payload and nobody watches: what takes
 * it then asks the run itself, which spares a call for what rules do most.
 */
export function payloadMemberOf(
  expression: Expression,
  { aliases, watch }: Setting,
): MemberName | undefined {
  if (expression.kind !== "name" || aliases.length > 0 || watch) return undefined;
  return expression.name in Object.prototype ? undefined : new MemberName(expression.name);
}

/** In a subquery the row and its name come first, then those around it, then the payload. */
function compileName(name: string, { aliases, version }: Setting): Evaluate {
  const read = memberReader(name);
  const named = aliases.indexOf(name);
  const depth = named < 0 ? aliases.length : named;
  const isPlain = !(name in Object.prototype);
  const member = new MemberName(name);
  const top: Evaluate = isPlain
    ? ({ run }) => run.memberOfPayload(member)
    : ({ run }) => read(run.message.payload.json(version));
  if (aliases.length === 0) return top;
  return (scope) => {
    let inner = scope;
    for (let level = 0; level < depth; level += 1) {
      const value = read(inner.row);
      if (value !== undefined) return value;
      inner = inner.outer!;
    }
    return named < 0 ? top(scope) : inner.row;
  };
}

function negateBoolean(value: Value): Value {
  const boolean = toBoolean(value);
  return boolean === undefined ? undefined : !boolean;
}

/** When the subject is Undefined the whole is, ELSE included. */
function compileCase(expression: Case, setting: Setting): Evaluate {
  const subject = compileExpression(expression.subject, setting);
  const otherwise = expression.otherwise && compileExpression(expression.otherwise, setting);
  const branches = expression.branches.map(({ when, result }) => ({
    when: compileExpression(when, setting),
    result: compileExpression(result, setting),
  }));
  return (scope) => {
    const value = subject(scope);
    if (value === undefined) return undefined;
    const taken = branches.find(({ when }) => equal(value, when(scope), scope.run));
    return (taken?.result ?? otherwise)?.(scope);
  };
}

function compileObject(members: readonly ObjectMember[], setting: Setting): Evaluate {
  const empty = emptyObjectFor(members.map(({ key }) => key));
  const values = members.map(({ key, value }) => ({ key, of: compileExpression(value, setting) }));
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
