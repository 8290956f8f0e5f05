/**
 * Objects that were written, a file each, in a folder of the server's own.
 *
 * A key may be any text, and keys that no file system keeps apart are different objects (`a` and
 * `a/b`, `A` and `a`), so a file's name is the key's hash. A new content is written aside, brought
 * to the disk and then put in the place of the old one: after a crash the one or the other is
 * there, whole.
 */

import { createHash } from "node:crypto";
import { mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorText, WorldError } from "../base/mod.ts";
import { makeFolderSynced, syncFolder, writeSynced } from "../storage/mod.ts";
import type { FileLocation } from "./location.ts";

const asidePrefix = "new-";

/** `undefined`: nothing was written under this key. */
export async function locateWritten(
  folder: string,
  key: string,
): Promise<FileLocation | undefined> {
  const path = pathOf(folder, key);
  try {
    const { size, mtimeMs } = await stat(path);
    return { path, sizeBytes: size, modifiedMs: mtimeMs };
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}

/** Takes away what a crash has left half written. */
export async function clearUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []); // nothing was ever written
  const unfinished = names.filter((name) => name.startsWith(asidePrefix));
  await Promise.all(
    unfinished.map((name) => rm(join(folder, name), { recursive: true, force: true })),
  );
}

/** Answers with the file's path when it is on disk; rejects with a `WorldError`. */
export async function writeObject(folder: string, key: string, bytes: Uint8Array): Promise<string> {
  try {
    await makeFolderSynced(folder);
    const aside = await mkdtemp(join(folder, asidePrefix));
    try {
      return await replaceBy(join(aside, "content"), pathOf(folder, key), bytes);
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  } catch (thrown) {
    const message = `cannot store an object: ${errorText(thrown)}`;
    throw new WorldError("OBJECT_NOT_STORED", message, thrown);
  }
}

async function replaceBy(aside: string, path: string, bytes: Uint8Array): Promise<string> {
  await writeSynced(aside, bytes, { flags: "wx" });
  await rename(aside, path);
  await syncFolder(dirname(path));
  return path;
}

function pathOf(folder: string, key: string): string {
  return join(folder, createHash("sha256").update(key).digest("hex"));
}
