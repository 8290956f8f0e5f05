/** One page of items in key order: it ends at the limit, at 1 MB or where there is no more. */

import type { Item } from "../../expressions/mod.ts";
import type { Entry } from "../../storage/mod.ts";
import { pageBytesMax, readBatchCount, segmentBytesMax } from "../limits.ts";
import { BatchCount } from "./batch-count.ts";
import { decodeEntry } from "./index-entries.ts";
import { after, partitionEnd } from "./key-bytes.ts";
import { StoredItem } from "./stored-item.ts";
import type { Index, Table } from "./table.ts";

export interface PageRange {
  readonly from?: Uint8Array;
  readonly to?: Uint8Array;
  readonly reverse: boolean;
  readonly limit?: number;
  /** The partitions of which it tells false are passed over as if they were not there. */
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
  let [bytes, passedBytes] = [0, 0];
  for await (const { entry, size } of entriesOf(source, range, limit)) {
    if (!entry) {
      passedBytes += size;
      const last = items.at(-1)?.stored.item;
      if (last && passedBytes >= segmentBytesMax) return { items, bytes, last };
      continue;
    }
    items.push(entry);
    bytes += entry.stored.size;
    if (items.length === limit || bytes >= pageBytesMax) {
      return { items, bytes, last: entry.stored.item };
    }
  }
  return { items, bytes };
}

interface Passed {
  /** `undefined`: it is not wanted. */
  readonly entry: PageItem | undefined;
  /** As it is stored. */
  readonly size: number;
}

/**
 * All entries within the range, read in batches that are no larger than the page can use. Of a
 * partition that is not wanted no more is read than the batch in which that shows.
 */
async function* entriesOf(
  source: Source,
  { from, to, reverse, wanted }: PageRange,
  limit: number,
): AsyncIterable<Passed> {
  const { table, index } = source;
  const space = index ? index.space : table.itemSpace;
  // Of what a segment reads its page may take nothing, so that nothing is taken off.
  let [leftCount, leftBytes] = [wanted ? readBatchCount : limit, pageBytesMax];
  const batch = new BatchCount(leftCount);
  let [start, end] = [from, to];
  for (;;) {
    const countMax = batch.next;
    const range = { space, from: start, to: end, reverse, countMax };
    const entries = await table.records.range(range);
    let [isLastWanted, bytes] = [true, 0];
    for (const { key, value } of entries) {
      const item = decode(source, { key, value });
      isLastWanted = wanted?.(item) ?? true;
      bytes += item.stored.size;
      yield { entry: isLastWanted ? item : undefined, size: value.length };
    }
    const last = entries.at(-1);
    if (!last || entries.length < countMax) return;
    if (reverse) end = last.key;
    else start = isLastWanted ? after(last.key) : partitionEnd(last.key);
    if (!wanted) [leftCount, leftBytes] = [leftCount - entries.length, leftBytes - bytes];
    const most = { count: Math.min(readBatchCount, leftCount), bytes: leftBytes };
    batch.fit({ count: entries.length, bytes }, most);
  }
}

function decode({ index }: Source, { key, value }: Entry): PageItem {
  return index ? decodeEntry(value) : { key, stored: new StoredItem(value) };
}
