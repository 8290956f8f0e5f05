/**
 * A message as it lies on disk: one line of JSON with all but the payload, a zero byte, the
 * payload.
 *
 * JSON never holds a zero byte, so the first one ends the head.
 */

import { errorText, textOf, utf8, WorldError } from "../base/mod.ts";
import type { Message } from "./message.ts";

export function encodeMessage(message: Message): Uint8Array {
  const { payload, ...head } = message;
  const headBytes = utf8(JSON.stringify(head));
  const bytes = new Uint8Array(headBytes.length + 1 + payload.length);
  bytes.set(headBytes);
  bytes.set(payload, headBytes.length + 1);
  return bytes;
}

/** Throws a `WorldError` `DATA_CORRUPT` that names `place` when the bytes are no stored message. */
export function decodeMessage(bytes: Uint8Array, place: string): Message {
  const end = bytes.indexOf(0);
  const head = decodeJson<Omit<Message, "payload">>(bytes.subarray(0, Math.max(end, 0)), place);
  return { ...head, payload: bytes.slice(end + 1) };
}

/** Throws a `WorldError` `DATA_CORRUPT` that names `place` when the bytes are not JSON. */
export function decodeJson<T>(bytes: Uint8Array, place: string): T {
  try {
    return JSON.parse(textOf(bytes));
  } catch (error) {
    const message = `what is stored in ${place} cannot be read: ${errorText(error)}`;
    throw new WorldError("DATA_CORRUPT", message, error);
  }
}
