/**
 * Wrapper scripts: what `AWS_LAMBDA_EXEC_WRAPPER` names is started in the runtime's place, with the
 * runtime's command behind it. [Lambda: Modifying the runtime environment]
 *
 * Below `/opt` it is looked for in the layers, the last first, and below `/var/task` in the code,
 * as neither is there. Runtimes of one's own have none, as on Lambda.
 */

import { accessSync, constants, existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { FunctionDefinition } from "../definition.ts";
import type { BuildProblem } from "../problems.ts";
import { kindOf } from "./runtime.ts";

export const wrapperVariable = "AWS_LAMBDA_EXEC_WRAPPER";

/** The program to be started with the command behind it, if any, or what is wrong with it. */
export function findWrapper(
  { runtime, environment }: FunctionDefinition,
  taskRoot: string,
  layerFolders: readonly string[],
): readonly string[] | BuildProblem {
  const path = environment[wrapperVariable];
  if (!path || kindOf(runtime) === "provided") return [];
  const what = `environment variable "${wrapperVariable}": "${path}"`;
  if (!isAbsolute(path)) return { message: `${what} is not the whole path of a file` };
  const file = placesOf(path, taskRoot, layerFolders).find(existsSync);
  if (!file) return { message: `${what} is not there` };
  try {
    accessSync(file, constants.X_OK);
  } catch {
    return { message: `${what} is not executable`, file };
  }
  return [file];
}

function placesOf(path: string, taskRoot: string, layerFolders: readonly string[]): string[] {
  const [, root, rest = ""] = /^\/(opt|var\/task)\/(.*)$/.exec(path) ?? [];
  if (root === undefined) return [path];
  const folders = root === "opt" ? layerFolders.toReversed() : [taskRoot];
  return folders.map((folder) => join(folder, rest));
}
