/** One line of a log, where it stands among all, and how that is spelled. */

/** The order of a group's events: by time, then as they came. */
export interface Place {
  readonly timestampMs: number;
  /** The number of its block among those of its group. */
  readonly block: number;
  /** Where it stands in its block. */
  readonly index: number;
}

export interface LogEvent {
  readonly timestampMs: number;
  readonly message: string;
  /** Of the call that wrote it, where that is known: not every message says it. */
  readonly requestId?: string | undefined;
}

export interface StoredEvent extends LogEvent, Place {
  /** The number of its stream in its group. */
  readonly stream: number;
  readonly ingestedAtMs: number;
}

export function comparePlaces(left: Place, right: Place): number {
  return (
    left.timestampMs - right.timestampMs || left.block - right.block || left.index - right.index
  );
}

const blockBits = 48n;
const indexBits = 20n;

/** As AWS spells the id of an event: 56 digits, in the order of the events. */
export function placeId({ timestampMs, block, index }: Place): string {
  const place = (BigInt(timestampMs) << blockBits) | BigInt(block);
  return ((place << indexBits) | BigInt(index)).toString().padStart(56, "0");
}

/** `undefined`: the text is no id of an event. */
export function placeOfId(id: string): Place | undefined {
  if (!/^\d{56}$/.test(id)) return undefined;
  const value = BigInt(id);
  const timestampMs = Number(value >> (blockBits + indexBits));
  if (!Number.isSafeInteger(timestampMs)) return undefined;
  const block = Number((value >> indexBits) & ((1n << blockBits) - 1n));
  return { timestampMs, block, index: Number(value & ((1n << indexBits) - 1n)) };
}
