/**
 * An asynchronous call as it is kept: what was asked, when, and how often it was tried.
 *
 * The payload is kept apart from the rest, because the rest changes with each failure.
 */

import { textOf, utf8, WorldError } from "../../base/mod.ts";

export interface AsyncEvent {
  /** The place in the order of acceptance; another event has it only when this one is done. */
  readonly sequence: number;
  readonly functionName: string;
  /** A version or an alias; absent: the function as it is now. */
  readonly qualifier?: string | undefined;
  /** The same for every try. */
  readonly requestId: string;
  readonly acceptedAtMs: number;
  readonly payloadBytes: number;
  /** Tries that the function failed. */
  readonly failureCount: number;
  /** Not before; absent: at once. */
  readonly nextTryAtMs?: number | undefined;
  /** How many destinations led here, one after the other. */
  readonly depth: number;
}

export function encodeEvent(event: AsyncEvent): Uint8Array {
  const { sequence, ...kept } = event;
  return utf8(JSON.stringify(kept));
}

/** Throws a `WorldError` when the bytes are not what `encodeEvent` writes. */
export function decodeEvent(sequence: number, bytes: Uint8Array): AsyncEvent {
  try {
    return { ...JSON.parse(textOf(bytes)), sequence };
  } catch (thrown) {
    const message = `cannot read the asynchronous call ${sequence}: it is no JSON`;
    throw new WorldError("RECORD_BROKEN", message, thrown);
  }
}

/** Eight bytes, so that the order of keys is the order of acceptance. */
export function encodeSequence(sequence: number): Uint8Array {
  const key = new Uint8Array(8);
  new DataView(key.buffer).setBigUint64(0, BigInt(sequence));
  return key;
}

export function decodeSequence(key: Uint8Array): number {
  return Number(new DataView(key.buffer, key.byteOffset).getBigUint64(0));
}
