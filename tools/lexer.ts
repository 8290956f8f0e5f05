/**
 * Cuts TypeScript and JavaScript into tokens, comments included.
 *
 * It knows strings, templates with nested code, and where a slash begins a regular expression, so
 * that what is built on it never takes text for code. It does not know JSX, and it takes a slash
 * after `}` for a division. A string or comment that does not end becomes a token all the same.
 */

export type TokenKind =
  | "word"
  | "number"
  | "string"
  | "template"
  | "regex"
  | "punctuation"
  | "comment";

export interface Token {
  readonly kind: TokenKind;
  /** As written. Of a template with code in it, one piece: to the `${`, or from the `}` on. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
  readonly endLine: number;
}

const patterns = {
  space: /\s+/y,
  comment: /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|^#![^\n]*/y,
  string: /"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?/y,
  template: /[`}](?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{|$)/y,
  regex: /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\]?)+\/[a-z]*/y,
  word: /[#@]?[\p{ID_Start}$_][\p{ID_Continue}$]*/uy,
  number: /(?:0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d+)?)n?/y,
  punctuation: /=>|\.\.\.|\?\.(?!\d)|\?\?=?|&&=?|\|\|=?|\+\+|--|[=!]==?|[-+*/%&|^<]=|[\s\S]/y,
};

/** Words after which a slash begins a regular expression. */
const wordsBeforeValue = new Set(
  "return typeof case in of delete void throw new do else instanceof yield await".split(" "),
);
const headWords = new Set(["if", "while", "for", "with"]);

/** What opened a bracket, and the token before it. */
interface Opening {
  readonly text: string;
  readonly before: Token | undefined;
}

/** The tokens of a source text, in order. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  const open: Opening[] = [];
  let before: Token | undefined;
  let valueNext = true;
  let line = 1;

  for (let at = 0; at < source.length; ) {
    const blank = match("space", source, at);
    if (blank) {
      at += blank.length;
      line += lineBreaks(blank);
      continue;
    }
    const { kind, text } = read(source, at, { valueNext, inTemplate: open.at(-1)?.text === "${" });
    const token: Token = { kind, text, line, endLine: line + lineBreaks(text) };
    tokens.push(token);
    at += text.length;
    line = token.endLine;
    if (kind === "comment") continue;

    const closed = closes(token) ? open.pop() : undefined;
    valueNext = isBeforeValue(token, closed);
    const opened = opens(token);
    if (opened) open.push({ text: opened, before });
    before = token;
  }
  return tokens;
}

function read(source: string, at: number, place: { valueNext: boolean; inTemplate: boolean }) {
  const first = source[at]!;
  const one = (kind: Exclude<TokenKind, "punctuation">) => {
    const text = match(kind, source, at);
    return text ? { kind, text } : undefined;
  };
  return (
    (first === "`" || (first === "}" && place.inTemplate) ? one("template") : undefined) ??
    one("comment") ??
    one("string") ??
    (place.valueNext ? one("regex") : undefined) ??
    one("word") ??
    one("number") ?? { kind: "punctuation" as const, text: match("punctuation", source, at)! }
  );
}

function match(name: keyof typeof patterns, source: string, at: number): string | undefined {
  const pattern = patterns[name];
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function opens(token: Token): string | undefined {
  if (token.kind === "template") return token.text.endsWith("${") ? "${" : undefined;
  return isPunctuation(token, "(", "[", "{") ? token.text : undefined;
}

function closes(token: Token): boolean {
  if (token.kind === "template") return token.text.startsWith("}");
  return isPunctuation(token, ")", "]", "}");
}

function isBeforeValue(token: Token, closed: Opening | undefined): boolean {
  if (token.kind === "word") return wordsBeforeValue.has(token.text);
  if (token.kind === "template") return token.text.endsWith("${");
  if (isPunctuation(token, ")")) return headWords.has(closed?.before?.text ?? "");
  return token.kind === "punctuation" && !isPunctuation(token, "]", "}", "++", "--");
}

/** Whether the token is one of these brackets, operators or separators. */
export function isPunctuation(token: Token | undefined, ...texts: string[]): boolean {
  return token?.kind === "punctuation" && texts.includes(token.text);
}

/** Whether the token is one of these names or keywords. */
export function isWord(token: Token | undefined, ...texts: string[]): boolean {
  return token?.kind === "word" && texts.includes(token.text);
}

/** Of an opening bracket, the index of the one that closes it, or of the last token. */
export function closingIndex(tokens: readonly Token[], opening: number): number {
  let depth = 0;
  for (let at = opening; at < tokens.length; at += 1) {
    if (isPunctuation(tokens[at], "(", "[", "{")) depth += 1;
    if (isPunctuation(tokens[at], ")", "]", "}")) depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length - 1;
}

/** The text between the quotes of a string token, or of a template without code in it. */
export function stringValue(token: Token | undefined): string | undefined {
  if (token?.kind === "string") return token.text.slice(1, -1);
  if (token?.kind !== "template" || !/^`[\s\S]*`$/.test(token.text)) return undefined;
  return token.text.slice(1, -1);
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
