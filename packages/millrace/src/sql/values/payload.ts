/** A message's payload: bytes, and the JSON in them, read when first asked for. */

import { textOrUndefined } from "../../base/mod.ts";
import { isFirstVersion, type SqlVersion } from "../version.ts";
import { LookAlikes } from "./json-alike.ts";
import { readJson } from "./json-read.ts";
import type { Reading } from "./reading.ts";
import type { Value } from "./value.ts";

export interface Payload {
  readonly bytes: Uint8Array;
  /** Present when the bytes have the form of others before: the same JSON, for less. */
  readonly reading: Reading | undefined;
  /** Undefined when the bytes are not JSON in UTF-8. */
  json(version: SqlVersion): Value;
}

/** Of all messages: what rules see is mostly of a few forms. */
const lookAlikes = new LookAlikes();

/** The bytes must not change as long as the payload is used. */
export function createPayload(bytes: Uint8Array): Payload {
  return new LazyPayload(bytes);
}

class LazyPayload implements Payload {
  readonly bytes: Uint8Array;
  #isRead = false;
  #reading: Reading | undefined;
  #isOfFirst: boolean | undefined;
  #value: Value;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get reading(): Reading | undefined {
    if (!this.#isRead) {
      this.#reading = lookAlikes.read(this.bytes);
      this.#isRead = true;
    }
    return this.#reading;
  }

  json(version: SqlVersion): Value {
    const { reading } = this;
    if (reading) return reading.members; // which are the same in all versions
    const isOfFirst = isFirstVersion(version);
    if (this.#isOfFirst !== isOfFirst) {
      const text = textOrUndefined(this.bytes);
      this.#value = text === undefined ? undefined : readJson(text, version);
      this.#isOfFirst = isOfFirst; // rules of both versions for one message are rare: keep the last
      lookAlikes.learn(this.bytes, this.#value);
    }
    return this.#value;
  }
}
