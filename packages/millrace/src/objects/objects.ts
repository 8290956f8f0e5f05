/**
 * Buckets whose objects are the files of a folder, and buckets that are written to.
 *
 * A file is looked at on every read, and read again when its size or its time of change differs.
 * Small files stay in memory, with their compressed forms; large ones are left to be streamed from
 * disk. In a bucket with a build what the bundler made comes first, and its TypeScript sources are
 * no objects.
 *
 * A bucket whose objects come from a folder is read-only: the folder is the author's.
 *
 * Left out: listing, deleting, versions.
 */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Logger, utf8 } from "../base/mod.ts";
import { type Coding, compress } from "./compression.ts";
import { contentTypeOf, isCompressible } from "./content-type.ts";
import type { BucketDefinition } from "./definition.ts";
import {
  compressedFileBytesMin,
  keyBytesMax,
  memoryBytesMax,
  memoryFileBytesMax,
} from "./limits.ts";
import { type FileLocation, locateFile } from "./location.ts";
import { Memory } from "./memory.ts";
import { clearUnfinished, locateWritten, writeObject } from "./written.ts";

export interface ObjectFile {
  readonly contentType: string;
  /** Strong, made from the content, with its quotes. */
  readonly etag: string;
  readonly modifiedMs: number;
  readonly sizeBytes: number;
  /** Absolute; to stream from when there are no `bytes`. */
  readonly path: string;
  /** Absent when the file is too large to be kept in memory. */
  readonly bytes?: Uint8Array;
  /** The content compressed; absent when that would save nothing. */
  readonly compressed?: (coding: Coding) => Promise<Uint8Array>;
}

/** What the bundler is asked for; a function of the part that has one. */
export type BuildForBrowser = (request: {
  readonly sourceFolder: string;
  readonly entryPoints: readonly string[];
  readonly minify: boolean;
  readonly target: string;
  readonly sourcemap: boolean;
  readonly outFolder: string;
}) => Promise<Omit<BucketProblem, "bucketName">[]>;

export interface BucketProblem {
  readonly bucketName: string;
  readonly message: string;
  readonly file?: string;
  /** From 1, as `column`. */
  readonly line?: number;
  readonly column?: number;
}

export interface ObjectsOptions {
  readonly definitions: readonly BucketDefinition[];
  readonly build: BuildForBrowser;
  /** For bundles; absolute. */
  readonly workFolder: string;
  /** For what is written; absolute. Absent: nothing can be. */
  readonly storeFolder?: string;
  readonly logger: Logger;
}

export interface Objects {
  /** Builds what is to be built; answers with what is wrong in the sources. */
  start(): Promise<BucketProblem[]>;
  /** `undefined`: no such bucket, or no such object in it. The key is not percent-encoded. */
  read(bucketName: string, key: string): Promise<ObjectFile | undefined>;
  /**
   * Answers when the object is on disk, in the place of one that was there. Rejects with a
   * `WorldError` when the machine fails.
   */
  write(object: ObjectToWrite): Promise<WriteOutcome>;
}

export interface ObjectToWrite {
  readonly bucketName: string;
  readonly key: string;
  readonly bytes: Uint8Array;
}

export type WriteOutcome = "stored" | "no-such-bucket" | "read-only" | "key-invalid";

const buildSource = /\.[cm]?tsx?$/;

