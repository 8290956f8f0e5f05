/**
 * The record beside a bundle: what it was made from, so that the next start need not make it again.
 *
 * A bundle is fresh when it was made with the same options and every file that went into it, or was
 * looked for, has its size and time of change, and every file that came out is still there.
 */

import type { Stats } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface BundleRecord {
  /** The options and the bundler's version, as text. */
  readonly key: string;
  readonly inputs: readonly FileState[];
  readonly outputs: readonly FileState[];
}

/** `state` is absent for a file that does not exist; its appearance makes the bundle stale. */
export interface FileState {
  readonly path: string;
  readonly state?: string;
}

const fileName = "bundle.json";

/** Whether the record in `folder` has this key and says of every file what is true now. */
export async function isFresh(folder: string, key: string): Promise<boolean> {
  const record = await readRecord(folder);
  if (record?.key !== key) return false;
  return !(await isChanged([...record.inputs, ...record.outputs]));
}

/** Whether one of the files is not as it was. */
export async function isChanged(files: readonly FileState[]): Promise<boolean> {
  const now = await Promise.all(files.map(({ path }) => stateOf(path)));
  return files.some((file, at) => file.state !== now[at]!.state);
}

/** `folder` exists; what was recorded there is replaced. */
export async function writeRecord(folder: string, record: BundleRecord): Promise<void> {
  await writeFile(join(folder, fileName), JSON.stringify(record));
}

/** How the file is now; files that cannot be looked at count as absent. */
export async function stateOf(path: string): Promise<FileState> {
  const found = await stat(path).catch(() => undefined); // absent, or as good as absent
  return found ? { path, state: describe(found) } : { path };
}

function describe({ size, mtimeMs }: Stats): string {
  return `${size} ${mtimeMs}`;
}

/** What was read of a file, at some moment after `beganMs` by the clock that files have. */
export interface FileRead {
  readonly path: string;
  readonly bytes?: number | undefined;
  readonly beganMs: number;
}

/**
 * How a file is that was read. One that has changed since may have been read before that, or in the
 * middle of it: its state is then none that a file can have.
 */
export async function stateOfRead({ path, bytes, beganMs }: FileRead): Promise<FileState> {
  const found = await stat(path).catch(() => undefined); // absent, or as good as absent
  if (!found) return { path };
  const hasChanged = found.ctimeMs > beganMs || (bytes !== undefined && bytes !== found.size);
  return hasChanged ? { path, state: "changed meanwhile" } : { path, state: describe(found) };
}

/** What the bundle in `outFolder` was made from, and came to; empty where nothing is recorded. */
export async function stateOfBundle(
  outFolder: string,
): Promise<Pick<BundleRecord, "inputs" | "outputs">> {
  return (await readRecord(recordFolderOf(outFolder))) ?? { inputs: [], outputs: [] };
}

/** Beside the folder, not in it: what is in it may be served. */
export function recordFolderOf(outFolder: string): string {
  return `${outFolder}.record`;
}

async function readRecord(folder: string): Promise<BundleRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, fileName), "utf8"));
  } catch {
    return undefined; // no record, or a torn one: the bundle is made again
  }
}
