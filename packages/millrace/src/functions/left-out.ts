/**
 * What lies below a function's code and is no part of it: what the server keeps, which a function
 * at the root of a project has below it, with the database and the credentials; `.git`; and what
 * Python compiles.
 */

import { realpath } from "node:fs/promises";
import { basename } from "node:path";

const namesLeftOut = new Set([".git", "__pycache__"]);

/** `dataFolder` is the server's, absolute; it is known by where it is, also behind a link. */
export async function isLeftOut(path: string, dataFolder: string | undefined): Promise<boolean> {
  if (namesLeftOut.has(basename(path))) return true;
  if (dataFolder === undefined) return false;
  return (await realOf(path)) === (await realOf(dataFolder));
}

/** What is not there is where it would be. */
function realOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
