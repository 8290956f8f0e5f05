/**
 * The code of functions that were made over the API, and of published versions: a folder for each
 * state of the code, named by its digest, written once and on disk before anything refers to it.
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { syncFolder, writeSynced } from "../../storage/mod.ts";
import type { ArchivedFile } from "./unzip.ts";

export interface StoredCode {
  readonly codeFolderName: string;
  /** In base64, as AWS gives it. */
  readonly codeSha256: string;
  readonly codeBytes: number;
}

/** Writes the files under `functionFolder`, unless the same files are there already. */
export async function writeCode(
  functionFolder: string,
  files: readonly ArchivedFile[],
): Promise<StoredCode> {
  const code = describeCode(files);
  const folder = join(functionFolder, code.codeFolderName);
  if (existsSync(folder)) return code;
  const unfinished = `${folder}.part`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const folders = new Set([unfinished]);
  for (const { path, bytes, executable } of files) {
    const file = join(unfinished, path);
    await mkdir(dirname(file), { recursive: true });
    for (let parent = dirname(file); !folders.has(parent); parent = dirname(parent)) {
      folders.add(parent);
    }
    await writeSynced(file, bytes, { flags: "w", mode: executable ? 0o755 : 0o644 });
  }
  for (const one of folders) await syncFolder(one);
  await rename(unfinished, folder);
  await syncFolder(functionFolder);
  return code;
}

/** All files below the folder, in the order of their names; links are followed. */
export async function readCode(folder: string): Promise<ArchivedFile[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const files: ArchivedFile[] = [];
  for (const path of paths) {
    const { mode } = await stat(path);
    const bytes = new Uint8Array(await readFile(path));
    files.push({ path: relative(folder, path), bytes, executable: (mode & 0o111) !== 0 });
  }
  return files;
}

/** Digest, size and the name of the folder that the files would have. */
export function describeCode(files: readonly ArchivedFile[]): StoredCode {
  const hash = createHash("sha256");
  let codeBytes = 0;
  for (const { path, bytes, executable } of files) {
    hash.update(`${path}\0${bytes.length}\0${executable}\0`).update(bytes);
    codeBytes += bytes.length;
  }
  const digest = hash.digest();
  const codeFolderName = `code-${digest.toString("hex").slice(0, 32)}`;
  return { codeFolderName, codeSha256: digest.toString("base64"), codeBytes };
}
