/**
 * The headers that a connection's last requests had, so that the next one's need not be taken
 * apart.
 *
 * A client's requests have the same headers, or the same but for a few values, which whoever
 * interprets them may say that it does not look at: of signed ones a date, a length, the body's
 * hash, a signature, an invocation's id. Where all other bytes are the same, in the same places,
 * and those values are made of letters, digits and hyphens, there is nothing left to read but the
 * length. Any other headers are read from their beginning (`request-head.ts`), and take the place
 * of the oldest. A few are known, for a client reads and writes by turns, short and long. The first
 * line, with method and path, has a memory of its own, of one.
 */

import { headBytesMax, knownHeadersBytesMax, knownHeadersMax } from "../limits.ts";
import type { Span } from "./header-list.ts";
import {
  type HeaderBlock,
  type HeaderSpans,
  RequestHeaders,
  type RequestLine,
  readBlock,
  readLine,
  type Unread,
} from "./request-head.ts";

/** What the values may be made of, if they are to be passed over. */
const isPassed: readonly boolean[] = Array.from({ length: 256 }, (_, code) =>
  /[0-9A-Za-z-]/.test(String.fromCharCode(code)),
);

/** Whose values differ from one signed request of AWS to the next. */
export const signedChanging: readonly string[] = [
  "authorization", // of it only the end, the signature
  "x-amz-date",
  "x-amz-content-sha256",
  "content-length",
  "amz-sdk-invocation-id",
];
const signatureMark = "Signature=";

interface Known<T> {
  readonly bytes: Buffer;
  readonly block: HeaderBlock;
  /** The values that may differ, in the order in which they stand there. */
  readonly passed: readonly Span[];
  /** Absent: there is no body. */
  readonly length: Span | undefined;
  readonly meaning: T;
}

/** A request before its body, and what `interpret` made of its headers, or of such as are known. */
export interface KnownHead<T> extends Omit<RequestLine, "lineBytes"> {
  readonly headers: RequestHeaders;
  readonly headBytes: number;
  readonly bodyBytes: number;
  readonly isLast: boolean;
  readonly asksForUpgrade: boolean;
  /** Absent where another protocol is asked for: there is nothing to be remembered. */
  readonly meaning: T | undefined;
}

export class HeadMemory<T> {
  /** The newest last. */
  readonly #known: Known<T>[] = [];
  #lastLine: { readonly bytes: Buffer; readonly line: RequestLine } | undefined;
  readonly #changing: readonly string[];
  readonly #interpret: (headers: RequestHeaders) => T;

  /** `interpret` is not asked again for headers that differ only in the values of `changing`. */
  constructor(changing: readonly string[], interpret: (headers: RequestHeaders) => T) {
    this.#changing = changing;
    this.#interpret = interpret;
  }

  /** Reads the head of the request with which the bytes begin. */
  read(bytes: Buffer): KnownHead<T> | Unread {
    const line = this.#recallLine(bytes) ?? readLine(bytes);
    if (typeof line === "string") return line;
    const start = line.lineBytes;
    const known = this.#recall(bytes, start);
    const block = known?.block ?? readBlock(bytes, start);
    if (typeof block === "string") return block;
    if (start + block.blockBytes > headBytesMax) return "other";
    const headers = new RequestHeaders(bytes, start, block.spans);
    if (!block.asksForUpgrade) this.#keepLine(bytes, line);
    const meaning = known ? known.meaning : this.#meaningOf(bytes, start, { block, headers });
    const { method, target } = line;
    const { isLast, asksForUpgrade } = block;
    const headBytes = start + block.blockBytes;
    const bodyBytes = known?.length ? numberAt(bytes, start, known.length) : block.bodyBytes;
    return { method, target, headers, headBytes, bodyBytes, isLast, asksForUpgrade, meaning };
  }

  #recall(bytes: Buffer, start: number): Known<T> | undefined {
    for (const one of this.#known) if (repeats(one, bytes, start)) return one;
    return undefined;
  }

  /** What asks for an upgrade comes once, and its headers are somebody else's to interpret. */
  #meaningOf(bytes: Buffer, start: number, read: Read): T | undefined {
    if (read.block.asksForUpgrade) return undefined;
    const meaning = this.#interpret(read.headers);
    if (read.block.blockBytes <= knownHeadersBytesMax) {
      if (this.#known.length === knownHeadersMax) this.#known.shift();
      this.#known.push(keep(bytes, start, { ...read, meaning, changing: this.#changing }));
    }
    return meaning;
  }

  /** Often it is that of the last request. */
  #recallLine(bytes: Buffer): RequestLine | undefined {
    const last = this.#lastLine;
    if (!last || bytes.length < last.bytes.length) return undefined;
    return last.bytes.compare(bytes, 0, last.bytes.length) === 0 ? last.line : undefined;
  }

  #keepLine(bytes: Buffer, line: RequestLine): void {
    if (this.#lastLine?.line === line) return;
    this.#lastLine = { bytes: Buffer.from(bytes.subarray(0, line.lineBytes)), line };
  }
}

interface Read {
  readonly block: HeaderBlock;
  readonly headers: RequestHeaders;
}

interface Keeping<T> extends Read {
  readonly meaning: T;
  readonly changing: readonly string[];
}

function keep<T>(
  bytes: Buffer,
  start: number,
  { block, headers, meaning, changing }: Keeping<T>,
): Known<T> {
  const { spans, blockBytes } = block;
  return {
    bytes: Buffer.from(bytes.subarray(start, start + blockBytes)), // a copy: its body goes
    block,
    passed: passedOf(headers, spans, changing).filter((span) => isAllPassed(bytes, start, span)),
    length: spans.get("content-length") as Span | undefined,
    meaning,
  };
}

function passedOf(
  headers: RequestHeaders,
  spans: HeaderSpans,
  changing: readonly string[],
): Span[] {
  const passed = changing.flatMap((name) => {
    const span = spans.get(name);
    if (span === undefined || typeof span === "string") return [];
    if (name !== "authorization") return [span];
    const mark = headers.get(name)!.lastIndexOf(signatureMark);
    return mark < 0 ? [] : [{ from: span.from + mark + signatureMark.length, to: span.to }];
  });
  return passed.sort((one, other) => one.from - other.from);
}

function repeats({ bytes: known, passed, length }: Known<unknown>, bytes: Buffer, start: number) {
  if (bytes.length < start + known.length) return false;
  let at = 0;
  for (const span of passed) {
    if (known.compare(bytes, start + at, start + span.from, at, span.from) !== 0) return false;
    if (!isAllPassed(bytes, start, span)) return false;
    at = span.to;
  }
  if (known.compare(bytes, start + at, start + known.length, at, known.length) !== 0) return false;
  return !length || numberAt(bytes, start, length) >= 0;
}

function isAllPassed(bytes: Buffer, start: number, { from, to }: Span): boolean {
  for (let at = start + from; at < start + to; at += 1) if (!isPassed[bytes[at]!]) return false;
  return true;
}

/** -1 where something else than digits stands. */
function numberAt(bytes: Buffer, start: number, { from, to }: Span): number {
  let number = 0;
  for (let at = start + from; at < start + to; at += 1) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
