/**
 * The head of a request of the plain kind: one of the common methods, a path, `HTTP/1.1`, headers
 * as every client sends them, at most one length for its body, nothing agreed upon but an upgrade.
 *
 * It is no parser of all of HTTP: at anything else it says so, and the bytes go to a server that is
 * one. So nothing is decided here that two readers could see differently. [RFC 9112]
 */

import { headBytesMax, headersMax } from "../limits.ts";
import { type Span, withoutBlanks, wordsOf } from "./header-list.ts";

/**
 * Headers by their names in lower case: where a value stands, counted from the end of the first
 * line; what came in several lines is a joined text.
 */
export type HeaderSpans = ReadonlyMap<string, Span | string>;

/** The headers of one request, each decoded when it is asked for. */
export class RequestHeaders {
  readonly #bytes: Buffer;
  /** Where its first line ends. */
  readonly #start: number;
  readonly #spans: HeaderSpans;

  constructor(bytes: Buffer, start: number, spans: HeaderSpans) {
    this.#bytes = bytes;
    this.#start = start;
    this.#spans = spans;
  }

  /** `name` in lower case. */
  get(name: string): string | null {
    const span = this.#spans.get(name);
    return span === undefined ? null : this.#textOf(span);
  }

  has(name: string): boolean {
    return this.#spans.has(name);
  }

  keys(): Iterable<string> {
    return this.#spans.keys();
  }

  /** All of them, as an object of its own. */
  toRecord(): Record<string, string> {
    const record: Record<string, string> = {};
    for (const [name, span] of this.#spans) record[name] = this.#textOf(span);
    return record;
  }

  #textOf(span: Span | string): string {
    if (typeof span === "string") return span;
    return this.#bytes.toString("latin1", this.#start + span.from, this.#start + span.to);
  }
}

/** The first line of a request. */
export interface RequestLine {
  readonly method: string;
  /** Path and query, percent-encoded as a URL has them; no segments of dots, no fragment. */
  readonly target: string;
  readonly lineBytes: number;
}

/** What the headers of a request say, all but what follows from its first line. */
export interface HeaderBlock {
  readonly spans: HeaderSpans;
  /** With the empty line, behind the first. */
  readonly blockBytes: number;
  readonly bodyBytes: number;
  readonly isLast: boolean;
  readonly asksForUpgrade: boolean;
}

/** Why there is no reading: it is not all there, with nothing against it yet; of another kind. */
export type Unread = "partial" | "other";

const lineEnd = Buffer.from("\r\n");
const methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
const versionEnd = " HTTP/1.1";

/** A target that a URL has as it is. */
const plainTarget = /^\/[A-Za-z0-9\-._~!$&()*+,;=:@%/?[\]|]*$/;
/** A segment of dots may follow, which a URL resolves. */
const dotSegment = /\/(?:\.|%2e)/i;
/** ASCII that can be seen, but what a URL takes for a slash or the end. */
const printableTarget = /^\/[!"$-[\]-~]*$/;

/** Reads the first line of the request with which the bytes begin. */
export function readLine(bytes: Buffer): RequestLine | Unread {
  const end = bytes.indexOf(lineEnd);
  if (end < 0) return beginsPlain(bytes) ? "partial" : "other";
  if (end > headBytesMax) return "other";
  const line = bytes.toString("latin1", 0, end);
  const space = line.indexOf(" ");
  const method = line.slice(0, space);
  if (!methods.includes(method) || !line.endsWith(versionEnd)) return "other";
  const target = line.slice(space + 1, -versionEnd.length);
  const sound = plainTarget.test(target) && !dotSegment.test(target);
  const resolved = sound ? target : resolve(target);
  return resolved === undefined ? "other" : { method, target: resolved, lineBytes: end + 2 };
}

function beginsPlain(bytes: Buffer): boolean {
  const text = bytes.toString("latin1", 0, 16);
  const isMethod = methods.some((method) =>
    `${method} /`.startsWith(text.slice(0, method.length + 2)),
  );
  return isMethod && bytes.length < headBytesMax;
}

/** As the HTTP server behind would read it. */
function resolve(target: string): string | undefined {
  if (!printableTarget.test(target)) return undefined;
  const { pathname, search } = new URL(`http://localhost${target}`);
  return pathname + search;
}

/** Header lines: a name, a colon, text without controls. Line feeds alone end no line. */
const headerLines = /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*\r\n)+$/;

/** What asks for more than an answer. */
const demands = ["transfer-encoding", "expect", "trailer", "proxy-connection", "set-cookie"];
/** What says one thing, or nothing that can be relied on. */
const single = ["content-length", "host", "upgrade", "authorization"];

/** A name or an address, and a port; not each is one. */
const likelyHost = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** Reads the headers that begin at `start`. */
export function readBlock(bytes: Buffer, start: number): HeaderBlock | Unread {
  const text = bytes.toString("latin1", start, start + headBytesMax);
  const end = text.startsWith("\r\n") ? 0 : text.indexOf("\r\n\r\n");
  if (end < 0) return text.length < headBytesMax ? "partial" : "other";
  const lines = text.slice(0, end + 2);
  if (!headerLines.test(lines)) return "other";
  const spans = readLines(lines);
  if (!spans || demands.some((name) => spans.has(name))) return "other";
  const headers = new RequestHeaders(bytes, start, spans);
  const manner = readManner(headers);
  const length = headers.get("content-length") ?? "0";
  if (!manner || !/^\d{1,8}$/.test(length)) return "other";
  if (!isHost(headers.get("host") ?? "")) return "other";
  return { spans, blockBytes: end + 4, bodyBytes: Number(length), ...manner };
}

function isHost(host: string): boolean {
  return likelyHost.test(host) && URL.canParse(`http://${host}`);
}

/**
 * What is to become of the connection; `undefined`: something else than is known here. Whoever asks
 * for an upgrade may name other headers too, and an end, which is that of HTTP anyway.
 */
function readManner(
  headers: RequestHeaders,
): Pick<HeaderBlock, "isLast" | "asksForUpgrade"> | undefined {
  const words = wordsOf((headers.get("connection") ?? "").toLowerCase());
  const isLast = words.includes("close");
  const asksForUpgrade = words.includes("upgrade");
  const known = asksForUpgrade || words.every((word) => ["", "keep-alive", "close"].includes(word));
  const agrees = asksForUpgrade === headers.has("upgrade");
  return known && agrees ? { isLast, asksForUpgrade } : undefined;
}

/** `undefined` when what should be there once is there twice, or when there are too many. */
function readLines(lines: string): HeaderSpans | undefined {
  const spans = new Map<string, Span | string>();
  for (let at = 0; at < lines.length; ) {
    const colon = lines.indexOf(":", at);
    const end = lines.indexOf("\r\n", colon);
    const span = withoutBlanks(lines, colon + 1, end);
    const name = lines.slice(at, colon).toLowerCase();
    const before = spans.get(name);
    if (before === undefined) spans.set(name, span);
    else if (single.includes(name)) return undefined;
    else {
      const first = typeof before === "string" ? before : lines.slice(before.from, before.to);
      const joint = name === "cookie" ? "; " : ", ";
      spans.set(name, first + joint + lines.slice(span.from, span.to));
    }
    at = end + 2;
    if (spans.size > headersMax) return undefined;
  }
  return spans;
}
