/**
 * Expressions, by precedence from the loosest: OR, AND, NOT, comparison and IN, `+ -`, `* / %`,
 * unary minus, and what binds a value: `.member` and calls. Operators of one level group from the
 * left; comparisons do not chain.
 */

import type { Cursor } from "./cursor.ts";
import { numberFromToken } from "./number.ts";
import { parseCall } from "./parse-call.ts";
import { parseSubquery } from "./parse-select.ts";
import { refusals } from "./refusal.ts";
import type { BinaryOperator, Expression, ObjectMember } from "./syntax.ts";

export function parseExpression(cursor: Cursor): Expression {
  return cursor.nest(() => parseChain(cursor, ["or"], parseConjunction));
}

function parseConjunction(cursor: Cursor): Expression {
  return parseChain(cursor, ["and"], parseNegation);
}

function parseNegation(cursor: Cursor): Expression {
  if (!cursor.takeIf("not")) return parseComparison(cursor);
  return { kind: "not", of: cursor.nest(() => parseNegation(cursor)) };
}

const comparisons: readonly BinaryOperator[] = ["=", "<>", "<", "<=", ">", ">=", "in"];
const additions: readonly BinaryOperator[] = ["+", "-"];
const multiplications: readonly BinaryOperator[] = ["*", "/", "%"];

function parseComparison(cursor: Cursor): Expression {
  const left = parseSum(cursor);
  const operator = takeOperator(cursor, comparisons);
  return operator ? { kind: "binary", operator, left, right: parseSum(cursor) } : left;
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
    left = { kind: "binary", operator, left, right: parseOperand(cursor) };
  }
}

function takeOperator(
  cursor: Cursor,
  operators: readonly BinaryOperator[],
): BinaryOperator | undefined {
  return operators.find((operator) => cursor.takeIf(operator));
}

function parseSigned(cursor: Cursor): Expression {
  if (!cursor.takeIf("-")) return parsePostfix(cursor);
  if (cursor.token.kind === "number") return parseMembers(cursor, parseNumber(cursor, "-"));
  return { kind: "negate", of: cursor.nest(() => parseSigned(cursor)) };
}

function parsePostfix(cursor: Cursor): Expression {
  return parseMembers(cursor, parsePrimary(cursor));
}

function parseMembers(cursor: Cursor, first: Expression): Expression {
  let expression = first;
  while (cursor.takeIf(".")) {
    const name = cursor.expectName('a name after "."', true);
    expression = { kind: "member", of: expression, name };
  }
  if (cursor.isAt("[")) cursor.refuse(refusals.brackets());
  return expression;
}

function parsePrimary(cursor: Cursor): Expression {
  const { token } = cursor;
  switch (token.kind) {
    case "number":
      return parseNumber(cursor, "");
    case "text":
      return { kind: "literal", value: cursor.take().text };
    case "name":
      return parseNameOrCall(cursor);
    case "keyword":
      return parseKeyword(cursor);
    case "symbol":
      return parseBracketed(cursor);
    case "variable":
      return cursor.refuse(refusals.notImplemented(`variable "${token.text}"`));
    case "end":
      return cursor.refuseToken("an expression");
  }
}

function parseNumber(cursor: Cursor, sign: "" | "-"): Expression {
  const { text } = cursor.token;
  const value = numberFromToken(sign + text, cursor.version);
  if (value === undefined) cursor.refuse(refusals.numberOutOfRange(text));
  cursor.take();
  return { kind: "literal", value };
}

function parseNameOrCall(cursor: Cursor): Expression {
  const name = cursor.take();
  return cursor.isAt("(") ? parseCall(cursor, name) : { kind: "name", name: name.text };
}

function parseKeyword(cursor: Cursor): Expression {
  if (cursor.takeIf("null")) return { kind: "literal", value: null };
  if (cursor.takeIf("true")) return { kind: "literal", value: true };
  if (cursor.takeIf("false")) return { kind: "literal", value: false };
  if (cursor.takeIf("case")) return parseCase(cursor);
  if (cursor.takeIf("exists")) {
    if (!cursor.isAt("(")) cursor.refuseToken('"(" and a subquery after EXISTS');
    cursor.take();
    return { kind: "exists", query: closed(cursor, ")", () => parseSubquery(cursor)) };
  }
  return cursor.refuseToken("an expression");
}

function parseCase(cursor: Cursor): Expression {
  if (cursor.isAt("when")) cursor.refuse(refusals.searchedCase());
  const subject = parseExpression(cursor);
  const branches: { when: Expression; result: Expression }[] = [];
  if (!cursor.isAt("when")) cursor.refuseToken("WHEN");
  while (cursor.takeIf("when")) {
    const when = parseExpression(cursor);
    cursor.expect("then");
    branches.push({ when, result: parseExpression(cursor) });
  }
  const otherwise: Expression = cursor.takeIf("else")
    ? parseExpression(cursor)
    : { kind: "literal", value: undefined };
  cursor.expect("end");
  return { kind: "case", subject, branches, otherwise };
}

function parseBracketed(cursor: Cursor): Expression {
  if (cursor.isAt("{")) cursor.requireVersion2016("an object literal");
  if (cursor.isAt("[")) cursor.requireVersion2016("an array literal");
  if (cursor.takeIf("{")) return { kind: "object", members: parseMemberList(cursor) };
  if (cursor.takeIf("[")) return { kind: "array", items: parseItems(cursor) };
  if (!cursor.takeIf("(")) {
    if (cursor.isAt("*")) cursor.refuse(refusals.starPlace());
    return cursor.refuseToken("an expression");
  }
  if (!cursor.isAt("select")) return closed(cursor, ")", () => parseExpression(cursor));
  return { kind: "subquery", query: closed(cursor, ")", () => parseSubquery(cursor)) };
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
