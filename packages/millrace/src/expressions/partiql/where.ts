/** Parses the condition of a statement into the nodes of condition expressions. */

import type { Comparator, ConditionNode, OperandNode } from "../syntax.ts";
import type { StatementReader } from "./reader.ts";

const comparators: Readonly<Record<string, Comparator>> = {
  "=": "=",
  "<>": "<>",
  "!=": "<>",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

const functions: ReadonlySet<string> = new Set(["begins_with", "contains", "attribute_type"]);

/** Binding, tightest first: comparison, NOT, AND, OR. */
export function parseWhere(reader: StatementReader): ConditionNode {
  let left = parseAnd(reader);
  while (reader.acceptWords("OR")) {
    reader.expectRight();
    left = { kind: "or", left, right: parseAnd(reader) };
  }
  return left;
}

function parseAnd(reader: StatementReader): ConditionNode {
  let left = parseNot(reader);
  while (reader.acceptWords("AND")) {
    reader.expectRight();
    left = { kind: "and", left, right: parseNot(reader) };
  }
  return left;
}

function parseNot(reader: StatementReader): ConditionNode {
  if (reader.acceptWords("NOT")) {
    return { kind: "not", inner: reader.nest(() => parseNot(reader)) };
  }
  if (!reader.accept("(")) return parsePredicate(reader);
  const inner = reader.nest(() => parseWhere(reader));
  reader.expect(")");
  return inner;
}

function parsePredicate(reader: StatementReader): ConditionNode {
  const call = isCall(reader) && reader.next.text.toLowerCase();
  if (call && functions.has(call)) {
    reader.take();
    return { kind: "call", name: call, operands: parseArguments(reader) };
  }
  const left = parseOperand(reader);
  const operator = reader.next.kind === "symbol" ? comparators[reader.next.text] : undefined;
  if (operator) {
    reader.take();
    reader.expectRight();
    return { kind: "compare", operator, operands: [left, parseOperand(reader)] };
  }
  if (reader.acceptWords("IS")) return parseIs(reader, left);
  const negated = reader.acceptWords("NOT");
  const node = parseRange(reader, left);
  return negated ? { kind: "not", inner: node } : node;
}

function parseRange(reader: StatementReader, left: OperandNode): ConditionNode {
  if (reader.acceptWords("BETWEEN")) {
    reader.expectRight();
    const lower = parseOperand(reader);
    reader.expectWord("AND", "Expected AND keyword");
    reader.expectRight("Expected expression after AND");
    return { kind: "between", operands: [left, lower, parseOperand(reader)] };
  }
  if (!reader.acceptWords("IN")) reader.unexpected();
  reader.expectRight();
  const end = reader.accept("[") ? "]" : ")";
  if (end === ")") reader.expect("(");
  const operands = [left];
  do operands.push(parseOperand(reader));
  while (reader.accept(","));
  reader.expect(end);
  return { kind: "in", operands };
}

/** PartiQL's names of types, but for those that IS knows. */
const types: ReadonlySet<string> = new Set(
  (
    "BOOL BOOLEAN SMALLINT INT INTEGER FLOAT REAL DOUBLE DECIMAL NUMERIC TIMESTAMP CHAR " +
    "CHARACTER VARCHAR STRING SYMBOL CLOB BLOB STRUCT TUPLE LIST SEXP BAG"
  ).split(" "),
);

function parseIs(reader: StatementReader, operand: OperandNode): ConditionNode {
  const negated = reader.acceptWords("NOT");
  const missing = reader.acceptWords("MISSING");
  const type = reader.next.text.toUpperCase();
  if (!missing && types.has(type)) reader.malformed(`IS ${type} is not implemented`);
  if (!missing) reader.expectWord("NULL", "Expected type name");
  const typeNull = reader.valueNode({ S: "NULL" });
  const node: ConditionNode = missing
    ? { kind: "call", name: "attribute_not_exists", operands: [operand] }
    : { kind: "call", name: "attribute_type", operands: [operand, typeNull] };
  return negated ? { kind: "not", inner: node } : node;
}

/** A path, a value, or the size of a path. */
export function parseOperand(reader: StatementReader): OperandNode {
  if (isCall(reader) && reader.next.text.toLowerCase() === "size") {
    reader.take();
    return { kind: "call", name: "size", operands: parseArguments(reader) };
  }
  const { kind, text } = reader.next;
  const constant = /^(TRUE|FALSE|NULL)$/i.test(text);
  const path = kind === "name" || (kind === "word" && !constant);
  return path ? reader.readPath() : reader.readValueNode();
}

/** Whether a name comes next with an opening parenthesis behind it. */
export function isCall({ next, second }: StatementReader): boolean {
  return next.kind === "word" && second.kind === "symbol" && second.text === "(";
}

/** Operands in parentheses. */
export function parseArguments(reader: StatementReader): OperandNode[] {
  reader.expect("(");
  const operands = reader.nest(() => {
    const read = [parseOperand(reader)];
    while (reader.accept(",")) read.push(parseOperand(reader));
    return read;
  });
  reader.expect(")");
  return operands;
}
