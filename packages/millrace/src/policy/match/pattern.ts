/**
 * A pattern with its variables: compiled once when it has none, and otherwise for each context.
 *
 * A variable that becomes nothing makes the pattern match nothing. [IAM: variables with no value]
 */

import { assert } from "../../base/mod.ts";
import type { Context } from "./context.ts";
import { compileGlob, type Glob } from "./glob.ts";
import { type PatternSyntax, type Piece, parsePieces, variablesOf, widenPieces } from "./pieces.ts";

export class Pattern {
  /** As it stands in the document. */
  readonly text: string;
  readonly pieces: readonly Piece[];
  /** When there is no variable in it. */
  readonly closed: Glob | undefined;
  /** Matches whatever this may match for anyone. */
  readonly widest: Glob;
  /** The normalized keys of its variables. */
  readonly keys: readonly string[];

  /** The text comes out of a document that was parsed, so its variables are in order. */
  constructor(text: string, syntax: PatternSyntax) {
    const parsed = parsePieces(text, syntax);
    assert(parsed.ok, "a pattern is compiled that its document's parser refuses");
    this.text = text;
    this.pieces = parsed.pieces;
    this.keys = variablesOf(this.pieces).map(({ key }) => key);
    this.widest = compileGlob(widenPieces(this.pieces));
    this.closed = this.keys.length === 0 ? this.widest : undefined;
  }

  /** The pattern for this context; `undefined` when it matches nothing in it. */
  resolve(context: Context): Glob | undefined {
    if (this.closed) return this.closed;
    const pieces = resolvePieces(this.pieces, context);
    return pieces && compileGlob(pieces);
  }

  matches(text: string, context: Context): boolean {
    if (this.closed) return this.closed.matches(text);
    // Most patterns differ from the text before their first variable: then nothing is compiled.
    return this.widest.matches(text) && (this.resolve(context)?.matches(text) ?? false);
  }

  /** Whether the context says, once and for all, what each variable becomes. */
  isSettledBy(context: Context): boolean {
    return this.keys.every((key) => context.settles(key));
  }
}

/** Texts in place of the variables; `undefined` when one of them becomes nothing. */
export function resolvePieces(pieces: readonly Piece[], context: Context): Piece[] | undefined {
  const resolved: Piece[] = [];
  for (const piece of pieces) {
    const text = piece.kind === "variable" ? context.resolve(piece) : undefined;
    if (piece.kind !== "variable") resolved.push(piece);
    else if (text === undefined) return undefined;
    else resolved.push({ kind: "text", text });
  }
  return resolved;
}
