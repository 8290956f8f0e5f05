/** A message's payload: bytes, and the JSON in them, read when first asked for. */

import { textOrUndefined } from "../../base/mod.ts";
import { isFirstVersion, type SqlVersion } from "../version.ts";
import { readJson } from "./json-read.ts";
import type { Value } from "./value.ts";

export interface Payload {
  readonly bytes: Uint8Array;
  /** Undefined when the bytes are not JSON in UTF-8. */
  json(version: SqlVersion): Value;
}

/** The bytes must not change as long as the payload is used. */
export function createPayload(bytes: Uint8Array): Payload {
  return new LazyPayload(bytes);
}

class LazyPayload implements Payload {
  readonly bytes: Uint8Array;
  #isOfFirst: boolean | undefined;
  #value: Value;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  json(version: SqlVersion): Value {
    const isOfFirst = isFirstVersion(version);
    if (this.#isOfFirst !== isOfFirst) {
      const text = textOrUndefined(this.bytes);
      this.#value = text === undefined ? undefined : readJson(text, version);
      this.#isOfFirst = isOfFirst; // rules of both versions for one message are rare: keep the last
    }
    return this.#value;
  }
}
