/**
 * The code of functions that were made over the API, and of published versions: a folder for each
 * state of the code, named by its digest, written aside and on disk before anything refers to it.
 */

import { createHash, type Hash } from "node:crypto";
import { existsSync } from "node:fs";
import {
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readdir,
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
  await writeAside(functionFolder, async (aside) => {
    await writeFiles(aside, files);
    return code;
  });
  return code;
}

/** Gives the code its name when all of it is on disk; without an answer nothing stays. */
async function writeAside(
  functionFolder: string,
  write: (aside: string) => Promise<StoredCode | undefined>,
): Promise<StoredCode | undefined> {
  await mkdir(functionFolder, { recursive: true });
  const aside = await mkdtemp(join(functionFolder, asidePrefix));
  try {
    const code = await write(aside);
    const folder = code && join(functionFolder, code.codeFolderName);
    if (folder && !existsSync(folder)) await rename(aside, folder);
    if (folder) await syncFolder(functionFolder);
    return code;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function writeFiles(folder: string, files: readonly ArchivedFile[]): Promise<void> {
  for (const { path, bytes, executable } of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeSynced(file, bytes, { flags: "w", mode: modeOf(executable) });
  }
  const paths = files.map(({ path }) => path);
  await syncFolders(folder, paths);
}

function modeOf(executable: boolean): number {
  return executable ? 0o755 : 0o644;
}

/** All that the files below the folder lie in. */
async function syncFolders(folder: string, paths: readonly string[]): Promise<void> {
  const folders = new Set([folder]);
  for (const path of paths) {
    let parent = dirname(join(folder, path));
    for (; !folders.has(parent); parent = dirname(parent)) folders.add(parent);
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

/** No part of it is taken for the whole; where it cannot go now, the next start tries again. */
export async function removeCode(functionFolder: string, codeFolderName: string): Promise<void> {
  const aside = join(functionFolder, `${asidePrefix}${codeFolderName}`);
  await rename(join(functionFolder, codeFolderName), aside).catch(() => {});
  await rm(aside, { recursive: true, force: true }).catch(() => {});
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

/**
 * All files below the folder but what is left out, in the order of their names; links are followed,
 * rings are not.
 */
async function findCode({ folder, dataFolder }: CodeSource): Promise<string[]> {
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
function describeCode(files: readonly ArchivedFile[]): StoredCode {
  const hash = createHash("sha256");
  let codeBytes = 0;
  for (const { path, bytes, executable } of files) {
    hash.update(headOf(path, bytes.length, executable)).update(bytes);
    codeBytes += bytes.length;
  }
  return describeDigest(hash, codeBytes);
}

export interface CodeSource {
  readonly folder: string;
  readonly dataFolder: string | undefined;
}

/**
 * The same of the files below a folder, without holding more of them than a piece: code in the
 * folder of a project may be as large as all that it has installed.
 */
export function describeFolder(source: CodeSource): Promise<StoredCode> {
  return withAnotherTry(async () => {
    const reading = newReading(source);
    for (const path of await findCode(source)) await readFile(path, reading);
    return describeDigest(reading.hash, reading.codeBytes);
  });
}

/**
 * Copies those files to where `writeCode` would write the same ones, a piece at a time.
 * `undefined`: they are larger than `bytesMax`.
 */
export function copyCode(
  functionFolder: string,
  source: CodeSource,
  bytesMax: number,
): Promise<StoredCode | undefined> {
  const copy = async (aside: string) => {
    const reading = newReading(source, aside);
    const paths = await findCode(source);
    for (const path of paths) {
      await readFile(path, reading);
      if (reading.codeBytes > bytesMax) return undefined;
    }
    const copied = paths.map((path) => relative(source.folder, path));
    await syncFolders(aside, copied);
    return describeDigest(reading.hash, reading.codeBytes);
  };
  return withAnotherTry(() => writeAside(functionFolder, copy));
}

const pieceBytes = 262_144;
const readTriesMax = 5;

/** What has been read so far, and where it is copied to. */
interface Reading {
  readonly folder: string;
  readonly copyFolder: string | undefined;
  readonly hash: Hash;
  readonly piece: Uint8Array;
  codeBytes: number;
}

function newReading({ folder }: CodeSource, copyFolder?: string): Reading {
  const hash = createHash("sha256");
  return { folder, copyFolder, hash, piece: new Uint8Array(pieceBytes), codeBytes: 0 };
}

async function readFile(path: string, reading: Reading): Promise<void> {
  const { folder, copyFolder, hash } = reading;
  const name = relative(folder, path);
  const { mode, size } = await stat(path);
  const executable = (mode & 0o111) !== 0;
  hash.update(headOf(name, size, executable));
  reading.codeBytes += size;
  if (copyFolder === undefined) return readPieces(path, reading);
  const copied = join(copyFolder, name);
  await mkdir(dirname(copied), { recursive: true });
  const copy = await open(copied, "w", modeOf(executable));
  try {
    await readPieces(path, reading, copy);
    await copy.sync();
  } finally {
    await copy.close();
  }
}

async function readPieces(
  path: string,
  { hash, piece }: Reading,
  copy?: Pick<FileHandle, "writeFile">,
): Promise<void> {
  const file = await open(path);
  try {
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length);
      if (bytesRead === 0) return;
      const bytes = piece.subarray(0, bytesRead);
      hash.update(bytes);
      await copy?.writeFile(bytes); // where the last piece ended
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
