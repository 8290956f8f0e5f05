/** One page of items in key order: it ends at the limit, at 1 MB or where there is no more. */

import type { Item } from "../../expressions/mod.ts";
import type { Entry } from "../../storage/mod.ts";
import { pageBytesMax, readBatchCount } from "../limits.ts";
import { decodeEntry } from "./index-entries.ts";
import { after } from "./key-bytes.ts";
import { StoredItem } from "./stored-item.ts";
import type { Index, Table } from "./table.ts";

export interface PageRange {
  readonly from?: Uint8Array;
  readonly to?: Uint8Array;
  readonly reverse: boolean;
  readonly limit?: number;
  /** What is not wanted is passed over as if it were not there. */
  readonly wanted?: (entry: PageItem) => boolean;
}

export interface PageItem {
  /** Of the item in its table. */
  readonly key: Uint8Array;
  /** As far as it is projected, where an index is read. */
  readonly stored: StoredItem;
}

export interface Page {
  readonly items: readonly PageItem[];
  readonly bytes: number;
  /** Where the page was cut; absent when it reached the end. */
  readonly last?: Item;
}

/** Where a Query or Scan reads: a table, or one of its indexes. */
export interface Source {
  readonly table: Table;
  readonly index?: Index;
}

/** The item that passes 1 MB is the last of its page; a full limit counts as a cut. */
export async function readPage(source: Source, range: PageRange): Promise<Page> {
  const limit = range.limit ?? Number.POSITIVE_INFINITY;
  const items: PageItem[] = [];
  let bytes = 0;
  for await (const entry of entriesOf(source, range, limit)) {
    const item = decode(source, entry);
    if (range.wanted && !range.wanted(item)) continue;
    items.push(item);
    bytes += item.stored.size;
    if (items.length === limit || bytes >= pageBytesMax) {
      return { items, bytes, last: item.stored.item };
    }
  }
  return { items, bytes };
}

/** All entries within the range, read in batches that are no larger than the page can use. */
async function* entriesOf(
  { table, index }: Source,
  { from, to, reverse, wanted }: PageRange,
  limit: number,
): AsyncIterable<Entry> {
  const space = index ? index.space : table.itemSpace;
  const countMax = wanted ? readBatchCount : Math.min(readBatchCount, limit);
  let [start, end] = [from, to];
  for (;;) {
    const range = { space, from: start, to: end, reverse, countMax };
    const entries = await table.records.range(range);
    yield* entries;
    const last = entries.at(-1);
    if (!last || entries.length < countMax) return;
    if (reverse) end = last.key;
    else start = after(last.key);
  }
}

function decode({ index }: Source, { key, value }: Entry): PageItem {
  return index ? decodeEntry(value) : { key, stored: new StoredItem(value) };
}
