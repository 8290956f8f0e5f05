/**
 * Reads the tokens of a PartiQL statement: names, paths and values.
 *
 * Values become placeholders, so that the nodes that are built are those of any other expression; a
 * question mark takes the next parameter.
 */

import type { AttributeValue } from "../attribute-value.ts";
import { messages, refuse } from "../errors.ts";
import { nestingMax } from "../limits.ts";
import { normalizeNumber } from "../number.ts";
import { Placeholders } from "../placeholders.ts";
import type { PathElement, PathNode, ValueNode } from "../syntax.ts";
import { isKeyword, nameUnexpected } from "./keywords.ts";
import { cutTokens, type Token } from "./lexer.ts";

/** What the service calls the signs that close or part what was opened. */
const signs: Readonly<Record<string, string>> = {
  ")": "RIGHT_PAREN",
  "]": "RIGHT_BRACKET",
  ">>": "RIGHT_DOUBLE_ANGLE_BRACKET",
  "}": "RIGHT_CURLY",
  ":": "COLON",
  "=": "'='",
};

export class StatementReader {
  readonly #tokens: readonly Token[];
  readonly #parameters: readonly AttributeValue[];
  readonly #names: Record<string, string> = {};
  readonly #values: Record<string, AttributeValue> = {};
  #at = 0;
  #parameterCount = 0;
  #depth = 0;

  constructor(source: string, parameters: readonly AttributeValue[]) {
    this.#tokens = cutTokens(source);
    this.#parameters = parameters;
  }

  get next(): Token {
    return this.#tokens[this.#at]!;
  }

