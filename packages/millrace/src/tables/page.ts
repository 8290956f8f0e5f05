/** One page of items in key order: it ends at the limit, at 1 MB or where there is no more. */

import type { Item } from "../expressions/mod.ts";
import { itemSize } from "./item-size.ts";
import { decodeItem, type Table } from "./item-store.ts";
import { after } from "./key-bytes.ts";
import { pageBytesMax, readBatchCount } from "./limits.ts";

export interface PageRange {
  readonly from?: Uint8Array;
  readonly to?: Uint8Array;
  readonly reverse: boolean;
  readonly limit?: number;
}

export interface Page {
  readonly items: readonly Item[];
  readonly bytes: number;
  /** Where the page was cut; absent when it reached the end. */
  readonly last?: Item;
}

/** The item that passes 1 MB is the last of its page; a full limit counts as a cut. */
export async function readPage(table: Table, range: PageRange): Promise<Page> {
  const limit = range.limit ?? Number.POSITIVE_INFINITY;
  const items: Item[] = [];
  let { from, to } = range;
  let bytes = 0;
  for (;;) {
    const countMax = Math.min(readBatchCount, limit - items.length);
    const { reverse } = range;
    const entries = await table.records.range({
      space: table.itemSpace,
      from,
      to,
      reverse,
      countMax,
    });
    for (const entry of entries) {
      const item = decodeItem(entry.value);
      items.push(item);
      bytes += itemSize(item);
      if (items.length === limit || bytes >= pageBytesMax) return { items, bytes, last: item };
    }
    const lastEntry = entries.at(-1);
    if (!lastEntry || entries.length < countMax) return { items, bytes };
    if (reverse) to = lastEntry.key;
    else from = after(lastEntry.key);
  }
}
