/** Batches: records of a shard that go into one call, and what becomes of them when it fails. */

import { utf8 } from "../base/mod.ts";
import type { TriggerSettings } from "./mapping.ts";
import type { StreamRecord } from "./ports.ts";
import type { Unfinished } from "./progress.ts";

/** A record with its place among those that are not finished. */
export interface Held {
  readonly record: StreamRecord;
  readonly place: Unfinished;
}

export interface Batch {
  readonly held: readonly Held[];
  /** Calls of the function that have failed for this batch and count. */
  readonly failureCount: number;
  /** Failures of any kind one after the other, for the pause before the next try. */
  readonly pauseCount: number;
  /** Calls in which its records were, for whoever hears that they were given up. */
  readonly callCount: number;
  /** It has no records: the last call of a window. */
  readonly isFinal?: true;
}

const head = '{"Records":[';
const frameBytes = head.length + 2;

/** `frame`: further members, as JSON behind a comma. */
export function payloadOf(held: readonly Held[], frame = ""): Uint8Array {
  const records = held.map(({ record }) => record.json).join(",");
  return utf8(`${head}${records}]${frame}}`);
}

/** How many of the records, from the first on, go into one call; at least one of any. */
export function countOfBatch(
  queue: readonly Held[],
  { countMax, bytesMax }: { readonly countMax: number; readonly bytesMax: number },
): number {
  let bytes = frameBytes;
  for (const [index, { record }] of queue.entries()) {
    bytes += record.bytes + (index > 0 ? 1 : 0);
    if (index === countMax || (bytes > bytesMax && index > 0)) return index;
  }
  return queue.length;
}

export function newBatch(held: readonly Held[]): Batch {
  return { held, failureCount: 0, pauseCount: 0, callCount: 0 };
}

export type NextStep =
  | { readonly kind: "split"; readonly batches: readonly Batch[] }
  | { readonly kind: "pause"; readonly batch: Batch }
  | { readonly kind: "discard"; readonly batch: Batch };

/**
 * What follows a failed call: records before `from` are done, and of the rest
 *
 * - a call that did not run is made again, however often;
 * - where batches are bisected, the rest is halved, or tried as it is when something was done:
 *   neither uses up an attempt;
 * - else an attempt is used up; when something was done, it is the first of the rest.
 */
export function nextStep(
  batch: Batch,
  { from, counts }: { readonly from: number; readonly counts: boolean },
  settings: Pick<TriggerSettings, "bisects" | "retryAttemptsMax">,
): NextStep {
  const { held, failureCount, pauseCount } = batch;
  const callCount = batch.callCount + (counts ? 1 : 0);
  if (!counts) return { kind: "pause", batch: { ...batch, pauseCount: pauseCount + 1 } };
  const rest = held.slice(from);
  if (settings.bisects && from > 0) {
    return { kind: "split", batches: [{ held: rest, failureCount: 0, pauseCount: 0, callCount }] };
  }
  if (settings.bisects && rest.length > 1) {
    const middle = Math.ceil(rest.length / 2);
    const halves = [rest.slice(0, middle), rest.slice(middle)];
    const batches = halves.map((half) => ({ held: half, failureCount, pauseCount: 0, callCount }));
    return { kind: "split", batches };
  }
  const failures = (from > 0 ? 0 : failureCount) + 1;
  const failed = { failureCount: failures, pauseCount: pauseCount + 1, callCount };
  const next = { ...batch, ...failed, held: rest };
  const { retryAttemptsMax } = settings;
  const isSpent = retryAttemptsMax >= 0 && failures > retryAttemptsMax;
  return isSpent ? { kind: "discard", batch: next } : { kind: "pause", batch: next };
}
