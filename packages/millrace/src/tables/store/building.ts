/**
 * Brings indexes and the index of expiry up to items that were there before them, in bounded
 * batches, beside the writes that go on.
 *
 * The table's state names them first, so that every later write keeps them; when the writes that
 * were under way have settled, each item is looked at again inside an update of its own entry. To
 * break off and begin again is safe.
 */

import { noBytes } from "../../base/mod.ts";
import type { Item } from "../../expressions/mod.ts";
import type { Change, Records } from "../../storage/mod.ts";
import { buildBatchCount } from "../limits.ts";
import { BatchCount } from "./batch-count.ts";
import { expiryKey, expirySecond } from "./expiry-key.ts";
import { changesOfIndex } from "./index-entries.ts";
import { after } from "./key-bytes.ts";
import { decodeItem } from "./stored-item.ts";
import type { Index, Table } from "./table.ts";

/** Asked between batches; true: leave off. */
export type Stopped = () => boolean;

/** Whether every item now has its entry; false when it was stopped. */
export async function buildIndex(table: Table, index: Index, stopped: Stopped): Promise<boolean> {
  await table.writesSettled();
  return forEachItem(table, stopped, (key, item) =>
    changesOfIndex({ table, index, key }, undefined, item),
  );
}

/** The same for the index of expiry, whose old entries are of another attribute. */
export async function buildExpiry(table: Table, stopped: Stopped): Promise<boolean> {
  await table.writesSettled();
  if (!(await clearSpace(table.records, table.expirySpace, stopped))) return false;
  return forEachItem(table, stopped, (key, item) => {
    const second = expirySecond(item, table.definition.ttlAttribute);
    if (second === undefined) return [];
    return [{ space: table.expirySpace, key: expiryKey(second, key), value: noBytes }];
  });
}

/** Deletes every record of a space; false when it was stopped. */
export async function clearSpace(
  records: Records,
  space: string,
  stopped: Stopped,
): Promise<boolean> {
  for (;;) {
    if (stopped()) return false;
    const entries = await records.range({ space, countMax: buildBatchCount, valueBytesMax: 0 });
    if (entries.length === 0) return true;
    const changes = entries.map(({ key }) => ({ space, key, value: undefined }));
    await records.update([], () => ({ changes, result: undefined }));
  }
}

async function forEachItem(
  { records, itemSpace: space }: Table,
  stopped: Stopped,
  changesFor: (key: Uint8Array, item: Item) => Change[],
): Promise<boolean> {
  let from: Uint8Array | undefined;
  const count = new BatchCount();
  for (;;) {
    if (stopped()) return false;
    const entries = await records.range({ space, from, countMax: count.next });
    const last = entries.at(-1);
    if (!last) return true;
    const addresses = entries.map(({ key }) => ({ space, key }));
    await records.update(addresses, (values) => {
      const changes = values.flatMap((bytes, at) =>
        bytes ? changesFor(addresses[at]!.key, decodeItem(bytes)) : [],
      );
      return { changes, result: undefined };
    });
    count.learn(entries);
    from = after(last.key);
  }
}
