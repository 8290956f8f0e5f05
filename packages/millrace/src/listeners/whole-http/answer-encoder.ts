/** Answers of HTTP as bytes, with the headers that every server adds. */

import { STATUS_CODES } from "node:http";
import type { BytePieces } from "../../base/mod.ts";
import type { WholeAnswer } from "./whole-answer.ts";

/** Larger answers get memory of their own. */
const scratchBytes = 65_536;

/** What of an answer is not its own. */
export interface AnswerManner {
  /** It says that it is the connection's last. */
  readonly isLast: boolean;
  /** It is that of a HEAD: its body stays here. */
  readonly headOnly: boolean;
}

/** Answers of these have no body, and say nothing of one. [RFC 9110: 8.6, 15.4.5] */
export const bodiless: ReadonlySet<number> = new Set([204, 304]);

/** Ends a body of chunks. [RFC 9112: 7.1] */
export const lastChunk: Uint8Array = Buffer.from("0\r\n\r\n");

export class AnswerEncoder {
  readonly #nowMs: () => number;
  readonly #scratch = Buffer.allocUnsafeSlow(scratchBytes);
  #bytes = this.#scratch;
  #shownSecond = 0;
  #shownDate = "";

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** What was encoded last, from its beginning; good until the next call. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /**
   * Says how many of `bytes` it takes. Headers have neither controls nor other than Latin-1. Of a
   * body in pieces there is the head alone.
   */
  encode(answer: WholeAnswer, { isLast, headOnly }: AnswerManner): number {
    const { status, body } = answer;
    let head = headOf(answer);
    if (isLast) head += "connection: close\r\n";
    if (!hasDate(answer)) head += `date: ${this.#date()}\r\n`;
    if (bodiless.has(status)) return this.#join(`${head}\r\n`, "", 0);
    if (isPieces(body)) {
      const { length } = body;
      head +=
        length === undefined ? "transfer-encoding: chunked\r\n" : `content-length: ${length}\r\n`;
      return this.#join(`${head}\r\n`, "", 0);
    }
    const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
    head += `content-length: ${length}\r\n\r\n`;
    return headOnly ? this.#join(head, "", 0) : this.#join(head, body, length);
  }

  /** The same for a piece of a body whose length nobody knows. */
  encodeChunk(piece: Uint8Array): number {
    const size = `${piece.length.toString(16)}\r\n`;
    const length = size.length + piece.length + 2;
    const bytes = this.#room(length);
    bytes.write(size, 0, "latin1");
    bytes.set(piece, size.length);
    bytes.write("\r\n", length - 2, "latin1");
    return length;
  }

  #join(head: string, body: string | Uint8Array, bodyBytes: number): number {
    const length = head.length + bodyBytes;
    const bytes = this.#room(length);
    if (typeof body === "string" && body.length === bodyBytes) {
      bytes.write(head + body, 0, "latin1"); // it is all ASCII
      return length;
    }
    bytes.write(head, 0, "latin1");
    if (typeof body === "string") bytes.write(body, head.length);
    else bytes.set(body, head.length);
    return length;
  }

  #room(length: number): Buffer {
    this.#bytes = length <= scratchBytes ? this.#scratch : Buffer.allocUnsafeSlow(length);
    return this.#bytes;
  }

  /** Made once a second. [RFC 9110: 5.6.7] */
  #date(): string {
    const second = Math.floor(this.#nowMs() / 1000);
    if (second !== this.#shownSecond) {
      this.#shownSecond = second;
      this.#shownDate = new Date(second * 1000).toUTCString();
    }
    return this.#shownDate;
  }
}

/** Status and own headers, without the empty line. */
function headOf({ status, headers }: WholeAnswer): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
  if (!(headers instanceof Map)) {
    const record = headers as Readonly<Record<string, string>>;
    for (const name in record) head += `${name}: ${record[name]}\r\n`;
    return head;
  }
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`;
  const { cookies } = headers as { readonly cookies?: readonly string[] };
  if (cookies) for (const cookie of cookies) head += `set-cookie: ${cookie}\r\n`;
  return head;
}

/** Whoever makes the answer may know it better. [RFC 9110: 6.6.1] */
function hasDate({ headers }: WholeAnswer): boolean {
  return headers instanceof Map && headers.has("date");
}

export function isPieces(body: WholeAnswer["body"]): body is BytePieces {
  return typeof body !== "string" && !(body instanceof Uint8Array);
}
