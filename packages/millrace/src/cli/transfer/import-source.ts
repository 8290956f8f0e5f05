/**
 * The lines that an import reads: of a file, compressed or not, or of the data files of an export
 * in the service's layout, which are held against the MD5 that its manifest names.
 */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import type { ManifestFile } from "./export-folder.ts";

/** Of a line in UTF-16 units: more than the largest item comes to, however it is written. */
export const lineLengthMax = 8 * 1024 * 1024;

/** Why there is nothing to read, in words for people. */
export class SourceProblem extends Error {
  override name = "SourceProblem";
}

export interface SourceLine {
  readonly text: string;
  /** Over all files, beginning with 1: where an import can go on. */
  readonly number: number;
  readonly file: string;
  /** Within its file. */
  readonly lineOfFile: number;
}

export interface ImportSource {
  /** As far as the manifest knows. */
  readonly itemCount?: number;
  /** Whether each line has its item in `Item`; absent: that is not known. */
  readonly isWrapped?: boolean;
  /** A line that is longer than `lineLengthMax` is cut behind that, and the last. */
  lines(): AsyncIterable<SourceLine>;
}

/** Refuses what is neither a file nor an export, and a folder that has several. */
export async function openSource(path: string): Promise<ImportSource> {
  const kind = await stat(path).catch(() => undefined);
  if (!kind) throw new SourceProblem(`there is no "${path}"`);
  if (!kind.isDirectory()) return { lines: () => numbered([{ path }]) };
  const folder = await findExport(path);
  const text = await readFile(join(folder, "manifest-files.json"), "utf8");
  const files = text.split("\n").filter(Boolean).map(readManifestLine);
  const itemCount = files.reduce((sum, file) => sum + file.itemCount, 0);
  const parts = files.map(({ dataFileS3Key, md5Checksum }) => {
    return { path: join(folder, "data", basename(dataFileS3Key)), md5: md5Checksum };
  });
  return { itemCount, isWrapped: true, lines: () => numbered(parts) };
}

/** The folder itself, or the one export under it. */
async function findExport(path: string): Promise<string> {
  const names = await readdir(path);
  if (names.includes("manifest-summary.json")) {
    await checkSummary(path);
    return path;
  }
  const below = names.includes("AWSDynamoDB") ? join(path, "AWSDynamoDB") : path;
  const found: string[] = [];
  for (const name of await readdir(below)) {
    const summary = join(below, name, "manifest-summary.json");
    if (await stat(summary).catch(() => undefined)) found.push(join(below, name));
  }
  const [only, ...others] = found;
  if (only === undefined) {
    throw new SourceProblem(`"${path}" has no manifest-summary.json: it is no finished export`);
  }
  if (others.length > 0) {
    throw new SourceProblem(`"${path}" has ${found.length} exports: name the folder of one`);
  }
  await checkSummary(only);
  return only;
}

async function checkSummary(folder: string): Promise<void> {
  const path = join(folder, "manifest-summary.json");
  const summary = parseObject(await readFile(path, "utf8"), path);
  const { outputFormat, exportType = "FULL_EXPORT" } = summary;
  if (outputFormat !== "DYNAMODB_JSON" || exportType !== "FULL_EXPORT") {
    const what = `${String(exportType)} in ${String(outputFormat)}`;
    throw new SourceProblem(
      `"${path}" is of a ${what}; a FULL_EXPORT in DYNAMODB_JSON can be read`,
    );
  }
}

function readManifestLine(text: string): ManifestFile {
  const line = parseObject(text, "manifest-files.json");
  if (typeof line.dataFileS3Key === "string" && typeof line.md5Checksum === "string") {
    return line as unknown as ManifestFile;
  }
  throw new SourceProblem(`manifest-files.json has a line that names no data file: ${text}`);
}

function parseObject(text: string, place: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
  }
  throw new SourceProblem(`${place} is not JSON`);
}

interface Part {
  readonly path: string;
  readonly md5?: string;
}

async function* numbered(parts: readonly Part[]): AsyncIterable<SourceLine> {
  let number = 0;
  for (const { path, md5 } of parts) {
    if (md5 !== undefined) await checkMd5(path, md5);
    let lineOfFile = 0;
    for await (const text of linesOf(path)) {
      number += 1;
      lineOfFile += 1;
      if (text.trim() !== "") yield { text, number, file: path, lineOfFile };
    }
  }
}

async function checkMd5(path: string, wanted: string): Promise<void> {
  const md5 = createHash("md5");
  for await (const chunk of openFile(path)) md5.update(chunk as Uint8Array);
  if (md5.digest("base64") === wanted) return;
  throw new SourceProblem(`"${path}" is not the file of which the manifest has the MD5`);
}

async function* openFile(path: string): AsyncIterable<Uint8Array> {
  if (!(await stat(path).catch(() => undefined))) throw new SourceProblem(`there is no "${path}"`);
  yield* createReadStream(path);
}

/** What goes wrong with the file is told by the stream that is read. */
function unpacked(path: string): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip();
  pipeline(createReadStream(path), gunzip, () => {});
  return gunzip;
}

async function* linesOf(path: string): AsyncIterable<string> {
  const bytes = path.endsWith(".gz") ? unpacked(path) : openFile(path);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  try {
    for await (const chunk of bytes) {
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n");
      rest = lines.pop()!;
      yield* lines;
      if (rest.length > lineLengthMax) break;
    }
    if (rest.length <= lineLengthMax) rest += decoder.decode();
  } catch (thrown) {
    if (thrown instanceof SourceProblem) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new SourceProblem(`"${path}" cannot be read on: ${reason}`);
  }
  if (rest !== "") yield rest;
}
