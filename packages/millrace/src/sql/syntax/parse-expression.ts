/**
 * Expressions, by precedence from the loosest: OR, AND, NOT, comparison and IN, `+ -`, `* / %`,
 * unary minus, and what binds a value: `.member` and calls. Operators of one level group from the
 * left; comparisons do not chain.
 */

import { numberFromToken } from "../values/number.ts";
import type { Value } from "../values/value.ts";
import type { Cursor } from "./cursor.ts";
import { parseCall } from "./parse-call.ts";
import { parseSubquery } from "./parse-select.ts";
import { refusals } from "./refusal.ts";
import type { BinaryOperator, Expression, ObjectMember } from "./tree.ts";

export function parseExpression(cursor: Cursor): Expression {
  return cursor.nest(() => parseChain(cursor, ["or"], parseConjunction));
}

/** The payload as a whole, when `*` stands there. */
export function parseStar(cursor: Cursor): Expression | undefined {
  const { start } = cursor.token;
  return cursor.takeIf("*") ? { kind: "payload", ...cursor.spanFrom(start) } : undefined;
}

/** A variable that SET has given a value before this place. */
export function parseVariable(cursor: Cursor): Expression {
  const { text: name, start } = cursor.token;
  const slot = cursor.variables.indexOf(name);
  if (slot < 0) cursor.refuse(refusals.unknownVariable(name));
  cursor.take();
  return { kind: "variable", name, slot, ...cursor.spanFrom(start) };
}

function parseConjunction(cursor: Cursor): Expression {
  return parseChain(cursor, ["and"], parseNegation);
}

function parseNegation(cursor: Cursor): Expression {
  const { start } = cursor.token;
  if (!cursor.takeIf("not")) return parseComparison(cursor);
  const of = cursor.nest(() => parseNegation(cursor));
  return { kind: "not", of, ...cursor.spanFrom(start) };
}

const comparisons: readonly BinaryOperator[] = ["=", "<>", "<", "<=", ">", ">=", "in"];
const additions: readonly BinaryOperator[] = ["+", "-"];
const multiplications: readonly BinaryOperator[] = ["*", "/", "%"];

function parseComparison(cursor: Cursor): Expression {
  const left = parseSum(cursor);
  const operator = takeOperator(cursor, comparisons);
  if (!operator) return left;
  const right = parseSum(cursor);
  return { kind: "binary", operator, left, right, ...cursor.spanFrom(left.start) };
}

function parseSum(cursor: Cursor): Expression {
  return parseChain(cursor, additions, parseProduct);
}

function parseProduct(cursor: Cursor): Expression {
  return parseChain(cursor, multiplications, parseSigned);
}

function parseChain(
  cursor: Cursor,
  operators: readonly BinaryOperator[],
  parseOperand: (cursor: Cursor) => Expression,
): Expression {
  let left = parseOperand(cursor);
  for (;;) {
    const operator = takeOperator(cursor, operators);
    if (!operator) return left;
    const right = parseOperand(cursor);
    left = { kind: "binary", operator, left, right, ...cursor.spanFrom(left.start) };
  }
}

function takeOperator(
  cursor: Cursor,
  operators: readonly BinaryOperator[],
): BinaryOperator | undefined {
  return operators.find((operator) => cursor.takeIf(operator));
}

function parseSigned(cursor: Cursor): Expression {
  const { start } = cursor.token;
  if (!cursor.takeIf("-")) return parseMembers(cursor, parsePrimary(cursor));
  if (cursor.token.kind === "number") return parseMembers(cursor, parseNumber(cursor, start));
  const of = cursor.nest(() => parseSigned(cursor));
  return { kind: "negate", of, ...cursor.spanFrom(start) };
}

function parseMembers(cursor: Cursor, first: Expression): Expression {
  let expression = first;
  while (cursor.takeIf(".")) {
    const name = cursor.expectName('a name after "."', true);
    expression = { kind: "member", of: expression, name, ...cursor.spanFrom(first.start) };
  }
  if (cursor.isAt("[")) cursor.refuse(refusals.brackets());
  return expression;
}

function parsePrimary(cursor: Cursor): Expression {
  const { token } = cursor;
  switch (token.kind) {
    case "number":
      return parseNumber(cursor, token.start);
    case "text":
      return parseLiteral(cursor, token.text);
    case "name":
      return parseNameOrCall(cursor);
    case "keyword":
      return parseKeyword(cursor);
    case "symbol":
      return parseBracketed(cursor);
    case "variable":
      return parseVariable(cursor);
    case "end":
      return cursor.refuseToken("an expression");
  }
}

