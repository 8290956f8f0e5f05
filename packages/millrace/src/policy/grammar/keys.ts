/** Which keys of a request decide what a statement means. */

import { takesVariables } from "../condition/operators.ts";
import type { PolicyDocument, Statement } from "../document.ts";
import { parsePieces, variablesOf } from "../match/pieces.ts";

export interface KeyUse {
  /** Without braces, e.g. `iot:ClientId`. */
  readonly key: string;
  /** As it stands in the document: the key of a condition, or a variable with its braces. */
  readonly shown: string;
  readonly kind: "condition" | "variable";
}

/** Those of its conditions, and of variables in its resources and conditions; some twice. */
export function keysOf(
  { resources, conditions }: Statement,
  version: PolicyDocument["version"],
): KeyUse[] {
  const texts = [
    ...(resources?.patterns ?? []),
    ...conditions.flatMap(({ operator, values }) => (takesVariables(operator) ? values : [])),
  ];
  return [
    ...conditions.map(({ key }): KeyUse => ({ key, shown: key, kind: "condition" })),
    ...texts.flatMap((text) => variablesIn(text, version)),
  ];
}

function variablesIn(text: string, version: PolicyDocument["version"]): KeyUse[] {
  const parsed = parsePieces(text, { version, wildcards: true });
  if (!parsed.ok) return [];
  return variablesOf(parsed.pieces).map(({ key, shown }) => ({ key, shown, kind: "variable" }));
}
