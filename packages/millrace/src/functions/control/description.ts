/** What is told of a function, in one of its versions. */

import { createHash } from "node:crypto";
import type { StoredFunction } from "../catalogue/entry.ts";
import type { FunctionDefinition } from "../definition.ts";

export interface FunctionDescription extends Omit<StoredFunction, "codeFolderName"> {
  readonly name: string;
  /** `$LATEST` or a number. */
  readonly version: string;
  /** Without a qualifier. */
  readonly arn: string;
  readonly layers: readonly { readonly arn: string; readonly codeBytes: number }[];
  /** Another one after each change. */
  readonly revisionId: string;
}

/** In the form of a UUID, from what it stands for. */
export function revisionOf(value: unknown): string {
  const hex = createHash("sha256").update(JSON.stringify(value)).digest("hex");
  const ends = [8, 12, 16, 20, 32];
  return ends.map((end, index) => hex.slice(ends[index - 1] ?? 0, end)).join("-");
}

/** What is kept of a definition: all that does not say where the code is. */
export function withoutCode(definition: FunctionDefinition): StoredFunction["definition"] {
  const { codeFolder, build, inlineCode, tags, autoPublish, written, ...rest } = definition;
  return rest;
}
