/**
 * An object of a bucket as an answer: type, tag, age, coding, range.
 *
 * A name that holds a hash of its content may be kept for ever; everything else is asked for again,
 * which its tag makes cheap. Ranges are of the content as it is, never of a compressed form.
 */

import { noBytes } from "../base/mod.ts";
import type { Coding, ObjectFile } from "../objects/mod.ts";
import type { Answer } from "./answer.ts";
import { AnswerHeaders } from "./answer-headers.ts";
import { chooseCoding } from "./content-coding.ts";
import { pieceFileBytesMin } from "./limits.ts";
import { type ByteRange, parseRange } from "./range.ts";
import type { Incoming } from "./request.ts";

type Asked = Pick<Incoming, "method" | "headers">;

/** `file` is `undefined` when the bucket has no such object. */
export async function serveObject(
  request: Asked,
  key: string,
  file: ObjectFile | undefined,
): Promise<Answer> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return plain(405, "Method Not Allowed", { allow: "GET, HEAD" });
  }
  if (!file) return plain(404, "Not Found");
  const range = readRange(request, file);
  const coding =
    file.compressed && !range ? chooseCoding(request.headers.get("accept-encoding")) : undefined;
  const headers = describeFile(key, file, coding);
  if (isNotModified(request, file)) {
    headers.delete("content-type");
    headers.delete("content-encoding");
    return { status: 304, headers, body: noBytes };
  }
  if (range === "unsatisfiable") {
    return plain(416, "Range Not Satisfiable", { "content-range": `bytes */${file.sizeBytes}` });
  }
  if (range) return servePart(file, range, headers);
  const compressed = coding && (await file.compressed?.(coding));
  const body = compressed ?? file.bytes ?? (await bodyOf(Bun.file(file.path)));
  return { status: 200, headers, body };
}

/** Only GET has ranges. [RFC9110-14.2] */
function readRange(request: Asked, file: ObjectFile): ReturnType<typeof parseRange> {
  if (request.method !== "GET" || !isRangeCurrent(request, file)) return undefined;
  return parseRange(request.headers.get("range"), file.sizeBytes);
}

async function servePart(
  file: ObjectFile,
  { start, end }: ByteRange,
  headers: AnswerHeaders,
): Promise<Answer> {
  headers.set("content-range", `bytes ${start}-${end - 1}/${file.sizeBytes}`);
  const bytes = file.bytes?.subarray(start, end);
  const body = bytes ?? (await bodyOf(Bun.file(file.path).slice(start, end)));
  return { status: 206, headers, body };
}

/** A large file is never in memory as a whole. */
async function bodyOf(file: Blob): Promise<Answer["body"]> {
  if (file.size < pieceFileBytesMin) return file.bytes();
  return { length: file.size, pieces: file.stream() };
}

function describeFile(key: string, file: ObjectFile, coding: Coding | undefined): AnswerHeaders {
  const headers = AnswerHeaders.of({
    "content-type": file.contentType,
    etag: tagOf(file, coding),
    "last-modified": new Date(file.modifiedMs).toUTCString(),
    "accept-ranges": "bytes",
    "cache-control": isNamedByHash(key) ? "public, max-age=31536000, immutable" : "no-cache",
    "x-content-type-options": "nosniff",
  });
  if (file.compressed) headers.set("vary", "Accept-Encoding");
  if (coding) headers.set("content-encoding", coding);
  return headers;
}

/** Each coding is a representation of its own, so it has a tag of its own. [RFC9110-8.8.3.3] */
function tagOf(file: ObjectFile, coding: Coding | undefined): string {
  return coding ? `${file.etag.slice(0, -1)}-${coding}"` : file.etag;
}

function isNotModified(request: Asked, file: ObjectFile): boolean {
  const tags = request.headers.get("if-none-match");
  if (tags !== null) {
    if (tags.trim() === "*") return true;
    const known = [file.etag, tagOf(file, "br"), tagOf(file, "gzip")];
    return tags.split(",").some((tag) => known.includes(tag.trim().replace(/^W\//, "")));
  }
  const since = Date.parse(request.headers.get("if-modified-since") ?? "");
  return secondsOf(file.modifiedMs) <= secondsOf(since);
}

/**
 * With If-Range, a range counts only for the representation that the client already has part of.
 */
function isRangeCurrent(request: Asked, file: ObjectFile): boolean {
  const condition = request.headers.get("if-range");
  if (condition === null) return true;
  if (condition.startsWith('"')) return condition === file.etag;
  return secondsOf(file.modifiedMs) === secondsOf(Date.parse(condition));
}

function secondsOf(ms: number): number {
  return Math.floor(ms / 1000);
}

/** `app-3f9d0a7c.js`, `app.3f9d0a7c.css`, and esbuild's `app-K2JX7QQA.js`. */
function isNamedByHash(key: string): boolean {
  const found = /[.-]([0-9a-f]{8,64}|[A-Z2-7]{8})\.\w+(\.map)?$/.exec(key);
  return found !== null && /\d|^[A-Z2-7]{8}$/.test(found[1]!);
}

function plain(status: number, text: string, more: Record<string, string> = {}): Answer {
  const own = {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
  };
  return { status, headers: AnswerHeaders.of({ ...own, ...more }), body: `${text}\n` };
}