  /** The token after the next. */
  get second(): Token {
    return this.#tokens[this.#at + 1] ?? this.#tokens.at(-1)!;
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== "end") this.#at += 1;
    return token;
  }

  isWord(word: string): boolean {
    return this.next.kind === "word" && this.next.text.toUpperCase() === word;
  }

  /** Takes the words when they come next, all of them, in any case of letters. */
  acceptWords(...words: string[]): boolean {
    const start = this.#at;
    for (const word of words) {
      if (!this.isWord(word)) {
        this.#at = start;
        return false;
      }
      this.#at += 1;
    }
    return true;
  }

  accept(symbol: string): boolean {
    if (this.next.kind !== "symbol" || this.next.text !== symbol) return false;
    this.#at += 1;
    return true;
  }

  expect(symbol: string): void {
    if (this.accept(symbol)) return;
    const sign = signs[symbol];
    if (sign === undefined) this.unexpected();
    this.malformed(`Expected ${sign}`);
  }

  /** `otherwise`: what the service says when the word does not come next. */
  expectWord(word: string, otherwise: string): void {
    if (!this.acceptWords(word)) this.malformed(otherwise);
  }

  /** An operator stands before; something has to come behind it. */
  expectRight(otherwise = "Missing right-hand side expression of infix operator"): void {
    if (this.next.kind === "end") this.malformed(otherwise);
  }

  /** Runs `parse` one level deeper; bounds the recursion. */
  nest<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > nestingMax) refuse(messages.tooDeep);
    const parsed = parse();
    this.#depth -= 1;
    return parsed;
  }

  /** The end of the statement, with every parameter used. */
  expectEnd(): void {
    const closed = this.accept(";");
    if (this.next.kind !== "end") {
      const second = "Unexpected token after semicolon. (Only one query is allowed.)";
      this.malformed(closed ? second : "Unexpected token after expression");
    }
    if (this.#parameterCount !== this.#parameters.length) refuse(messages.parameterCount);
  }

  /** All names and values that were read; asked for at the end. */
  placeholders(): Placeholders {
    return new Placeholders({ names: this.#names, values: this.#values });
  }

  malformed(detail: string): never {
    refuse(messages.statement(detail));
  }

  unexpected(): never {
    const { kind, text } = this.next;
    const named = kind === "word" || kind === "symbol";
    this.malformed(named ? nameUnexpected(kind, text) : "Unexpected term");
  }

  /** A bare name that is no keyword, or a quoted one; `otherwise` is said of anything else. */
  readName(otherwise?: string): string {
    const { kind, text } = this.next;
    const bare = kind === "word" && !isKeyword(text);
    if (bare || kind === "name") return this.take().text;
    return otherwise === undefined ? this.unexpected() : this.malformed(otherwise);
  }

  /** The name of what a statement changes. */
  readTargetName(): string {
    return this.readName("Expected identifier for simple path");
  }

  /** The name of a part of what was named before. */
  readPartName(): string {
    return this.readName("Invalid path dot component");
  }

  /** `name`, then any number of `.name`, `[index]` and `['name']`. */
  readPath(): PathNode {
    return this.#path(this.readName());
  }

  /** The same, of what a statement changes. */
  readTargetPath(): PathNode {
    return this.#path(this.readTargetName());
  }

  #path(name: string): PathNode {
    const elements: PathElement[] = [this.#element(name)];
    for (;;) {
      if (this.accept(".")) elements.push(this.#element(this.readPartName()));
      else if (this.accept("[")) elements.push(this.#step());
      else return { kind: "path", elements };
    }
  }

  #step(): PathElement {
    const { kind, text } = this.take();
    const isIndex = kind === "number" && /^\d+$/.test(text);
    if (!isIndex && kind !== "string") this.malformed("Unexpected term");
    this.expect("]");
    return isIndex ? { index: Number(text) } : this.#element(text);
  }

  /** Names stand behind placeholders, where no word is reserved. */
  #element(name: string): PathElement {
    const placeholder = `#n${Object.keys(this.#names).length}`;
    this.#names[placeholder] = name;
    return { name: placeholder };
  }

  readValueNode(): ValueNode {
    return this.valueNode(this.readValue());
  }

  valueNode(value: AttributeValue): ValueNode {
    const name = `:v${Object.keys(this.#values).length}`;
    this.#values[name] = value;
    return { kind: "value", name };
  }

  /** A literal, or the parameter of a question mark. */
  readValue(): AttributeValue {
    if (this.accept("?")) return this.#parameter();
    if (this.acceptWords("TRUE")) return { BOOL: true };
    if (this.acceptWords("FALSE")) return { BOOL: false };
    if (this.acceptWords("NULL")) return { NULL: true };
    if (this.next.kind === "string") return { S: this.take().text };
    if (this.accept("-")) return { N: normalizeNumber(`-${this.#number()}`) };
    if (this.next.kind === "number") return { N: normalizeNumber(this.#number()) };
    if (this.accept("[")) return { L: this.nest(() => this.#valuesUntil("]")) };
    if (this.accept("<<")) return this.#set(this.nest(() => this.#valuesUntil(">>")));
    if (this.accept("{")) return { M: this.nest(() => this.#map()) };
    return this.unexpected();
  }

  #number(): string {
    if (this.next.kind !== "number") this.unexpected();
    return this.take().text;
  }

  #parameter(): AttributeValue {
    const value = this.#parameters[this.#parameterCount];
    this.#parameterCount += 1;
    return value ?? refuse(messages.parameterCount);
  }

  #valuesUntil(end: string): AttributeValue[] {
    const values: AttributeValue[] = [];
    if (this.accept(end)) return values;
    do values.push(this.readValue());
    while (this.accept(","));
    this.expect(end);
    return values;
  }

  #set(values: readonly AttributeValue[]): AttributeValue {
    const strings = values.flatMap((value) => ("S" in value ? [value.S] : []));
    const numbers = values.flatMap((value) => ("N" in value ? [value.N] : []));
    const binaries = values.flatMap((value) => ("B" in value ? [value.B] : []));
    const alike = [strings, numbers, binaries].find((some) => some.length === values.length);
    if (!alike || alike.length === 0) this.malformed("Unexpected term");
    if (new Set(alike).size < alike.length) refuse(messages.duplicates);
    if (alike === strings) return { SS: strings };
    return alike === numbers ? { NS: numbers } : { BS: binaries };
  }

  #map(): Record<string, AttributeValue> {
    const entries = new Map<string, AttributeValue>();
    if (this.accept("}")) return {};
    do {
      const { kind, text } = this.take();
      if (kind !== "string" && kind !== "name") this.unexpected();
      this.expect(":");
      if (entries.has(text)) this.malformed(`Duplicate field name: ${text}`);
      entries.set(text, this.readValue());
    } while (this.accept(","));
    this.expect("}");
    return Object.fromEntries(entries);
  }
}
