/**
 * A pattern of a policy, taken apart: literal text, `*`, `?`, and variables.
 *
 * Here the two versions of the language part ways. In 2012-10-17 `${key}` and `${key, 'default'}`
 * are variables, and `${*}`, `${?}`, `${$}` are those characters themselves. In 2008-10-17 all of
 * it is plain text, the `*` inside being a wildcard like any other.
 *
 * Wildcards are told apart from text here and nowhere else. What a variable becomes is text and
 * stays text, so a client that calls itself `*` gains nothing.
 */

import { normalizeKey } from "./context.ts";

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  /** `*`: any run of characters, `/` and `:` included, also none. */
  | { readonly kind: "run" }
  /** `?`: exactly one character. */
  | { readonly kind: "one" }
  | Variable;

export interface Variable {
  readonly kind: "variable";
  /** In the form of `normalizeKey`. */
  readonly key: string;
  /** As it stands in the document, braces included. */
  readonly shown: string;
  /** What it becomes when the key is absent. */
  readonly fallback?: string;
}

export interface PatternSyntax {
  readonly version: "2008-10-17" | "2012-10-17";
  /** Without wildcards, as in `StringEquals`, `*` and `?` are text. */
  readonly wildcards: boolean;
}

export type PiecesResult =
  | { readonly ok: true; readonly pieces: readonly Piece[] }
  | { readonly ok: false; readonly message: string };

const run: Piece = { kind: "run" };
const one: Piece = { kind: "one" };
const special = /[*?]|\$\{/g;
const variable = /\$\{(?:([*?$])|([^\s{}',]+)(?:,\s*'([^']*)')?)\}/y;
const keyCharacters = /^[\p{L}\p{N}_.:/=+@[\]-]+$/u;
const shownMax = 40;

/** The pieces, texts joined; or what is wrong with a variable. */
export function parsePieces(text: string, { version, wildcards }: PatternSyntax): PiecesResult {
  const pieces: Piece[] = [];
  let literal = "";
  const push = (piece: Piece): void => {
    if (piece.kind === "text") {
      literal += piece.text;
      return;
    }
    if (literal !== "") pieces.push({ kind: "text", text: literal });
    literal = "";
    pieces.push(piece);
  };
  for (let at = 0; at < text.length; ) {
    special.lastIndex = at;
    const found = special.exec(text);
    literal += text.slice(at, found?.index);
    if (!found) break;
    at = found.index + found[0].length;
    if (found[0] === "${" && version === "2012-10-17") {
      const read = readVariable(text, found.index);
      if (!read.ok) return read;
      push(read.piece);
      at = read.end;
    } else if (found[0] === "${" || !wildcards) literal += found[0];
    else push(found[0] === "*" ? run : one);
  }
  if (literal !== "") pieces.push({ kind: "text", text: literal });
  return { ok: true, pieces };
}

/** What begins with `${` there: a variable, or one of the three characters, as text. */
function readVariable(
  text: string,
  start: number,
):
  | { readonly ok: true; readonly piece: Piece; readonly end: number }
  | { readonly ok: false; readonly message: string } {
  variable.lastIndex = start;
  const match = variable.exec(text);
  if (!match) return { ok: false, message: complainAbout(text.slice(start)) };
  const [shown, character, name = "", fallback] = match;
  const end = start + shown.length;
  if (character !== undefined) return { ok: true, piece: { kind: "text", text: character }, end };
  if (!isKey(name)) {
    return { ok: false, message: `the variable '${shown}' is not of the form \${service:key}` };
  }
  const key = normalizeKey(name);
  const piece = {
    kind: "variable",
    key,
    shown,
    ...(fallback !== undefined && { fallback }),
  } as const;
  return { ok: true, piece, end };
}

function isKey(text: string): boolean {
  const colon = text.indexOf(":");
  return colon > 0 && colon < text.length - 1 && keyCharacters.test(text);
}

/** Why what begins with `${` is no variable. */
function complainAbout(text: string): string {
  const end = text.indexOf("}");
  if (end < 0) return `the variable '${text.slice(0, shownMax)}' has no closing brace`;
  if (end === 2) return "a variable needs a name between its braces";
  const shown = text.slice(0, end + 1);
  const [, ...defaults] = shown.slice(2, -1).split(",");
  const quoted = defaults.join(",").trim();
  if (defaults.length > 0 && !/^'[^']*'$/.test(quoted)) {
    return `the default in '${shown}' is not of the form \${service:key, 'default'}`;
  }
  return `the variable '${shown}' has a character in its name that no key has`;
}

/** The pieces with every variable as a `*`: matches whatever the pattern may match for anyone. */
export function widenPieces(pieces: readonly Piece[]): Piece[] {
  return pieces.map((piece) => (piece.kind === "variable" ? run : piece));
}

export function variablesOf(pieces: readonly Piece[]): Variable[] {
  return pieces.filter((piece) => piece.kind === "variable");
}
