/**
 * From blocks back to events in their order, forwards and backwards.
 *
 * Blocks may overlap in time. Forwards, an event may be handed on once a block begins behind it;
 * backwards, once no block can reach up to it any more, which `blockSpanMs` says.
 */

import type { Records } from "../storage/mod.ts";
import { blocksBetween, bytesOf, firstMsOf, readBlock } from "./block.ts";
import { comparePlaces, type Place, type StoredEvent } from "./event.ts";
import {
  blockSpanMs,
  blocksPerPage,
  readBytesMax,
  readEventsMax,
  scannedBytesMax,
} from "./limits.ts";

export interface ReadWish {
  /** In `[fromMs, toMs)`. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The oldest first, or the newest. */
  readonly direction: "forward" | "backward";
  /** Begins behind this one, in the direction. */
  readonly after?: Place | undefined;
  readonly countMax?: number | undefined;
  readonly wants: (event: StoredEvent) => boolean;
}

export interface ReadResult {
  /** In the direction that was asked for. */
  readonly events: readonly StoredEvent[];
  /** The last one that was looked at; the next read begins behind it. Absent: none was. */
  readonly last: Place | undefined;
  /** Nothing is left to be looked at. */
  readonly isAtEnd: boolean;
}

/** Reads as many as one answer may hold, or as far as one read may look. */
export async function readEvents(
  records: Records,
  group: number,
  wish: ReadWish,
): Promise<ReadResult> {
  const countMax = Math.min(wish.countMax ?? readEventsMax, readEventsMax);
  const events: StoredEvent[] = [];
  let last = wish.after;
  let bytes = 0;
  let scannedBytes = 0;
  for await (const run of runsOf(records, group, wish)) {
    for (const event of run) {
      const isWanted = wish.wants(event);
      const eventBytes = bytesOf(event.message);
      const isFull =
        events.length >= countMax || (events.length > 0 && bytes + eventBytes > readBytesMax);
      if (isWanted && isFull) return { events, last, isAtEnd: false };
      scannedBytes += eventBytes;
      last = event;
      if (!isWanted) continue;
      events.push(event);
      bytes += eventBytes;
    }
    if (scannedBytes > scannedBytesMax) return { events, last, isAtEnd: false };
  }
  return { events, last, isAtEnd: true };
}

/** Events in order, some at a time. */
async function* runsOf(
  records: Records,
  group: number,
  wish: ReadWish,
): AsyncGenerator<StoredEvent[]> {
  const isForward = wish.direction === "forward";
  const { fromMs, toMs } = boundsOf(wish);
  if (fromMs >= toMs) return;
  const inOrder = (left: Place, right: Place) =>
    isForward ? comparePlaces(left, right) : comparePlaces(right, left);
  const { after } = wish;
  const isInside = (event: StoredEvent) =>
    event.timestampMs >= fromMs &&
    event.timestampMs < toMs &&
    (!after || inOrder(after, event) < 0);
  let held: StoredEvent[] = [];
  for await (const entry of blocksOf(records, group, { fromMs, toMs, isForward })) {
    const firstMs = firstMsOf(entry.key);
    const isReady = (event: StoredEvent) =>
      isForward ? event.timestampMs < firstMs : event.timestampMs >= firstMs + blockSpanMs;
    const { ready = [], rest = [] } = Object.groupBy(held, (event) =>
      isReady(event) ? "ready" : "rest",
    );
    if (ready.length > 0) yield ready.sort(inOrder);
    held = rest;
    for (const event of readBlock(entry)) if (isInside(event)) held.push(event);
  }
  if (held.length > 0) yield held.sort(inOrder);
}

function boundsOf({ fromMs, toMs, direction, after }: ReadWish) {
  if (!after) return { fromMs, toMs };
  if (direction === "forward") return { fromMs: Math.max(fromMs, after.timestampMs), toMs };
  return { fromMs, toMs: Math.min(toMs, after.timestampMs + 1) };
}

interface BlockWish {
  readonly fromMs: number;
  readonly toMs: number;
  readonly isForward: boolean;
}

async function* blocksOf(records: Records, group: number, { fromMs, toMs, isForward }: BlockWish) {
  const all = blocksBetween(group, fromMs - blockSpanMs, toMs);
  let range = all;
  for (;;) {
    const page = await records.range({ ...range, reverse: !isForward, countMax: blocksPerPage });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < blocksPerPage) return;
    if (isForward) range = { ...all, from: new Uint8Array([...last.key, 0]) };
    else range = { ...all, to: last.key };
  }
}
