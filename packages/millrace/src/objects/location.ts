/**
 * From a key to a file, without ever leaving the folder.
 *
 * Hidden files, empty and relative path segments, and symbolic links that lead outside name no
 * object. Links inside the folder are followed.
 */

import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { keyBytesMax } from "./limits.ts";

export interface FileLocation {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** `undefined`: the folder holds no object with this key. */
export async function locateFile(folder: string, key: string): Promise<FileLocation | undefined> {
  if (!isObjectKey(key)) return undefined;
  try {
    const [root, path] = await Promise.all([realpath(folder), realpath(join(folder, key))]);
    if (!path.startsWith(root + sep)) return undefined;
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    return { path, sizeBytes: found.size, modifiedMs: found.mtimeMs };
  } catch (thrown) {
    if (absent.has((thrown as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw thrown;
  }
}

const absent = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "EACCES"]);

function isObjectKey(key: string): boolean {
  if (Buffer.byteLength(key) > keyBytesMax || /[\0\\]/.test(key)) return false;
  return key.split("/").every((segment) => segment !== "" && !segment.startsWith("."));
}
