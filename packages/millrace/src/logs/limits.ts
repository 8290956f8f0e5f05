/** The bounds of logs. Those of AWS carry its numbers; the others keep one machine healthy. */

/** One batch of events: messages in UTF-8, and so much more for each event. */
export const batchBytesMax = 1_048_576;
export const eventOverheadBytes = 26;
export const batchEventsMax = 10_000;

/** One event, its overhead included. */
export const eventBytesMax = 1_048_576;

/** How long ago an event may have been, and how far ahead. */
export const pastMsMax = 14 * 86_400_000;
export const futureMsMax = 2 * 3_600_000;

/** From the first to the last event of one batch. */
export const batchSpanMsMax = 86_400_000;

/** What a group's retention may be, in days. */
export const retentionDays: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

export const groupsMax = 10_000;

/** Streams of one group; beyond it the oldest that came by itself is forgotten. */
export const streamsPerGroupMax = 10_000;

/** Lines that nobody waits for go to the disk so long after the first of them. */
export const flushMs = 200;

/** Bytes of messages that wait for the disk; beyond it lines are dropped and batches refused. */
export const pendingBytesMax = 16 * 1_048_576;

/** From the first to the last event of one block: readers begin so much before what they want. */
export const blockSpanMs = 1_000;

/**
 * Bytes of messages in one block; one event may go beyond. Of lines that nobody waits for, here and
 * above, a unit of text counts as a byte, so what is not ASCII may be up to three times as much.
 */
export const blockBytesMax = 262_144;

/** All blocks on disk; beyond it the group that takes most loses its oldest. */
export const storedBytesMaxDefault = 1_073_741_824;

/** How often what is past its retention is removed. */
export const trimEveryMs = 60_000;

/** Blocks that are read at once, and that are removed at once. */
export const blocksPerPage = 16;
export const blocksRemovedAtOnce = 64;

/** What one read gives at most, and what it looks at before it answers with what it has. */
export const readEventsMax = 10_000;
export const readBytesMax = 1_048_576;
export const scannedBytesMax = 33_554_432;

/** What a pattern may cost on one line; about 100 ms at worst. */
export const lineWorkMax = 1_000_000;

/** What a follower's pattern may cost in such a time; lines beyond it are not looked at. */
export const followerWorkMax = 1_000_000;
export const followerWorkMs = 1_000;

/** After so many bytes and so much work, together, a read lets others have their turn. */
export const readPerTurnMax = 1_048_576;

/** What reading a block counts for among those, beside the messages in it. */
export const blockOverheadBytes = 4096;
