/**
 * The head of a request of the plainest kind: `POST / HTTP/1.1`, its headers in ASCII and each
 * there once, a body of a stated length, nothing agreed upon.
 *
 * It is no parser of HTTP: at anything else it says so, and the bytes go to a server that is one.
 * So nothing is decided here that two readers could see differently. [RFC 9112]
 */

/** Longer heads are another server's to read, and to refuse. */
export const headBytesMax = 8192;

/** The headers of one request, by their names in lower case. */
export class RequestHeaders {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** `name` in lower case. */
  get(name: string): string | null {
    return this.#values.get(name) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  keys(): Iterable<string> {
    return this.#values.keys();
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
  const lines = text.slice(requestLine.length, end + 2);
  if (!headerLines.test(lines)) return other;
  const values = readLines(lines);
  if (!values || demands.some((name) => values.has(name))) return other;
  const connection = values.get("connection");
  if (connection !== undefined && connection.toLowerCase() !== "keep-alive") return other;
  const length = values.get("content-length");
  if (length === undefined || !/^\d{1,8}$/.test(length) || !values.has("host")) return other;
  const headers = new RequestHeaders(values);
  return { kind: "plain", headers, headBytes: end + 4, bodyBytes: Number(length) };
}

/** `undefined` when a name stands there twice. */
function readLines(lines: string): Map<string, string> | undefined {
  const values = new Map<string, string>();
  let count = 0;
  for (let at = 0; at < lines.length; count += 1) {
    const colon = lines.indexOf(":", at);
    const end = lines.indexOf("\r\n", colon);
    values.set(lines.slice(at, colon).toLowerCase(), lines.slice(colon + 1, end).trim());
    at = end + 2;
  }
  return values.size === count ? values : undefined;
}
