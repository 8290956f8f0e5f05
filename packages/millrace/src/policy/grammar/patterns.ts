/** The form of what `Action` and `Resource` list. */

import { splitPieces } from "../match/arn-pattern.ts";
import { type PatternSyntax, type Piece, parsePieces } from "../match/pieces.ts";

const actionForm = /^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/;

/** What is wrong with a pattern of actions; `undefined` when nothing is. */
export function complainAboutAction(text: string): string | undefined {
  if (actionForm.test(text)) return undefined;
  if (text.includes("${")) return `'${text}' has a variable, which stands for nothing in an action`;
  return `'${text}' is not 'service:Action' or '*'`;
}

/**
 * What is wrong with a pattern of resources; `undefined` when nothing is.
 *
 * An ARN has six parts; there may be fewer when a `*` ends the last, because it reaches over what
 * is missing. [IAM: Resource element; policy checks, missing ARN field]
 */
export function complainAboutResource(
  text: string,
  version: PatternSyntax["version"],
): string | undefined {
  if (text === "*") return undefined;
  const parsed = parsePieces(text, { version, wildcards: true });
  if (!parsed.ok) return parsed.message;
  const parts = splitPieces(parsed.pieces);
  const [scheme] = parts[0]!;
  const isArn =
    parts.length > 1 && parts[0]!.length === 1 && scheme?.kind === "text" && scheme.text === "arn";
  if (!isArn) return `'${text}' is not an ARN or '*'`;
  const early = parts
    .slice(0, 5)
    .flat()
    .find((piece) => piece.kind === "variable");
  if (early?.kind === "variable") {
    return `'${early.shown}' stands before the fifth colon of '${text}', where no variable can be`;
  }
  const service = parts[2] ?? [];
  if (service.length === 0 || service.some(({ kind }) => kind !== "text")) {
    return `the service in '${text}' must be named, without wildcards`;
  }
  if (parts.length < 6 && parts.at(-1)!.at(-1)?.kind !== "run") {
    return `'${text}' has ${parts.length} of the six parts of an ARN`;
  }
  const isEmpty = (part: readonly Piece[]): boolean =>
    part.every((piece) => piece.kind === "text" && piece.text === "");
  if (isEmpty(parts[1]!) || isEmpty(service)) return `'${text}' has an empty partition or service`;
  return parts.length === 6 && isEmpty(parts[5]!) ? `'${text}' names no resource` : undefined;
}
