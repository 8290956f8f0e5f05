/**
 * The head of a request of the plainest kind: `POST / HTTP/1.1`, its headers in ASCII and each
 * there once, a body of a stated length, nothing agreed upon.
 *
 * It is no parser of HTTP: at anything else it says so, and the bytes go to a server that is one.
 * So nothing is decided here that two readers could see differently. [RFC 9112]
 */

/** Longer heads are another server's to read, and to refuse. */
export const headBytesMax = 8192;

/** Where a value stands in the bytes of a request, without the blanks around it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Headers by their names in lower case. */
export type HeaderSpans = ReadonlyMap<string, Span>;

/** The headers of one request, each decoded when it is asked for. */
export class RequestHeaders {
  readonly #bytes: Buffer;
  readonly #spans: HeaderSpans;

  constructor(bytes: Buffer, spans: HeaderSpans) {
    this.#bytes = bytes;
    this.#spans = spans;
  }

  /** `name` in lower case. */
  get(name: string): string | null {
    const span = this.#spans.get(name);
    return span ? this.#bytes.toString("latin1", span.from, span.to) : null;
  }

  has(name: string): boolean {
    return this.#spans.has(name);
  }

  keys(): Iterable<string> {
    return this.#spans.keys();
  }
}

export type HeadReading =
  /** Nothing against it yet, but it is not all there. */
  | { readonly kind: "partial" }
  /** Of another kind. */
  | { readonly kind: "other" }
  | {
      readonly kind: "plain";
      readonly headers: RequestHeaders;
      readonly spans: HeaderSpans;
      /** With the empty line. */
      readonly headBytes: number;
      readonly bodyBytes: number;
    };

const partial: HeadReading = { kind: "partial" };
const other: HeadReading = { kind: "other" };

const requestLine = "POST / HTTP/1.1\r\n";

/** Header lines: a name, a colon, text without controls. Line feeds alone end no line. */
const headerLines = /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~]*\r\n)+$/;

/** What asks for more than an answer. */
const demands = ["transfer-encoding", "expect", "upgrade", "te", "trailer", "proxy-connection"];

/** Reads the head of the request with which the bytes begin. */
export function readHead(bytes: Buffer): HeadReading {
  const text = bytes.toString("latin1", 0, headBytesMax);
  if (!text.startsWith(requestLine)) return requestLine.startsWith(text) ? partial : other;
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return bytes.length < headBytesMax ? partial : other;
  if (!headerLines.test(text.slice(requestLine.length, end + 2))) return other;
  const spans = readLines(text, end + 2);
  if (!spans || demands.some((name) => spans.has(name))) return other;
  const headers = new RequestHeaders(bytes, spans);
  const connection = headers.get("connection");
  if (connection !== null && connection.toLowerCase() !== "keep-alive") return other;
  const length = headers.get("content-length");
  if (length === null || !/^\d{1,8}$/.test(length) || !headers.has("host")) return other;
  return { kind: "plain", headers, spans, headBytes: end + 4, bodyBytes: Number(length) };
}

/** The lines behind the first, up to `end`. `undefined` when a name stands there twice. */
function readLines(text: string, end: number): HeaderSpans | undefined {
  const spans = new Map<string, Span>();
  let count = 0;
  for (let at = requestLine.length; at < end; count += 1) {
    const colon = text.indexOf(":", at);
    const lineEnd = text.indexOf("\r\n", colon);
    const value = text.slice(colon + 1, lineEnd);
    const from = lineEnd - value.trimStart().length;
    const to = from + value.trim().length;
    spans.set(text.slice(at, colon).toLowerCase(), { from, to });
    at = lineEnd + 2;
  }
  return spans.size === count ? spans : undefined;
}
