/**
 * Parses condition, filter and key condition expressions.
 *
 * Binding, tightest first: comparison, IN, BETWEEN, functions, NOT, AND, OR. A parenthesis may
 * open a condition or an operand; which of the two shows only later, so groups are parsed as
 * either and looked at where they end.
 */

import { messages, refuse } from "./errors.ts";
import type { Comparator, ConditionNode, OperandNode } from "./syntax.ts";
import { parseBareOperand, parseOperandList, TokenStream } from "./token-stream.ts";

const comparators: ReadonlySet<string> = new Set(["=", "<>", "<", "<=", ">", ">="]);
const keywords = ["AND", "OR", "NOT", "BETWEEN", "IN"] as const;

type Node = ConditionNode | OperandNode;

interface Parser {
  readonly stream: TokenStream;
  /** Token positions of the group that ended last. */
  lastGroup?: { readonly start: number; readonly end: number };
  redundantParentheses: boolean;
}

/** The tree, or a refusal: syntax first, then redundant parentheses. */
export function parseConditionText(source: string): ConditionNode {
  const parser: Parser = { stream: new TokenStream(source), redundantParentheses: false };
  const node = condition(parser, parseOr(parser));
  parser.stream.expectEnd();
  if (parser.redundantParentheses) refuse(messages.redundantParentheses);
  return node;
}

function parseOr(parser: Parser): Node {
  let left = parseAnd(parser);
  while (parser.stream.isWord("OR")) {
    left = condition(parser, left);
    parser.stream.take();
    parser.stream.countOperator();
    left = { kind: "or", left, right: condition(parser, parseAnd(parser)) };
  }
  return left;
}

function parseAnd(parser: Parser): Node {
  let left = parseNot(parser);
  while (parser.stream.isWord("AND")) {
    left = condition(parser, left);
    parser.stream.take();
    parser.stream.countOperator();
    left = { kind: "and", left, right: condition(parser, parseNot(parser)) };
  }
  return left;
}

function parseNot(parser: Parser): Node {
  if (!parser.stream.acceptWord("NOT")) return parsePredicate(parser);
  parser.stream.countOperator();
  const inner = parser.stream.nest(() => condition(parser, parseNot(parser)));
  return { kind: "not", inner };
}

function parsePredicate(parser: Parser): Node {
  const { stream } = parser;
  const left = parsePrimary(parser);
  if (!isOperand(left)) return left;
  if (stream.next.kind === "symbol" && comparators.has(stream.next.text)) {
    const operator = stream.take().text as Comparator;
    stream.countOperator();
    return { kind: "compare", operator, operands: [left, parseOperand(parser)] };
  }
  if (stream.acceptWord("BETWEEN")) {
    stream.countOperator();
    const lower = parseOperand(parser);
    if (!stream.acceptWord("AND")) stream.unexpected();
    return { kind: "between", operands: [left, lower, parseOperand(parser)] };
  }
  if (stream.acceptWord("IN")) {
    stream.countOperator();
    stream.expect("(");
    const candidates = parseOperandList(stream, () => parseOperand(parser));
    return { kind: "in", operands: [left, ...candidates] };
  }
  return left;
}

function parsePrimary(parser: Parser): Node {
  const { stream } = parser;
  const start = stream.position;
  if (stream.accept("(")) {
    const node = stream.nest(() => parseOr(parser));
    const innerEnd = stream.position;
    stream.expect(")");
    const { lastGroup } = parser;
    if (lastGroup?.start === start + 1 && lastGroup.end === innerEnd) {
      parser.redundantParentheses = true;
    }
    parser.lastGroup = { start, end: stream.position };
    return node;
  }
  if (keywords.some((word) => stream.isWord(word))) stream.unexpected();
  return parseBareOperand(stream, () => parseOperand(parser));
}

function parseOperand(parser: Parser): OperandNode {
  const node = parsePrimary(parser);
  return isOperand(node) ? node : parser.stream.unexpected();
}

/** The node as a condition: an operand that is no call stops at the token after it. */
function condition(parser: Parser, node: Node): ConditionNode {
  if (node.kind === "path" || node.kind === "value") parser.stream.unexpected();
  return node;
}

function isOperand(node: Node): node is OperandNode {
  return node.kind === "path" || node.kind === "value" || node.kind === "call";
}
