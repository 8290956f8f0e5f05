/**
 * A message as it lies on disk: one line of JSON with all but the payload, a zero byte, the
 * payload.
 *
 * JSON never holds a zero byte, so the first one ends the head.
 */

import {
  errorText,
  fromBase64,
  noBytes,
  textOf,
  toBase64,
  utf8,
  WorldError,
} from "../../base/mod.ts";
import type { Message, MessageProperties, Origin } from "../message.ts";

/** What is kept beside the message, by whoever keeps it. */
export interface Particulars {
  /** Of the subscriptions that it is owed to. */
  readonly identifiers?: readonly number[] | undefined;
  /** The shared subscription that it came through, as its filter says it. */
  readonly share?: string | undefined;
  /** When a retained message came, by the wall clock. */
  readonly storedAtMs?: number | undefined;
}

export interface DecodedMessage extends Particulars {
  readonly message: Message;
}

type Head = Omit<Message, "payload" | "properties" | "origin"> &
  Particulars & {
    readonly origin: Omit<Origin, "access">;
    readonly properties?: Omit<MessageProperties, "correlationData">;
    readonly correlationData?: string;
  };

/** The bytes of the message and of what is kept beside it; what its client may do is left out. */
export function encodeMessage(message: Message, particulars: Particulars = {}): Uint8Array {
  const { payload, properties, origin, ...rest } = message;
  const { access: _, ...lastingOrigin } = origin;
  const head: Head = {
    ...rest,
    ...particulars,
    origin: lastingOrigin,
    ...propertiesOf(properties),
  };
  const headBytes = utf8(JSON.stringify(head));
  const bytes = new Uint8Array(headBytes.length + 1 + payload.length);
  bytes.set(headBytes);
  bytes.set(payload, headBytes.length + 1);
  return bytes;
}

function propertiesOf(properties: MessageProperties | undefined) {
  if (!properties) return undefined;
  const { correlationData, ...rest } = properties;
  return correlationData
    ? { properties: rest, correlationData: toBase64(correlationData) }
    : { properties: rest };
}

/** Throws a `WorldError` `DATA_CORRUPT` that names `place` when the bytes are no stored message. */
export function decodeMessage(bytes: Uint8Array, place: string): DecodedMessage {
  const end = bytes.indexOf(0);
  const head = decodeJson<Head>(bytes.subarray(0, Math.max(end, 0)), place);
  const { identifiers, share, storedAtMs, correlationData, ...rest } = head;
  const message: Message = { ...rest, payload: bytes.slice(end + 1) };
  if (correlationData === undefined) return { message, identifiers, share, storedAtMs };
  const data = fromBase64(correlationData) ?? noBytes;
  const properties = { ...rest.properties, correlationData: data };
  return { message: { ...message, properties }, identifiers, share, storedAtMs };
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