/** Takes the token that spells the value. */
function parseLiteral(cursor: Cursor, value: Value): Expression {
  const { start } = cursor.take();
  return { kind: "literal", value, ...cursor.spanFrom(start) };
}

/** `start` is where the number begins, with its sign when it has one. */
function parseNumber(cursor: Cursor, start: number): Expression {
  const { text } = cursor.token;
  const sign = start < cursor.token.start ? "-" : "";
  const value = numberFromToken(sign + text, cursor.reading.version);
  if (value === undefined) cursor.refuse(refusals.numberOutOfRange(text));
  cursor.take();
  return { kind: "literal", value, ...cursor.spanFrom(start) };
}

function parseNameOrCall(cursor: Cursor): Expression {
  const name = cursor.take();
  if (cursor.isAt("(")) return parseCall(cursor, name);
  return { kind: "name", name: name.text, ...cursor.spanFrom(name.start) };
}

function parseKeyword(cursor: Cursor): Expression {
  const { start } = cursor.token;
  if (cursor.isAt("null")) return parseLiteral(cursor, null);
  if (cursor.isAt("true")) return parseLiteral(cursor, true);
  if (cursor.isAt("false")) return parseLiteral(cursor, false);
  if (cursor.takeIf("case")) return parseCase(cursor, start);
  if (cursor.takeIf("exists")) {
    if (!cursor.isAt("(")) cursor.refuseToken('"(" and a subquery after EXISTS');
    cursor.take();
    const query = closed(cursor, ")", () => parseSubquery(cursor));
    return { kind: "exists", query, ...cursor.spanFrom(start) };
  }
  return cursor.refuseToken("an expression");
}

function parseCase(cursor: Cursor, start: number): Expression {
  if (cursor.isAt("when")) cursor.refuse(refusals.searchedCase());
  const subject = parseExpression(cursor);
  const branches: { when: Expression; result: Expression }[] = [];
  if (!cursor.isAt("when")) cursor.refuseToken("WHEN");
  while (cursor.takeIf("when")) {
    const when = parseExpression(cursor);
    cursor.expect("then");
    branches.push({ when, result: parseExpression(cursor) });
  }
  const otherwise = cursor.takeIf("else") ? parseExpression(cursor) : undefined;
  cursor.expect("end");
  return { kind: "case", subject, branches, otherwise, ...cursor.spanFrom(start) };
}

function parseBracketed(cursor: Cursor): Expression {
  const { start } = cursor.token;
  if (cursor.isAt("{")) cursor.requireVersion2016("an object literal");
  if (cursor.isAt("[")) cursor.requireVersion2016("an array literal");
  if (cursor.takeIf("{")) {
    const members = parseMemberList(cursor);
    return { kind: "object", members, ...cursor.spanFrom(start) };
  }
  if (cursor.takeIf("[")) {
    const items = parseItems(cursor);
    return { kind: "array", items, ...cursor.spanFrom(start) };
  }
  if (!cursor.takeIf("(")) {
    if (cursor.isAt("*")) cursor.refuse(refusals.starPlace());
    return cursor.refuseToken("an expression");
  }
  if (cursor.isAt("select")) {
    const query = closed(cursor, ")", () => parseSubquery(cursor));
    return { kind: "subquery", query, ...cursor.spanFrom(start) };
  }
  const inside = closed(cursor, ")", () => parseExpression(cursor));
  return { ...inside, ...cursor.spanFrom(start) };
}

function closed<T>(cursor: Cursor, bracket: string, read: () => T): T {
  const result = read();
  cursor.expect(bracket);
  return result;
}

function parseItems(cursor: Cursor): Expression[] {
  const items: Expression[] = [];
  if (cursor.takeIf("]")) return items;
  do items.push(parseExpression(cursor));
  while (cursor.takeIf(","));
  cursor.expect("]");
  return items;
}

function parseMemberList(cursor: Cursor): ObjectMember[] {
  const members: ObjectMember[] = [];
  if (cursor.takeIf("}")) return members;
  do {
    if (cursor.token.kind !== "text") cursor.refuseToken("a key in quotes");
    const key = cursor.take().text;
    cursor.expect(":");
    members.push({ key, value: parseExpression(cursor) });
  } while (cursor.takeIf(","));
  cursor.expect("}");
  return members;
}
