/**
 * Lexing: one token at a time, from an index in the source.
 *
 * There is no state between tokens, so that the parser may look ahead, and so that a template can
 * begin in the middle of a text. White space, line ends included, separates and means nothing.
 */

import { Refusal, refusals } from "./refusal.ts";

export interface Token {
  readonly kind: "name" | "keyword" | "variable" | "number" | "text" | "symbol" | "end";
  /** Of a keyword in lower case, of a text literal without quotes, else as written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** `value` is none of them: only its place after SELECT makes it one. */
const keywords: ReadonlySet<string> = new Set(
  "select from where as and or not case when then else end null true false in exists set".split(
    " ",
  ),
);

const namePattern = /[A-Za-z_][A-Za-z0-9_]*/y;
const variablePattern = /@[A-Za-z0-9_]+/y;
const numberPattern = /\d+(?:\.\d+)?(?:[eE]-?\d+)?/y;
const symbolPattern = /<>|<=|>=|[=<>+\-*/%(){}[\],.:]/y;
const spacePattern = /\s*/y;
const malformedTail = /[A-Za-z0-9_.]*/y;

/** The token that begins at `from` or after the white space there; the kind `end` at the end. */
export function nextToken(source: string, from: number): Token {
  const start = from + matchAt(spacePattern, source, from)!.length;
  if (start === source.length) return { kind: "end", text: "", start, end: start };
  refuseComment(source, start);
  const first = source[start]!;
  if (first === "'" || first === '"') return textToken(source, start);
  if (first >= "0" && first <= "9") return numberToken(source, start);
  const name = matchAt(namePattern, source, start);
  if (name !== undefined) {
    const lower = name.toLowerCase();
    return keywords.has(lower)
      ? { kind: "keyword", text: lower, start, end: start + name.length }
      : { kind: "name", text: name, start, end: start + name.length };
  }
  const variable = matchAt(variablePattern, source, start);
  if (variable) return { kind: "variable", text: variable, start, end: start + variable.length };
  const symbol = matchAt(symbolPattern, source, start);
  if (symbol) return { kind: "symbol", text: symbol, start, end: start + symbol.length };
  if (source.startsWith("!=", start)) throw new Refusal(start, refusals.notEqualSign());
  const character = String.fromCodePoint(source.codePointAt(start)!);
  throw new Refusal(start, refusals.unexpectedCharacter(character));
}

/** The run of characters up to white space, from the first one after `from`. */
export function nextRun(source: string, from: number): { readonly text: string; start: number } {
  const start = from + matchAt(spacePattern, source, from)!.length;
  return { text: matchAt(/\S*/y, source, start)!, start };
}

/** As an error message names it. */
export function describeToken(token: Token): string {
  if (token.kind === "end") return "the end";
  const shown = token.text.length > 40 ? `${token.text.slice(0, 40)}...` : token.text;
  return token.kind === "keyword" ? shown.toUpperCase() : JSON.stringify(shown);
}

/** A doubled quote is one quote; a backslash escapes the quote and itself, and nothing else. */
function textToken(source: string, start: number): Token {
  const quote = source[start]!;
  let text = "";
  let at = start + 1;
  while (at < source.length) {
    const character = source[at]!;
    const following = source[at + 1];
    if (character === "\\" && (following === quote || following === "\\")) {
      text += following;
      at += 2;
    } else if (character !== quote) {
      text += character;
      at += 1;
    } else if (following === quote) {
      text += quote;
      at += 2;
    } else {
      return { kind: "text", text, start, end: at + 1 };
    }
  }
  throw new Refusal(start, refusals.unterminatedText());
}

function numberToken(source: string, start: number): Token {
  const text = matchAt(numberPattern, source, start)!;
  const end = start + text.length;
  const tail = matchAt(malformedTail, source, end)!;
  if (tail !== "") throw new Refusal(start, refusals.malformedNumber(text + tail));
  return { kind: "number", text, start, end };
}

function refuseComment(source: string, at: number): void {
  if (source.startsWith("--", at) || source.startsWith("/*", at)) {
    throw new Refusal(at, refusals.comment());
  }
}

function matchAt(sticky: RegExp, source: string, at: number): string | undefined {
  sticky.lastIndex = at;
  return sticky.exec(source)?.[0];
}
