/**
 * The code of functions that were made over the API, and of published versions: a folder for each
 * state of the code, named by its digest, written aside and on disk before anything refers to it.
 */

import { createHash, type Hash } from "node:crypto";
import { existsSync } from "node:fs";
import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { syncFolder, writeSynced } from "../../storage/mod.ts";
import { isLeftOut } from "../left-out.ts";
import { pythonCacheFolderOf } from "../variables.ts";
import type { ArchivedFile } from "./unzip.ts";

export interface StoredCode {
  readonly codeFolderName: string;
  /** In base64, as AWS gives it. */
  readonly codeSha256: string;
  readonly codeBytes: number;
}

const codePrefix = "code-";
const asidePrefix = "new-code-";

/** Writes the files under `functionFolder`, unless the same files are there already. */
export async function writeCode(
  functionFolder: string,
  files: readonly ArchivedFile[],
): Promise<StoredCode> {
  const code = describeCode(files);
  const folder = join(functionFolder, code.codeFolderName);
  if (existsSync(folder)) return code;
  await mkdir(functionFolder, { recursive: true });
  const aside = await mkdtemp(join(functionFolder, asidePrefix));
  try {
    await writeFiles(aside, files);
    await rename(aside, folder);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  await syncFolder(functionFolder);
  return code;
}

async function writeFiles(folder: string, files: readonly ArchivedFile[]): Promise<void> {
  const folders = new Set([folder]);
  for (const { path, bytes, executable } of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    for (let parent = dirname(file); !folders.has(parent); parent = dirname(parent)) {
      folders.add(parent);
    }
    await writeSynced(file, bytes, { flags: "w", mode: executable ? 0o755 : 0o644 });
  }
  for (const one of folders) await syncFolder(one);
}

/**
 * Removes the code that nothing refers to, what a crash has left half written, and what Python has
 * compiled.
 */
export async function clearCode(functionFolder: string, kept: ReadonlySet<string>): Promise<void> {
  const names = await readdir(functionFolder).catch(() => []); // it has none
  const stale = names.filter((name) =>
    name.startsWith(codePrefix) ? !kept.has(name) : name.startsWith(asidePrefix),
  );
  const folders = [
    ...stale.map((name) => join(functionFolder, name)),
    pythonCacheFolderOf(functionFolder),
  ];
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
}

/** A part of it is never taken for the whole; where it cannot go now, the next start tries again. */
export async function removeCode(functionFolder: string, codeFolderName: string): Promise<void> {
  const aside = join(functionFolder, `${asidePrefix}${codeFolderName}`);
  await rename(join(functionFolder, codeFolderName), aside).catch(() => {});
  await rm(aside, { recursive: true, force: true }).catch(() => {});
}

/**
 * All files below the folder but what is left out, in the order of their names; links are followed,
 * rings are not.
 */
export function readCode(folder: string, dataFolder: string | undefined): Promise<ArchivedFile[]> {
  return withAnotherTry(() => readOnce(folder, dataFolder));
}

/** Where a file is gone between listing and reading, as while packages are installed: anew. */
async function withAnotherTry<T>(read: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await read();
    } catch (thrown) {
      const isGone = (thrown as NodeJS.ErrnoException).code === "ENOENT";
      if (!isGone || count === readTriesMax) throw thrown;
    }
  }
}

async function readOnce(folder: string, dataFolder: string | undefined): Promise<ArchivedFile[]> {
  const files: ArchivedFile[] = [];
  for (const path of await findCode(folder, dataFolder)) {
    const { mode } = await stat(path);
    const bytes = new Uint8Array(await readFile(path));
    files.push({ path: relative(folder, path), bytes, executable: (mode & 0o111) !== 0 });
  }
  return files;
}

async function findCode(folder: string, dataFolder: string | undefined): Promise<string[]> {
  const paths: string[] = [];
  const isCode = async (path: string) => !(await isLeftOut(path, dataFolder));
  await findFiles(folder, { above: [], isCode, found: paths });
  return paths.sort();
}

interface Finding {
  readonly above: readonly string[];
  readonly isCode: (path: string) => Promise<boolean>;
  readonly found: string[];
}

async function findFiles(folder: string, { above, isCode, found }: Finding): Promise<void> {
  const real = await realpath(folder);
  if (above.includes(real)) return;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!(await isCode(path))) continue;
    const entry = await stat(path).catch(() => undefined); // a link to nothing
    if (entry?.isDirectory()) {
      await findFiles(path, { above: [...above, real], isCode, found });
    } else if (entry?.isFile()) found.push(path);
  }
}

/** Digest, size and the name of the folder that the files would have. */
export function describeCode(files: readonly ArchivedFile[]): StoredCode {
  const hash = createHash("sha256");
  let codeBytes = 0;
  for (const { path, bytes, executable } of files) {
    hash.update(headOf(path, bytes.length, executable)).update(bytes);
    codeBytes += bytes.length;
  }
  return describeDigest(hash, codeBytes);
}

/**
 * The same of the files that `readCode` would read, without holding more of them than a piece: code
 * in the folder of a project may be as large as all that it has installed.
 */
export function describeFolder(
  folder: string,
  dataFolder: string | undefined,
): Promise<StoredCode> {
  return withAnotherTry(() => describeOnce(folder, dataFolder));
}

async function describeOnce(folder: string, dataFolder: string | undefined): Promise<StoredCode> {
  const hash = createHash("sha256");
  const piece = new Uint8Array(pieceBytes);
  let codeBytes = 0;
  for (const path of await findCode(folder, dataFolder)) {
    const { mode, size } = await stat(path);
    hash.update(headOf(relative(folder, path), size, (mode & 0o111) !== 0));
    await hashFile(path, hash, piece);
    codeBytes += size;
  }
  return describeDigest(hash, codeBytes);
}

const pieceBytes = 262_144;
const readTriesMax = 5;

async function hashFile(path: string, hash: Hash, piece: Uint8Array): Promise<void> {
  const file = await open(path);
  try {
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length);
      if (bytesRead === 0) return;
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

function headOf(path: string, length: number, executable: boolean): string {
  return `${path}\0${length}\0${executable}\0`;
}

function describeDigest(hash: Hash, codeBytes: number): StoredCode {
  const digest = hash.digest();
  const codeFolderName = `${codePrefix}${digest.toString("hex").slice(0, 32)}`;
  return { codeFolderName, codeSha256: digest.toString("base64"), codeBytes };
}
