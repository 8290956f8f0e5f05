/**
 * The heads that a connection's last requests had, so that the next one need not be taken apart.
 *
 * A client's requests have the same head but for a few values: a date, a length, the body's hash,
 * a signature, an invocation's id. Where all other bytes are the same, in the same places, and
 * those values are made of letters, digits and hyphens, there is nothing left to read but the
 * length. Any other head is read from its beginning (`request-head.ts`), and takes the place of
 * the oldest. A few are known, for a client reads and writes by turns, short and long.
 */

import { type HeaderSpans, RequestHeaders, readHead, type Span } from "./request-head.ts";

/** What the values may be made of, if they are to be passed over. */
const isPassed: readonly boolean[] = Array.from({ length: 256 }, (_, code) =>
  /[0-9A-Za-z-]/.test(String.fromCharCode(code)),
);

/** Whose values differ from one request to the next; of the signature's header only its end. */
const changing = [
  "authorization",
  "x-amz-date",
  "x-amz-content-sha256",
  "content-length",
  "amz-sdk-invocation-id",
];
const signatureMark = "Signature=";

/** Two operations, each with lengths of two numbers of digits. */
const knownMax = 4;

interface Known<T> {
  readonly bytes: Buffer;
  readonly spans: HeaderSpans;
  /** The values that may differ, in the order in which they stand there. */
  readonly passed: readonly Span[];
  readonly length: Span;
  readonly meaning: T;
}

export type HeadMemoryReading<T> =
  | Exclude<ReturnType<typeof readHead>, { kind: "plain" }>
  | {
      readonly kind: "plain";
      readonly headers: RequestHeaders;
      readonly headBytes: number;
      readonly bodyBytes: number;
      /** What `interpret` made of this head, or of one that is known. */
      readonly meaning: T;
    };

export class HeadMemory<T> {
  /** The newest last. */
  readonly #known: Known<T>[] = [];
  readonly #interpret: (headers: RequestHeaders) => T;

  /**
   * `interpret` is not asked again for heads that differ only in what differs from one request to
   * the next.
   */
  constructor(interpret: (headers: RequestHeaders) => T) {
    this.#interpret = interpret;
  }

  /** Reads the head of the request with which the bytes begin. */
  read(bytes: Buffer): HeadMemoryReading<T> {
    const known = this.#known.find((one) => repeats(one, bytes));
    if (known) {
      const { spans, length, meaning } = known;
      const headers = new RequestHeaders(bytes, spans);
      const headBytes = known.bytes.length;
      return { kind: "plain", headers, headBytes, bodyBytes: numberAt(bytes, length), meaning };
    }
    const read = readHead(bytes);
    if (read.kind !== "plain") return read;
    const { headers, spans, headBytes, bodyBytes } = read;
    const meaning = this.#interpret(headers);
    if (this.#known.length === knownMax) this.#known.shift();
    this.#known.push({
      bytes: Buffer.from(bytes.subarray(0, headBytes)), // a copy: the request's body goes
      spans,
      passed: passedOf(headers, spans).filter((span) => isAllPassed(bytes, span)),
      length: spans.get("content-length")!,
      meaning,
    });
    return { kind: "plain", headers, headBytes, bodyBytes, meaning };
  }
}

function passedOf(headers: RequestHeaders, spans: HeaderSpans): Span[] {
  const passed = changing.flatMap((name) => {
    const span = spans.get(name);
    if (!span) return [];
    if (name !== "authorization") return [span];
    const mark = headers.get(name)!.lastIndexOf(signatureMark);
    return mark < 0 ? [] : [{ from: span.from + mark + signatureMark.length, to: span.to }];
  });
  return passed.sort((one, other) => one.from - other.from);
}

function repeats({ bytes: known, passed, length }: Known<unknown>, bytes: Buffer): boolean {
  if (bytes.length < known.length) return false;
  let at = 0;
  for (const span of passed) {
    if (known.compare(bytes, at, span.from, at, span.from) !== 0) return false;
    if (!isAllPassed(bytes, span)) return false;
    at = span.to;
  }
  if (known.compare(bytes, at, known.length, at, known.length) !== 0) return false;
  return numberAt(bytes, length) >= 0;
}

function isAllPassed(bytes: Buffer, { from, to }: Span): boolean {
  for (let at = from; at < to; at += 1) if (!isPassed[bytes[at]!]) return false;
  return true;
}

/** -1 where something else than digits stands. */
function numberAt(bytes: Buffer, { from, to }: Span): number {
  let number = 0;
  for (let at = from; at < to; at += 1) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
