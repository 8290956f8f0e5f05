/**
 * An object of a bucket as an answer: type, tag, age, coding, range.
 *
 * A name that holds a hash of its content may be kept for ever; everything else is asked for again,
 * which its tag makes cheap. Ranges are of the content as it is, never of a compressed form.
 */

import type { Coding, ObjectFile } from "../objects/mod.ts";
import { chooseCoding } from "./content-coding.ts";
import { type ByteRange, parseRange } from "./range.ts";

/** `file` is `undefined` when the bucket has no such object. */
export async function serveObject(
  request: Request,
  key: string,
  file: ObjectFile | undefined,
): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return plain(405, "Method Not Allowed", { Allow: "GET, HEAD" });
  }
  if (!file) return plain(404, "Not Found");
  const range = readRange(request, file);
  const coding =
    file.compressed && !range ? chooseCoding(request.headers.get("accept-encoding")) : undefined;
  const headers = describeFile(key, file, coding);
  if (isNotModified(request, file)) {
    headers.delete("Content-Type");
    headers.delete("Content-Encoding");
    return new Response(null, { status: 304, headers });
  }
  if (range === "unsatisfiable") {
    return plain(416, "Range Not Satisfiable", { "Content-Range": `bytes */${file.sizeBytes}` });
  }
  if (range) return servePart(file, range, headers);
  const body = coding ? await file.compressed?.(coding) : (file.bytes ?? Bun.file(file.path));
  return new Response(body as Uint8Array<ArrayBuffer> | Blob, { headers });
}

/** Only GET has ranges. [RFC9110-14.2] */
function readRange(request: Request, file: ObjectFile): ReturnType<typeof parseRange> {
  if (request.method !== "GET" || !isRangeCurrent(request, file)) return undefined;
  return parseRange(request.headers.get("range"), file.sizeBytes);
}

function servePart(file: ObjectFile, range: ByteRange, headers: Headers): Response {
  const { start, end } = range;
  headers.set("Content-Range", `bytes ${start}-${end - 1}/${file.sizeBytes}`);
  const body = file.bytes?.subarray(start, end) ?? Bun.file(file.path).slice(start, end);
  return new Response(body as Uint8Array<ArrayBuffer> | Blob, { status: 206, headers });
}

function describeFile(key: string, file: ObjectFile, coding: Coding | undefined): Headers {
  const headers = new Headers({
    "Content-Type": file.contentType,
    ETag: tagOf(file, coding),
    "Last-Modified": new Date(file.modifiedMs).toUTCString(),
    "Accept-Ranges": "bytes",
    "Cache-Control": isNamedByHash(key) ? "public, max-age=31536000, immutable" : "no-cache",
    "X-Content-Type-Options": "nosniff",
  });
  if (file.compressed) headers.set("Vary", "Accept-Encoding");
  if (coding) headers.set("Content-Encoding", coding);
  return headers;
}

/** Each coding is a representation of its own, so it has a tag of its own. [RFC9110-8.8.3.3] */
function tagOf(file: ObjectFile, coding: Coding | undefined): string {
  return coding ? `${file.etag.slice(0, -1)}-${coding}"` : file.etag;
}

function isNotModified(request: Request, file: ObjectFile): boolean {
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
function isRangeCurrent(request: Request, file: ObjectFile): boolean {
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

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      "X-Content-Type-Options": "nosniff",
      ...headers,
    },
  });
}
