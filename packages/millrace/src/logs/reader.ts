/**
 * From blocks back to events in their order, forwards and backwards.
 *
 * Blocks may overlap in time. Forwards, an event may be handed on once a block begins behind it;
 * backwards, once no block can reach up to it any more, which `blockSpanMs` says. That is looked
 * for once a page, and only where there is something.
 */

import type { Records } from "../storage/mod.ts";
import { blocksBetween, bytesOf, firstMsOf, readBlock } from "./block.ts";
import { comparePlaces, type Place, type StoredEvent } from "./event.ts";
import {
  blockOverheadBytes,
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
  /** What `wants` has cost since this was asked last, in bytes that could have been read. */
  readonly takeWork?: (() => number) | undefined;
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
  let work = 0;
  for await (const { ready, blockCount } of runsOf(records, group, wish)) {
    scannedBytes += blockCount * blockOverheadBytes;
    for (const event of ready) {
      const isWanted = wish.wants(event);
      const eventBytes = bytesOf(event.message);
      const isFull =
        events.length >= countMax || (events.length > 0 && bytes + eventBytes > readBytesMax);
      if (isWanted && isFull) return { events, last, isAtEnd: false };
      scannedBytes += eventBytes;
      work += wish.takeWork?.() ?? 0;
      last = event;
      if (isWanted) {
        events.push(event);
        bytes += eventBytes;
      }
      if (work > scannedBytesMax) return { events, last, isAtEnd: false };
    }
    // A read that comes no further would be asked for again, and for ever.
    if (scannedBytes > scannedBytesMax && last !== wish.after)
      return { events, last, isAtEnd: false };
  }
  return { events, last, isAtEnd: true };
}

/** Of a page of blocks, what may be handed on by now, in order; often nothing. */
interface Run {
  readonly ready: readonly StoredEvent[];
  readonly blockCount: number;
}

async function* runsOf(records: Records, group: number, wish: ReadWish): AsyncGenerator<Run> {
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
  const firstOf = (left: number, right: number) =>
    isForward ? Math.min(left, right) : Math.max(left, right);
  const none = isForward ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  let held: StoredEvent[] = [];
  let heldMs = none; // of the one that is ready before all the others
  for await (const page of pagesOf(records, group, { fromMs, toMs, isForward })) {
    for (const event of page.flatMap(readBlock)) {
      if (!isInside(event)) continue;
      held.push(event);
      heldMs = firstOf(heldMs, event.timestampMs);
    }
    const lastMs = firstMsOf(page.at(-1)!.key);
    const isReady = (ms: number) => (isForward ? ms < lastMs : ms >= lastMs + blockSpanMs);
    let ready: StoredEvent[] = [];
    if (isReady(heldMs)) {
      ready = held.filter(({ timestampMs }) => isReady(timestampMs)).sort(inOrder);
      held = held.filter(({ timestampMs }) => !isReady(timestampMs));
      heldMs = held.reduce((ms, { timestampMs }) => firstOf(ms, timestampMs), none);
    }
    yield { ready, blockCount: page.length };
  }
  if (held.length > 0) yield { ready: held.sort(inOrder), blockCount: 0 };
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

async function* pagesOf(records: Records, group: number, { fromMs, toMs, isForward }: BlockWish) {
  const all = blocksBetween(group, fromMs - blockSpanMs, toMs);
  let range = all;
  for (;;) {
    const page = await records.range({ ...range, reverse: !isForward, countMax: blocksPerPage });
    const last = page.at(-1);
    if (!last) return;
    yield page;
    if (page.length < blocksPerPage) return;
    if (isForward) range = { ...all, from: new Uint8Array([...last.key, 0]) };
    else range = { ...all, to: last.key };
  }
}
