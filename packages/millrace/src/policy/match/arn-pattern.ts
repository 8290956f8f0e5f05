/**
 * How the ARN operators match: each of the six parts of the pattern against the same part of the
 * value, so that a `*` never reaches over a colon, but inside the last part, which may hold colons.
 * [IAM: ARN condition operators]
 */

import { assert } from "../../base/mod.ts";
import type { Context } from "./context.ts";
import { compileGlob, type Glob } from "./glob.ts";
import { resolvePieces } from "./pattern.ts";
import { type PatternSyntax, type Piece, parsePieces, variablesOf } from "./pieces.ts";

const partCount = 6;

/** Compiles it; the result says whether the value, any text, is an ARN that matches. */
export function compileArnPattern(
  text: string,
  syntax: PatternSyntax,
): { readonly keys: readonly string[]; matches(value: string, context: Context): boolean } {
  const parsed = parsePieces(text, syntax);
  assert(parsed.ok, "an ARN pattern is compiled that its document's parser refuses");
  const { pieces } = parsed;
  const keys = variablesOf(pieces).map(({ key }) => key);
  if (isAnyArn(pieces)) return { keys, matches: (value) => splitText(value) !== undefined };
  if (pieces.length === 1 && pieces[0]!.kind === "variable") {
    // The whole ARN is the variable's: both are texts.
    const whole = pieces[0]!;
    return { keys, matches: (value, context) => value === context.resolve(whole) };
  }
  // Split before variables are replaced: what a client says must not move a colon.
  const parts = splitPieces(pieces);
  const closed = keys.length === 0 ? parts.map(compileGlob) : undefined;
  const matches = (value: string, context: Context): boolean => {
    const values = splitText(value);
    if (!values) return false;
    const globs = closed ?? resolveParts(parts, context);
    return globs?.every((glob, index) => glob.matches(values[index]!)) ?? false;
  };
  return { keys, matches };
}

/** Whether a pattern has the six parts of an ARN, or is `*` or one variable alone. */
export function isArnPattern(pieces: readonly Piece[]): boolean {
  if (isAnyArn(pieces) || (pieces.length === 1 && pieces[0]!.kind === "variable")) return true;
  const [first, ...rest] = splitPieces(pieces);
  const isScheme = first!.length === 1 && first![0]!.kind === "text" && first![0]!.text === "arn";
  return isScheme && rest.length === partCount - 1;
}

function isAnyArn(pieces: readonly Piece[]): boolean {
  return pieces.length === 1 && pieces[0]!.kind === "run";
}

function resolveParts(parts: readonly Piece[][], context: Context): Glob[] | undefined {
  const globs: Glob[] = [];
  for (const part of parts) {
    const pieces = resolvePieces(part, context);
    if (!pieces) return undefined;
    globs.push(compileGlob(pieces));
  }
  return globs;
}

function splitText(value: string): string[] | undefined {
  const parts = value.split(":");
  if (parts.length < partCount || parts[0] !== "arn") return undefined;
  return [...parts.slice(0, partCount - 1), parts.slice(partCount - 1).join(":")];
}

/** At the first five colons of its texts. */
export function splitPieces(pieces: readonly Piece[]): Piece[][] {
  const parts: Piece[][] = [[]];
  for (const piece of pieces) {
    if (piece.kind !== "text") {
      parts.at(-1)!.push(piece);
      continue;
    }
    let rest = piece.text;
    for (let colon = rest.indexOf(":"); colon >= 0 && parts.length < partCount; ) {
      parts.at(-1)!.push({ kind: "text", text: rest.slice(0, colon) });
      parts.push([]);
      rest = rest.slice(colon + 1);
      colon = rest.indexOf(":");
    }
    parts.at(-1)!.push({ kind: "text", text: rest });
  }
  return parts;
}
