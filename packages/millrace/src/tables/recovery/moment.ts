/**
 * Copies a table's items as they were at a moment, beside the writes that go on.
 *
 * First all items that are there now, then over them what the history has of those that have
 * changed since. An item that changes while it is copied has a record by then, so it does not
 * matter which of its states was copied.
 */

import { concatBytes } from "../../base/mod.ts";
import type { Change, Entry } from "../../storage/mod.ts";
import { BatchCount } from "../store/batch-count.ts";
import { copySpace } from "../store/copy.ts";
import { after, prefixEnd } from "../store/key-bytes.ts";
import { encodeMoment } from "../store/moment-bytes.ts";
import type { RecoveryState, Table } from "../store/table.ts";
import { decodeFormer, digestBytes, untilMs } from "./history.ts";

/** Which of a table's moments. */
export interface Moment {
  readonly table: Table;
  readonly recovery: RecoveryState;
  /** All that was written in this millisecond belongs to it. */
  readonly atMs: number;
}

/** Puts the items into a space that is empty. */
export async function copyMoment(moment: Moment, target: string): Promise<void> {
  const { table, atMs } = moment;
  table.passMoment(atMs);
  await table.writesSettled();
  await table.holdWhile(async () => {
    await copySpace(table.records, table.itemSpace, target);
    await restoreFormer(moment, target);
  });
}

async function restoreFormer({ table, recovery, atMs }: Moment, target: string): Promise<void> {
  const { records } = table;
  let from: Uint8Array | undefined;
  const count = new BatchCount();
  /** The item whose state at the moment is found: further records of it say nothing. */
  let found: Uint8Array | undefined;
  for (;;) {
    const range = { space: recovery.space, from, countMax: count.next };
    const entries = await records.range(range);
    const last = entries.at(-1);
    if (!last) return;
    const changes: Change[] = [];
    for (const { key, value } of entries) {
      const digest = key.subarray(0, digestBytes);
      const isFound = found !== undefined && Buffer.compare(found, digest) === 0;
      if (isFound || untilMs(key) <= atMs) continue;
      found = digest;
      const { key: itemKey, stored } = decodeFormer(value);
      changes.push({ space: target, key: itemKey, value: stored });
    }
    if (changes.length > 0) await records.update([], () => ({ changes, result: undefined }));
    count.learn(entries);
    from = nextPlace(last, found, atMs);
  }
}

/** Behind an item that is found, or at the first record of it that can say something. */
function nextPlace({ key }: Entry, found: Uint8Array | undefined, atMs: number): Uint8Array {
  const digest = key.slice(0, digestBytes);
  if (found && Buffer.compare(found, digest) === 0) {
    const end = prefixEnd(digest);
    return Buffer.compare(end, key) > 0 ? end : after(key);
  }
  const first = concatBytes([digest, encodeMoment(atMs + 1, 0)]);
  return Buffer.compare(first, key) > 0 ? first : after(key);
}
