/** One event on its way to one target, as it is kept until it is there or given up. */

import { textOf, utf8, WorldError } from "../../../base/mod.ts";
import type { Receiver } from "../target.ts";

export interface Delivery {
  /** The place in the order of acceptance; another has it only when this one is over. */
  readonly sequence: number;
  readonly eventId: string;
  readonly ruleName: string;
  readonly ruleArn: string;
  readonly targetId: string;
  readonly receiver: Receiver;
  readonly roleArn?: string | undefined;
  readonly acceptedAtMs: number;
  /** Tries after the first, and until when. */
  readonly attemptsMax: number;
  readonly ageSecondsMax: number;
  readonly payloadBytes: number;
  /** Tries that have failed. */
  readonly failureCount: number;
  /** Buses that the event has come through. */
  readonly hops: number;
}

export function encodeDelivery({ sequence: _, ...kept }: Delivery): Uint8Array {
  return utf8(JSON.stringify(kept));
}

/** Throws a `WorldError` when the bytes are not what `encodeDelivery` writes. */
export function decodeDelivery(sequence: number, bytes: Uint8Array): Delivery {
  try {
    return { ...JSON.parse(textOf(bytes)), sequence };
  } catch (thrown) {
    const message = `cannot read the delivery ${sequence} of an event: it is no JSON`;
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