/** Reading works before `start`, but finds no bundles. */
export function createObjects(options: ObjectsOptions): Objects {
  const buckets = new Map(options.definitions.map((definition) => [definition.name, definition]));
  const memory = new Memory<RememberedFile>(memoryBytesMax);
  const { storeFolder } = options;
  const storeOf = (bucketName: string) => storeFolder && join(storeFolder, bucketName);
  const outFolderOf = (bucketName: string) => join(options.workFolder, bucketName, "built");

  async function start(): Promise<BucketProblem[]> {
    const stores = options.definitions.map(({ name }) => storeOf(name));
    await Promise.all(stores.map((store) => store !== undefined && clearUnfinished(store)));
    const problems = await Promise.all(
      options.definitions.map(async ({ name, sourceFolder, build }) => {
        if (!build || !sourceFolder) return [];
        const found = await options.build({ ...build, sourceFolder, outFolder: outFolderOf(name) });
        options.logger.debug("bucket built", { bucket: name, problems: found.length });
        return found.map((problem) => ({ bucketName: name, ...problem }));
      }),
    );
    return problems.flat();
  }

  async function read(bucketName: string, key: string): Promise<ObjectFile | undefined> {
    const bucket = buckets.get(bucketName);
    if (!bucket) return undefined;
    if (!bucket.sourceFolder) {
      const store = storeOf(bucketName);
      const written = store === undefined ? undefined : await locateWritten(store, key);
      return written && describeFile(written, key, memory);
    }
    const built = bucket.build && (await locateFile(outFolderOf(bucketName), key));
    if (!built && bucket.build && buildSource.test(key)) return undefined;
    const location = built ?? (await locateFile(bucket.sourceFolder, key));
    return location && describeFile(location, key, memory);
  }

  async function write({ bucketName, key, bytes }: ObjectToWrite): Promise<WriteOutcome> {
    const bucket = buckets.get(bucketName);
    if (!bucket) return "no-such-bucket";
    const store = storeOf(bucketName);
    if (bucket.sourceFolder || store === undefined) return "read-only";
    if (key === "" || !key.isWellFormed() || utf8(key).length > keyBytesMax) return "key-invalid";
    memory.delete(await writeObject(store, key, bytes));
    return "stored";
  }

  return { start, read, write };
}

interface RememberedFile {
  readonly location: FileLocation;
  readonly etag: string;
  readonly bytes?: Uint8Array;
  readonly compressed: Map<Coding, Promise<Uint8Array>>;
}

async function describeFile(
  location: FileLocation,
  key: string,
  memory: Memory<RememberedFile>,
): Promise<ObjectFile> {
  const { path, sizeBytes, modifiedMs } = location;
  let remembered = memory.get(path);
  if (!remembered || !isSame(remembered.location, location)) {
    remembered = await rememberFile(location);
    memory.set(path, remembered, footprint(remembered));
  }
  const { bytes, etag } = remembered;
  const contentType = contentTypeOf(key);
  // What was read counts: the file may have changed since it was looked at.
  const file = {
    path,
    sizeBytes: bytes?.length ?? sizeBytes,
    modifiedMs,
    contentType,
    etag,
    bytes,
  };
  if (!bytes || bytes.length < compressedFileBytesMin || !isCompressible(contentType)) return file;
  const known = remembered;
  return { ...file, compressed: (coding) => compressOnce(known, bytes, coding) };
}

async function rememberFile(location: FileLocation): Promise<RememberedFile> {
  const compressed = new Map<Coding, Promise<Uint8Array>>();
  const hash = createHash("sha256");
  if (location.sizeBytes > memoryFileBytesMax) {
    for await (const chunk of createReadStream(location.path)) hash.update(chunk);
    return { location, etag: etagOf(hash.digest()), compressed };
  }
  const bytes = await readFile(location.path);
  return { location, etag: etagOf(hash.update(bytes).digest()), bytes, compressed };
}

function compressOnce(file: RememberedFile, bytes: Uint8Array, coding: Coding) {
  let made = file.compressed.get(coding);
  if (!made) {
    made = compress(bytes, coding, "once");
    file.compressed.set(coding, made);
  }
  return made;
}

function etagOf(digest: Buffer): string {
  return `"${digest.toString("base64url").slice(0, 27)}"`;
}

function isSame(left: FileLocation, right: FileLocation): boolean {
  return left.sizeBytes === right.sizeBytes && left.modifiedMs === right.modifiedMs;
}

/** Counts the compressed forms as if they were there, so that making one needs no new count. */
function footprint(file: RememberedFile): number {
  return 512 + 2 * (file.bytes?.length ?? 0);
}
