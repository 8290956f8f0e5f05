/**
 * What goes: events past their group's retention, the oldest of the group that takes most when
 * there is no room, and all of a group that was deleted. Whole blocks at a time; one that cannot be
 * read goes like the others.
 *
 * Between two looks a reader is not shown what is past its retention.
 */

import type { Entry, Records } from "../storage/mod.ts";
import { blockRemoval, blocksBetween, firstMsOf, readBlock } from "./block.ts";
import { dropStream, type Group, groupChange, groupRemoval, streamRemoval } from "./group.ts";
import { blockSpanMs, blocksRemovedAtOnce, trimEveryMs } from "./limits.ts";

const dayMs = 86_400_000;

/** What is before it is past the group's retention. */
export function retainedFromMs({ record }: Group, nowMs: number): number {
  return record.retentionDays === undefined ? 0 : nowMs - record.retentionDays * dayMs;
}

export async function trimByTime(records: Records, group: Group, nowMs: number): Promise<void> {
  const untilMs = retainedFromMs(group, nowMs) - blockSpanMs;
  if (untilMs <= 0) return;
  while ((await removeOldest(records, group, untilMs)).blocks === blocksRemovedAtOnce);
  await forgetStreams(records, group, nowMs);
}

/** Makes room by the oldest blocks of a group; answers with how much went. */
export async function trimForRoom(records: Records, group: Group, nowMs: number) {
  const removed = await removeOldest(records, group, Number.POSITIVE_INFINITY);
  await forgetStreams(records, group, nowMs);
  return removed;
}

/** Removes what is left of a group that was deleted, its record last. */
export async function removeDeleted(records: Records, group: Group): Promise<void> {
  while ((await removeOldest(records, group, Number.POSITIVE_INFINITY)).blocks > 0);
  const changes = [...group.streams.values()].map((stream) => streamRemoval(group, stream));
  changes.push(groupRemoval(group));
  await records.update([], () => ({ changes, result: undefined }));
}

async function removeOldest(records: Records, group: Group, untilMs: number) {
  const range = blocksBetween(group.number, 0, untilMs);
  const page = await records.range({ ...range, countMax: blocksRemovedAtOnce });
  if (page.length === 0) return { blocks: 0, events: 0 };
  const events = page.reduce((sum, entry) => sum + countEvents(entry), 0);
  const stored = page.reduce((sum, { value }) => sum + value.length, 0);
  const bytes = Math.min(stored, group.record.storedBytes);
  group.record.storedBytes -= bytes;
  const changes = page.map(({ key }) => blockRemoval(key));
  changes.push(groupChange(group));
  try {
    await records.update([], () => ({ changes, result: undefined }));
  } catch (thrown) {
    group.record.storedBytes += bytes; // they are there still
    throw thrown;
  }
  return { blocks: page.length, events };
}

/** None where the block cannot be read: it would keep all the others for ever. */
function countEvents(entry: Entry): number {
  try {
    return readBlock(entry).length;
  } catch {
    return 0;
  }
}

/** Streams that came by themselves go with their last event, unless one came just now. */
async function forgetStreams(records: Records, group: Group, nowMs: number): Promise<void> {
  const [oldest] = await records.range({
    ...blocksBetween(group.number, 0, Number.POSITIVE_INFINITY),
    countMax: 1,
  });
  const horizonMs = oldest ? firstMsOf(oldest.key) : Number.POSITIVE_INFINITY;
  const gone = [...group.streams.values()].filter(
    ({ record: { cameByItself, lastEventMs, lastIngestionMs = 0 } }) =>
      cameByItself &&
      lastEventMs !== undefined &&
      lastEventMs < horizonMs &&
      lastIngestionMs < nowMs - trimEveryMs,
  );
  if (gone.length === 0) return;
  for (const stream of gone) dropStream(group, stream);
  const changes = gone.map((stream) => streamRemoval(group, stream));
  await records.update([], () => ({ changes, result: undefined }));
}
