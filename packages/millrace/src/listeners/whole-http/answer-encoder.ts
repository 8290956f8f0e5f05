/** Answers of HTTP as bytes, with the headers that every server adds. */

import { STATUS_CODES } from "node:http";
import type { WholeAnswer } from "./whole-connection.ts";

/** Larger answers get memory of their own. */
const scratchBytes = 65_536;

export class AnswerEncoder {
  readonly #nowMs: () => number;
  readonly #scratch = Buffer.allocUnsafeSlow(scratchBytes);
  #shownSecond = 0;
  #shownDate = "";

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /**
   * The bytes are good until the next call. Headers have neither controls nor other than Latin-1;
   * the last answer of a connection says that it is.
   */
  encode({ status, headers, body }: WholeAnswer, isLast: boolean): Uint8Array {
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
    if (isLast) head += "connection: close\r\n";
    head += `date: ${this.#date()}\r\ncontent-length: ${body.length}\r\n\r\n`;
    const length = head.length + body.length;
    const bytes = length <= scratchBytes ? this.#scratch : Buffer.allocUnsafeSlow(length);
    bytes.write(head, 0, "latin1");
    bytes.set(body, head.length);
    return bytes.subarray(0, length);
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
