/** Parses update expressions: SET, REMOVE, ADD and DELETE clauses in any order. */

import type { ActionNode, ClauseName, OperandNode, SumNode } from "./syntax.ts";
import { parseBareOperand, parsePath, TokenStream } from "./token-stream.ts";

export interface UpdateNode {
  /** The clause words in the order written; a word may stand there twice. */
  readonly clauses: readonly ClauseName[];
  readonly actions: readonly ActionNode[];
}

const clauseNames: readonly ClauseName[] = ["SET", "REMOVE", "ADD", "DELETE"];

/** The actions in the order written, or a refusal at the token that does not fit. */
export function parseUpdateText(source: string): UpdateNode {
  const stream = new TokenStream(source);
  const clauses: ClauseName[] = [];
  const actions: ActionNode[] = [];
  do {
    const clause = clauseNames.find((name) => stream.acceptWord(name)) ?? stream.unexpected();
    clauses.push(clause);
    do actions.push(parseAction(stream, clause));
    while (stream.accept(","));
  } while (stream.next.kind !== "end");
  stream.expectEnd();
  return { clauses, actions };
}

function parseAction(stream: TokenStream, clause: ClauseName): ActionNode {
  if (clauseNames.some((name) => stream.isWord(name))) stream.unexpected();
  const path = parsePath(stream);
  if (clause === "REMOVE") return { clause, path };
  if (clause === "SET") {
    stream.expect("=");
    return { clause, path, value: parseSetValue(stream) };
  }
  if (stream.next.kind !== ":value") stream.unexpected();
  return { clause, path, value: { kind: "value", name: stream.take().text } };
}

function parseSetValue(stream: TokenStream): OperandNode | SumNode {
  const left = stream.accept("(")
    ? stream.nest(() => closing(stream, parseSetValue))
    : parseBareOperand(stream, parseOperand);
  if (left.kind === "sum") return left;
  const operator = stream.accept("+") ? "+" : stream.accept("-") ? "-" : undefined;
  if (!operator) return left;
  stream.countOperator();
  return { kind: "sum", operator, operands: [left, parseOperand(stream)] };
}

function parseOperand(stream: TokenStream): OperandNode {
  if (stream.accept("(")) return stream.nest(() => closing(stream, parseOperand));
  return parseBareOperand(stream, parseOperand);
}

function closing<T>(stream: TokenStream, parse: (stream: TokenStream) => T): T {
  const node = parse(stream);
  stream.expect(")");
  return node;
}
