/**
 * Deletes items whose time is over.
 *
 * An item is looked at again inside the update that deletes it: one that was given a later expiry
 * in the meantime stays. Reads never hide an expired item; until the sweep it is there.
 */

import { type Clock, type Logger, WorldError } from "../../base/mod.ts";
import { expiryAgeMaxSeconds, sweepBatchCount, sweepIntervalMs } from "../limits.ts";
import { expiryKey, expirySecond, itemKeyOfEntry, secondOfEntry } from "./expiry-key.ts";
import { updateItemsAt } from "./item-store.ts";
import type { Table } from "./table.ts";

/** How many items of the table were deleted. */
export async function sweepTable(table: Table, nowMs: number): Promise<number> {
  if (table.definition.ttlAttribute === undefined) return 0;
  let deletedCount = 0;
  for (;;) {
    const entries = await table.records.range({
      space: table.expirySpace,
      from: expiryKey(Math.max(0, Math.floor(nowMs / 1000) - expiryAgeMaxSeconds)),
      to: expiryKey(Math.ceil(nowMs / 1000)),
      countMax: sweepBatchCount,
    });
    const deleted = await Promise.all(entries.map((entry) => expire(table, entry.key)));
    deletedCount += deleted.filter(Boolean).length;
    if (entries.length < sweepBatchCount) return deletedCount;
  }
}

/** Whether there still was an item that expires at the second of the entry. */
function expire(table: Table, entryKey: Uint8Array): Promise<boolean> {
  const targets = [{ table, key: itemKeyOfEntry(entryKey) }];
  const spent = { space: table.expirySpace, key: entryKey, value: undefined };
  return updateItemsAt({ targets, beside: [], kind: "expiry" }, ([old]) => {
    const due = expirySecond(old?.item, table.definition.ttlAttribute) === secondOfEntry(entryKey);
    return { items: [due ? undefined : old], changes: [spent], result: due };
  });
}

export interface Sweeping {
  /** No sweep begins after this; answers when the one under way has ended. */
  stop(): Promise<void>;
}

/** Sweeps every second, one sweep at a time; a sweep that fails is logged and tried again. */
export function startSweeping(
  sweep: () => Promise<number>,
  clock: Clock,
  logger: Logger,
): Sweeping {
  let stopped = false;
  let current: Promise<void> = Promise.resolve();
  let timer = clock.after(sweepIntervalMs, turn);
  function turn(): void {
    current = sweepOnce(sweep, logger).then(() => {
      if (!stopped) timer = clock.after(sweepIntervalMs, turn);
    });
  }
  return {
    stop() {
      stopped = true;
      timer.cancel();
      return current;
    },
  };
}

async function sweepOnce(sweep: () => Promise<number>, logger: Logger): Promise<void> {
  try {
    await sweep();
  } catch (thrown) {
    if (!(thrown instanceof WorldError)) throw thrown;
    logger.error("sweep failed", { code: thrown.code, message: thrown.message });
  }
}
