/**
 * Finds the functions of a module: declarations, expressions, methods, accessors, arrows.
 *
 * Works on tokens alone. A parameter list is a pair of parentheses behind which, after an optional
 * return type, a body or an arrow follows. So a function type counts as a function, as it should:
 * its parameters are limited too. Signatures without a body do not, and an arrow without
 * parentheses is not seen: the formatter writes none.
 */
import { closingIndex, isPunctuation, isWord, type Token } from "./lexer.ts";

export interface FunctionSpan {
  /** As called in the source; empty for one without a name. */
  readonly name: string;
  /** First and last line, counted from 1. */
  readonly line: number;
  readonly endLine: number;
  readonly parameterCount: number;
}

const headWords = ["if", "for", "while", "switch", "catch", "with"];
/** Words that no type begins or goes on with, and that no body follows at once. */
const statementWords =
  "return const let var if for while switch throw try break continue await yield case do".split(
    " ",
  );

/** Every function with a body, outer before inner. */
export function findFunctions(all: readonly Token[]): FunctionSpan[] {
  const tokens = all.filter((token) => token.kind !== "comment");
  return tokens.flatMap((token, open) => {
    if (!isPunctuation(token, "(") || isHead(tokens, open)) return [];
    const close = closingIndex(tokens, open);
    const body = bodyIndex(tokens, open, close);
    if (body === undefined) return [];
    const { name, start } = headOf(tokens, open);
    const end = isPunctuation(tokens[body], "{")
      ? closingIndex(tokens, body)
      : expressionEnd(tokens, body);
    const parameterCount = countParameters(tokens.slice(open + 1, close));
    return [{ name, line: tokens[start]!.line, endLine: tokens[end]!.endLine, parameterCount }];
  });
}

function isHead(tokens: readonly Token[], open: number): boolean {
  const before = tokens[open - 1];
  return (
    isWord(before, ...headWords) || (isWord(before, "await") && isWord(tokens[open - 2], "for"))
  );
}

/** Where the body starts that belongs to the parentheses; `undefined` when they have none. */
function bodyIndex(tokens: readonly Token[], open: number, close: number): number | undefined {
  const after = tokens[close + 1];
  if (isPunctuation(after, "=>")) return close + 2;
  const canHaveBlock = namedBefore(tokens, open);
  if (isPunctuation(after, "{")) return canHaveBlock ? close + 1 : undefined;
  if (!isPunctuation(after, ":")) return undefined;

  let typeArrow: number | undefined;
  for (let at = close + 2; at < tokens.length; at += 1) {
    const token = tokens[at]!;
    if (isPunctuation(token, "=>")) {
      if (!isTypeArrow(tokens, at)) return at + 1;
      typeArrow = at;
    }
    if (isPunctuation(token, "{") && canHaveBlock && endsType(tokens[at - 1]!)) return at;
    if (isPunctuation(token, "(", "[", "{")) at = closingIndex(tokens, at);
    // A comma inside `Map<string, number>` goes on; one outside ends what was no type.
    else if (isPunctuation(token, ",") && angleDepth(tokens, close + 2, at) > 0) continue;
    else if (endsStatement(token)) break;
  }
  // `(): (() => void) => body`: what looked like an arrow of the type was the function's own.
  return typeArrow === undefined ? undefined : typeArrow + 1;
}

function endsStatement(token: Token): boolean {
  return isPunctuation(token, ")", "]", "}", ";", ",", "=") || isWord(token, ...statementWords);
}

/** A method's or function's list follows its name, its type parameters, or `function`. */
function namedBefore(tokens: readonly Token[], open: number): boolean {
  const before = tokens[open - 1];
  return (
    before?.kind === "word" || before?.kind === "string" || isPunctuation(before, "]", ">", "*")
  );
}

/** `(): () => void => body` has an arrow in its type, after parentheses that open the type. */
function isTypeArrow(tokens: readonly Token[], arrow: number): boolean {
  if (!isPunctuation(tokens[arrow - 1], ")")) return false;
  let depth = 0;
  for (let at = arrow - 1; at >= 0; at -= 1) {
    if (isPunctuation(tokens[at], ")")) depth += 1;
    if (isPunctuation(tokens[at], "(")) depth -= 1;
    if (depth === 0) return isPunctuation(tokens[at - 1], ":", "|", "&", "<", ",", "=>");
  }
  return false;
}

function endsType(token: Token): boolean {
  if (token.kind === "word") return !["is", "keyof", "typeof", "extends"].includes(token.text);
  return token.kind !== "punctuation" || isPunctuation(token, "]", "}", ")", ">");
}

function headOf(tokens: readonly Token[], open: number): { name: string; start: number } {
  let at = open - 1;
  if (isPunctuation(tokens[at], ">")) at = typeParametersStart(tokens, at) - 1;
  if (isWord(tokens[at], "async")) at -= 1;
  const token = tokens[at];
  if (isPunctuation(token, "=", ":") && tokens[at - 1]?.kind === "word") {
    return { name: tokens[at - 1]!.text, start: at - 1 };
  }
  const named = token?.kind === "word" && !["function", "return", "default"].includes(token.text);
  return { name: named ? token.text : "", start: named ? at : open };
}

function typeParametersStart(tokens: readonly Token[], end: number): number {
  let at = end;
  while (at > 0 && angleDepth(tokens, at, end + 1) !== 0) at -= 1;
  return at;
}

function angleDepth(tokens: readonly Token[], from: number, to: number): number {
  let depth = 0;
  for (let at = from; at < to; at += 1) {
    if (isPunctuation(tokens[at], "<")) depth += 1;
    if (isPunctuation(tokens[at], ">")) depth -= 1;
  }
  return depth;
}

/**
 * An arrow's bare expression ends before the comma, bracket or semicolon that is not its own, and
 * a function type also before the body of the function that returns it.
 */
function expressionEnd(tokens: readonly Token[], start: number): number {
  for (let at = start; at < tokens.length; at += 1) {
    const isBody = at > start && isPunctuation(tokens[at], "{") && endsType(tokens[at - 1]!);
    if (isBody || isPunctuation(tokens[at], ")", "]", "}", ",", ";")) return at - 1;
    if (isPunctuation(tokens[at], "(", "[", "{")) at = closingIndex(tokens, at);
  }
  return tokens.length - 1;
}

function countParameters(tokens: readonly Token[]): number {
  let count = 0;
  let depth = 0;
  let pending = false;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at]!;
    if (isPunctuation(token, "<")) depth += 1;
    if (isPunctuation(token, ">") && depth > 0) depth -= 1;
    if (isPunctuation(token, ",") && depth === 0) pending = false;
    else if (!pending) {
      pending = true;
      if (!isWord(token, "this")) count += 1;
    }
    if (isPunctuation(token, "(", "[", "{")) at = closingIndex(tokens, at);
  }
  return count;
}
