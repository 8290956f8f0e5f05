/**
 * Cuts a PartiQL statement into tokens; a character that belongs nowhere becomes one of its own.
 */

export interface Token {
  /** `name`: bare or in double quotes; `word`: bare alone, which keywords are. */
  readonly kind: "word" | "name" | "string" | "number" | "symbol" | "end";
  /** Without its quotes. */
  readonly text: string;
}

const pattern = new RegExp(
  "\\s+|--[^\\n]*|([A-Za-z_$][A-Za-z0-9_$]*)" +
    '|"((?:[^"]|"")*)"' +
    "|'((?:[^']|'')*)'" +
    "|(\\d+(?:\\.\\d*)?(?:[eE][+-]?\\d+)?|\\.\\d+(?:[eE][+-]?\\d+)?)" +
    "|(<<|>>|<>|!=|<=|>=|.)",
  "gsu",
);

/** The last token is always of kind `end`. */
export function cutTokens(source: string): Token[] {
  const tokens: Token[] = [];
  for (const [, word, quoted, text, number, symbol] of source.matchAll(pattern)) {
    if (word !== undefined) tokens.push({ kind: "word", text: word });
    else if (quoted !== undefined)
      tokens.push({ kind: "name", text: quoted.replaceAll('""', '"') });
    else if (text !== undefined) tokens.push({ kind: "string", text: text.replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (symbol !== undefined) tokens.push({ kind: "symbol", text: symbol });
  }
  tokens.push({ kind: "end", text: "" });
  return tokens;
}
