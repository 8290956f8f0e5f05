/**
 * Reads tokens one after the other; what all expression parsers share.
 *
 * A refusal names the token it stopped at and, as the service does, shows its neighbours.
 */

import { messages, refuse } from "./errors.ts";
import { cutTokens, type Token } from "./lexer.ts";
import { expressionBytesMax, listIndexMax, nestingMax, operatorsMax } from "./limits.ts";
import type { OperandNode, PathElement, PathNode } from "./syntax.ts";

export class TokenStream {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #operatorCount = 0;
  #depth = 0;

  constructor(source: string) {
    if (source === "") refuse(messages.empty);
    if (Buffer.byteLength(source) > expressionBytesMax) refuse(messages.tooLong);
    this.#source = source;
    this.#tokens = cutTokens(source);
  }

  /** How many tokens were taken. */
  get position(): number {
    return this.#at;
  }

  get next(): Token {
    return this.#tokens[this.#at]!;
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== "end") this.#at += 1;
    return token;
  }

  /** Takes the next token when it is that symbol. */
  accept(symbol: string): boolean {
    if (this.next.kind !== "symbol" || this.next.text !== symbol) return false;
    this.#at += 1;
    return true;
  }

  /** Takes the next token when it is that word, in any case of letters. */
  acceptWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.#at += 1;
    return true;
  }

  isWord(word: string): boolean {
    return this.next.kind === "name" && this.next.text.toUpperCase() === word;
  }

  expect(symbol: string): void {
    if (!this.accept(symbol)) this.unexpected();
  }

  expectEnd(): void {
    if (this.next.kind !== "end") this.unexpected();
    if (this.#operatorCount > operatorsMax) refuse(messages.tooManyOperators(this.#operatorCount));
  }

  countOperator(): void {
    this.#operatorCount += 1;
  }

  /** Runs `parse` one level deeper; bounds the recursion. */
  nest<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > nestingMax) refuse(messages.tooDeep);
    const node = parse();
    this.#depth -= 1;
    return node;
  }

  unexpected(): never {
    const token = this.next;
    const before = this.#tokens[this.#at - 1] ?? token;
    const after = this.#tokens[this.#at + 1] ?? token;
    refuse(messages.syntax(token.text, this.#source.slice(before.start, after.end).trimEnd()));
  }
}

/** `name`, `#name`, then any number of `.name` and `[index]`. */
export function parsePath(stream: TokenStream): PathNode {
  const elements: PathElement[] = [parseName(stream)];
  for (;;) {
    if (stream.accept(".")) elements.push(parseName(stream));
    else if (stream.accept("[")) elements.push(parseIndex(stream));
    else return { kind: "path", elements };
  }
}

function parseName(stream: TokenStream): PathElement {
  const { kind } = stream.next;
  if (kind !== "name" && kind !== "#name") stream.unexpected();
  return { name: stream.take().text };
}

function parseIndex(stream: TokenStream): PathElement {
  if (stream.next.kind !== "number") stream.unexpected();
  const { text } = stream.take();
  const index = Number(text);
  if (text.length > String(listIndexMax).length || index > listIndexMax) {
    refuse(messages.indexRange(text));
  }
  stream.expect("]");
  return { index };
}

/** One or more operands between commas, up to and with the closing parenthesis. */
export function parseOperandList(
  stream: TokenStream,
  parseOperand: (stream: TokenStream) => OperandNode,
): OperandNode[] {
  const operands = [parseOperand(stream)];
  while (stream.accept(",")) operands.push(parseOperand(stream));
  stream.expect(")");
  return operands;
}

/** A value placeholder, a function call or a path. */
export function parseBareOperand(
  stream: TokenStream,
  parseOperand: (stream: TokenStream) => OperandNode,
): OperandNode {
  if (stream.next.kind === ":value") return { kind: "value", name: stream.take().text };
  const path = parsePath(stream);
  const [first] = path.elements;
  if (path.elements.length > 1 || !first || !("name" in first)) return path;
  if (first.name.startsWith("#") || !stream.accept("(")) return path;
  stream.countOperator();
  const operands = stream.nest(() => parseOperandList(stream, parseOperand));
  return { kind: "call", name: first.name, operands };
}
