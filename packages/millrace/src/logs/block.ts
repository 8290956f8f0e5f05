/**
 * Events on disk: a block is what came to a group within a moment, of all its streams.
 *
 *   space `log-events`   group, time of its first event, number -> streams and events, as JSON
 *
 * A block spans at most `blockSpanMs`: hence all events from some moment on are in blocks that
 * begin at most so much before it, and a reader never looks at more than it must.
 */

import { concatBytes, textOf, utf8, WorldError } from "../base/mod.ts";
import type { Change, Entry, Range } from "../storage/mod.ts";
import type { LogEvent, StoredEvent } from "./event.ts";
import type { Stream } from "./group.ts";
import { blockBytesMax, blockSpanMs, eventOverheadBytes } from "./limits.ts";

const space = "log-events";

/** What the six bytes of a key can say. */
const blockMsMax = 2 ** 48 - 1;

/** An event that has a stream and no block yet. */
export interface NewEvent extends LogEvent {
  readonly stream: Stream;
  readonly bytes: number;
}

interface BlockJson {
  /** When they came. */
  readonly at: number;
  readonly streams: readonly number[];
  /** Request ids of calls; absent: none is told here. */
  readonly calls?: readonly string[] | undefined;
  /** Time, index into `streams`, message, and perhaps an index into `calls`. */
  readonly events: readonly (readonly [number, number, string, number?])[];
}

/** What a message counts for. */
export function bytesOf(message: string): number {
  return Buffer.byteLength(message) + eventOverheadBytes;
}

/** The events in blocks that keep their bounds, those of one block in the order of time. */
export function cutIntoBlocks(events: readonly NewEvent[]): NewEvent[][] {
  const blocks: NewEvent[][] = [];
  let bytes = 0;
  for (const event of events.toSorted((left, right) => left.timestampMs - right.timestampMs)) {
    const open = blocks.at(-1);
    const spans = open ? event.timestampMs - open[0]!.timestampMs : 0;
    if (open && spans < blockSpanMs && bytes + event.bytes <= blockBytesMax) {
      open.push(event);
      bytes += event.bytes;
    } else {
      blocks.push([event]);
      bytes = event.bytes;
    }
  }
  return blocks;
}

/** The change that stores a block, which is not empty. */
export function blockChange(
  { group, block }: { readonly group: number; readonly block: number },
  events: readonly NewEvent[],
  ingestedAtMs: number,
): Change & { readonly value: Uint8Array } {
  const streams = new Map<number, number>();
  const calls = new Map<string, number>();
  const rows = events.map(({ timestampMs, stream, message, requestId }) => {
    const row = [timestampMs, indexIn(streams, stream.number), message] as const;
    return requestId === undefined ? row : ([...row, indexIn(calls, requestId)] as const);
  });
  const json: BlockJson = {
    at: ingestedAtMs,
    streams: [...streams.keys()],
    calls: calls.size > 0 ? [...calls.keys()] : undefined,
    events: rows,
  };
  const key = blockKey(group, events[0]!.timestampMs, block);
  return { space, key, value: utf8(JSON.stringify(json)) };
}

function indexIn<T>(indexes: Map<T, number>, key: T): number {
  const known = indexes.get(key);
  if (known !== undefined) return known;
  indexes.set(key, indexes.size);
  return indexes.size - 1;
}

export function blockRemoval(key: Uint8Array): Change {
  return { space, key, value: undefined };
}

/** The blocks of a group whose first event is in `[fromMs, toMs)`. */
export function blocksBetween(
  group: number,
  fromMs: number,
  toMs: number,
): Omit<Range, "countMax"> {
  const to = toMs > blockMsMax ? blockKey(group + 1, 0, 0) : blockKey(group, toMs, 0);
  const from = blockKey(group, Math.min(Math.max(0, fromMs), blockMsMax), 0);
  return { space, from, to };
}

/** The time of a block's first event, from its key. */
export function firstMsOf(key: Uint8Array): number {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).readUIntBE(4, 6);
}

/** Throws a `WorldError` when the bytes are no block. */
export function readBlock({ key, value }: Entry): StoredEvent[] {
  const block = Buffer.from(key.buffer, key.byteOffset, key.byteLength).readUIntBE(10, 6);
  const { at, streams, calls, events } = decode(value, block);
  return events.map(([timestampMs, stream, message, call], index) => ({
    timestampMs,
    message,
    ...(call !== undefined && { requestId: calls?.[call] }),
    stream: streams[stream]!,
    ingestedAtMs: at,
    block,
    index,
  }));
}

function decode(value: Uint8Array, block: number): BlockJson {
  try {
    return JSON.parse(textOf(value)) as BlockJson;
  } catch (thrown) {
    const message = `cannot read block ${block} of a log: it is no JSON`;
    throw new WorldError("RECORD_BROKEN", message, thrown);
  }
}

function blockKey(group: number, firstMs: number, block: number): Uint8Array {
  const key = Buffer.alloc(16);
  key.writeUInt32BE(group, 0);
  key.writeUIntBE(firstMs, 4, 6);
  key.writeUIntBE(block, 10, 6);
  return concatBytes([key]);
}
