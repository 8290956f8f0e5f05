/** Rebuilds a table's expiry index, in bounded batches, when its expiry attribute changed. */

import { noBytes } from "../base/mod.ts";
import type { Change } from "../storage/mod.ts";
import { expiryKey, expirySecond } from "./expiry-key.ts";
import { decodeItem, type Table } from "./item-store.ts";
import { after } from "./key-bytes.ts";
import { sweepBatchCount } from "./limits.ts";

/** Safe to break off and begin again; nothing else may write to the table meanwhile. */
export async function rebuildExpiry(table: Table): Promise<void> {
  await forEachBatch(table, table.expirySpace, ({ key }) => [
    { space: table.expirySpace, key, value: undefined },
  ]);
  await forEachBatch(table, table.itemSpace, ({ key, value }) => {
    const second = expirySecond(decodeItem(value), table.definition.ttlAttribute);
    if (second === undefined) return [];
    const entry = { space: table.expirySpace, key: expiryKey(second, key) };
    return [{ ...entry, value: noBytes }];
  });
}

async function forEachBatch(
  table: Table,
  space: string,
  changesFor: (entry: { key: Uint8Array; value: Uint8Array }) => Change[],
): Promise<void> {
  let from: Uint8Array | undefined;
  for (;;) {
    const entries = await table.records.range({ space, from, countMax: sweepBatchCount });
    const last = entries.at(-1);
    if (!last) return;
    const changes = entries.flatMap(changesFor);
    await table.records.update([], () => ({ changes, result: undefined }));
    from = after(last.key);
  }
}
