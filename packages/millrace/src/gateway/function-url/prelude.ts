/**
 * The beginning of an answer in pieces: status and headers as JSON, eight zero bytes, the body.
 *
 * Only an answer of the type `application/vnd.awslambda.http-integration-response` has one; any
 * other is a body from its first byte on.
 */

import { concatBytes, noBytes, textOf } from "../../base/mod.ts";
import { readHttpHead } from "../answer.ts";
import type { AnswerHeaders } from "../answer-headers.ts";
import { preludeBytesMax } from "../limits.ts";

export const preludeType = "application/vnd.awslambda.http-integration-response";
/**
 * What a function's address answers with where status and headers name no type, as users of AWS
 * report (aws/aws-lambda-go, 508), whose documentation is silent.
 */
export const contentTypeDefault = "application/json";
const separator = new Uint8Array(8);

export interface AnswerHead {
  readonly status: number;
  readonly headers: AnswerHeaders;
}

export type PreludeReading =
  | { readonly kind: "more" }
  | { readonly kind: "malformed" }
  | { readonly kind: "head"; readonly head: AnswerHead; readonly body: Uint8Array };

/** Reads pieces until the head is whole. */
export class Prelude {
  #received: Uint8Array = noBytes;

  push(piece: Uint8Array): PreludeReading {
    this.#received = concatBytes([this.#received, piece]);
    const end = Buffer.from(
      this.#received.buffer,
      this.#received.byteOffset,
      this.#received.length,
    ).indexOf(separator);
    if (end < 0) return { kind: this.#received.length > preludeBytesMax ? "malformed" : "more" };
    const head = readHttpHead(parse(this.#received.subarray(0, end)), contentTypeDefault);
    if (!head) return { kind: "malformed" };
    return { kind: "head", head, body: this.#received.subarray(end + separator.length) };
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch {
    return undefined; // a handler may write anything
  }
}
