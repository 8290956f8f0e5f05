/**
 * A message as it lies on disk: one line of JSON with all but the payload, a zero byte, the
 * payload.
 *
 * JSON never holds a zero byte, so the first one ends the head.
 */

import { assert, textOf, utf8 } from "../base/mod.ts";
import type { Message } from "./message.ts";

export function encodeMessage(message: Message): Uint8Array {
  const { payload, ...head } = message;
  const headBytes = utf8(JSON.stringify(head));
  const bytes = new Uint8Array(headBytes.length + 1 + payload.length);
  bytes.set(headBytes);
  bytes.set(payload, headBytes.length + 1);
  return bytes;
}

export function decodeMessage(bytes: Uint8Array): Message {
  const end = bytes.indexOf(0);
  assert(end >= 0, "a stored message has a head");
  const head = JSON.parse(textOf(bytes.subarray(0, end)));
  return { ...head, payload: bytes.slice(end + 1) };
}
