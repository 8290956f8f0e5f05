/** Where the code of a function is: in the template itself, or in a folder beside it. */

import { resolve } from "node:path";
import type { FunctionBuild, FunctionDefinition } from "../../../functions/mod.ts";
import type { Draft, Path } from "../../resource-type.ts";
import { isFolder } from "../build-entries.ts";
import { problemOfFolder } from "./code-place.ts";
import { readBuild } from "./function-build.ts";
import { checkHandler, checkInlineCode } from "./function-handler.ts";
import type { AnyFunction } from "./function-members.ts";

/** What a template says of the code, and where it says so. */
export type GivenCode =
  | { readonly kind: "inline"; readonly text: string; readonly at: Path }
  /** Relative to the template's folder. */
  | { readonly kind: "folder"; readonly folder: string; readonly at: Path };

export type Code = Pick<FunctionDefinition, "codeFolder" | "build" | "inlineCode">;

/** `undefined`: there is none, which was reported. */
export function readCode(resource: AnyFunction, given: GivenCode, draft: Draft): Code | undefined {
  if (given.kind === "inline") {
    checkInlineCode(resource, given.at);
    return { codeFolder: draft.folder, inlineCode: given.text };
  }
  const codeFolder = resolve(draft.folder, given.folder);
  if (!isFolder(codeFolder)) {
    resource.report(given.at, problemOfFolder({ ...given, path: codeFolder }));
    return undefined;
  }
  const build: FunctionBuild | undefined = readBuild(resource, codeFolder);
  checkHandler(resource, { folder: codeFolder, build, at: given.at });
  return { codeFolder, ...(build && { build }) };
}
