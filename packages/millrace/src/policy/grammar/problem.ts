/**
 * What is wrong with a policy document, and where: as a path, a JSON pointer, a line and column.
 */

import type { JsonPath } from "../../base/mod.ts";
import type { PolicyDocument } from "../document.ts";

export type PolicyPath = JsonPath;

export interface PolicyProblem {
  readonly path: PolicyPath;
  /** The same as text, e.g. `/Statement/0/Effect`; empty for the document. [RFC 6901] */
  readonly pointer: string;
  readonly message: string;
  /** From 1, in UTF-16 code units; only when the document came as text. */
  readonly line?: number;
  readonly column?: number;
}

export type PolicyResult =
  | { readonly ok: true; readonly document: PolicyDocument }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

export function pointerOf(path: PolicyPath): string {
  return path
    .map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}
