/**
 * Cuts an expression into tokens. Never refuses: a character that belongs nowhere becomes a token
 * of its own, and the parser names it where it meets it.
 */

export interface Token {
  /** `name`: bare identifier; `#name` and `:value` carry their sign in `text`. */
  readonly kind: "name" | "#name" | ":value" | "number" | "symbol" | "invalid" | "end";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Blanks, then one group per kind of token, then any other character. */
const pattern = new RegExp(
  "[ \\t\\r\\n]+|([A-Za-z][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|([0-9]+)" +
    "|(<>|<=|>=|[()[\\],.=<>+\\-])|.",
  "gsu",
);

/** The last token is always of kind `end`. */
export function cutTokens(source: string): Token[] {
  const tokens: Token[] = [];
  for (const match of source.matchAll(pattern)) {
    const kind = kindOf(match);
    if (!kind) continue;
    tokens.push({ kind, text: match[0], start: match.index, end: match.index + match[0].length });
  }
  tokens.push({ kind: "end", text: "<EOF>", start: source.length, end: source.length });
  return tokens;
}

function kindOf(match: RegExpMatchArray): Token["kind"] | undefined {
  if (match[1]) return "name";
  if (match[2]) return "#name";
  if (match[3]) return ":value";
  if (match[4]) return "number";
  if (match[5]) return "symbol";
  return /^[ \t\r\n]/.test(match[0]) ? undefined : "invalid";
}
