/** One page of items in key order: it ends at the limit, at 1 MB or where there is no more. */

import type { Item } from "../../expressions/mod.ts";
import type { Entry } from "../../storage/mod.ts";
import { pageBytesMax, readBatchCount, segmentBytesMax } from "../limits.ts";
import { BatchCount, type BatchMost } from "./batch-count.ts";
import { decodeEntry } from "./index-entries.ts";
import { after, partitionEnd } from "./key-bytes.ts";
import { StoredItem } from "./stored-item.ts";
import type { Index, Table } from "./table.ts";

export interface PageRange {
  readonly from?: Uint8Array;
  readonly to?: Uint8Array;
  readonly reverse: boolean;
  readonly limit?: number;
  /** The item that passes it is the last; absent: 1 MB. */
  readonly bytesMax?: number;
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

/**
 * What was read last of a table or an index: so a page of small items is asked for at once, and one
 * of large items does not read many more than it has.
 */
const examples = new WeakMap<Table | Index, BatchMost>();

/** The item that passes 1 MB is the last of its page; a full limit counts as a cut. */
export async function readPage(source: Source, range: PageRange): Promise<Page> {
  const { table, index } = source;
  const { reverse, wanted, limit = Number.POSITIVE_INFINITY, bytesMax = pageBytesMax } = range;
  const space = index ? index.space : table.itemSpace;
  const page = new OpenPage({ limit, bytesMax, wanted });
  // Of what a segment reads its page may take nothing, so that nothing is taken off.
  let [leftCount, leftBytes] = [wanted ? readBatchCount : limit, bytesMax];
  const mostNow = () => ({ count: Math.min(readBatchCount, leftCount), bytes: leftBytes });
  const batch = new BatchCount(leftCount);
  const example = examples.get(index ?? table);
  if (example) batch.fit(example, mostNow());
  let [start, end] = [range.from, range.to];
  for (;;) {
    const countMax = batch.next;
    const entries = await table.records.range({ space, from: start, to: end, reverse, countMax });
    const before = page.read;
    const isCut = entries.some((entry) => page.takes(decode(source, entry), entry.value.length));
    const read = { count: page.read.count - before.count, bytes: page.read.bytes - before.bytes };
    if (read.count > 0) examples.set(index ?? table, read);
    if (isCut) return page.cut();
    const last = entries.at(-1);
    if (!last || entries.length < countMax) return page.whole();
    if (reverse) end = last.key;
    // Of a partition that is not wanted no more is read than the batch in which that shows.
    else start = page.isLastWanted ? after(last.key) : partitionEnd(last.key);
    if (!wanted) [leftCount, leftBytes] = [leftCount - read.count, leftBytes - read.bytes];
    batch.fit(read, mostNow());
  }
}

type PageMost = Required<Pick<PageRange, "limit" | "bytesMax">> & {
  readonly wanted: PageRange["wanted"];
};

/** A page that is being filled, entry by entry. */
class OpenPage {
  readonly #most: PageMost;
  readonly #items: PageItem[] = [];
  #bytes = 0;
  /** As they are stored, of entries that are not wanted. */
  #passedBytes = 0;
  #readCount = 0;
  #readBytes = 0;
  isLastWanted = true;

  constructor(most: PageMost) {
    this.#most = most;
  }

  /** Of all entries, bytes as items count them. */
  get read(): BatchMost {
    return { count: this.#readCount, bytes: this.#readBytes };
  }

  /** Whether the page ends with the entry, of which so many bytes are stored. */
  takes(entry: PageItem, storedBytes: number): boolean {
    const { size } = entry.stored;
    this.#readCount += 1;
    this.#readBytes += size;
    const { limit, bytesMax, wanted } = this.#most;
    this.isLastWanted = wanted === undefined || wanted(entry);
    if (!this.isLastWanted) {
      this.#passedBytes += storedBytes;
      return this.#items.length > 0 && this.#passedBytes >= segmentBytesMax;
    }
    this.#items.push(entry);
    this.#bytes += size;
    return this.#items.length === limit || this.#bytes >= bytesMax;
  }

  /** It goes on behind its last item. */
  cut(): Page {
    return { ...this.whole(), last: this.#items.at(-1)!.stored.item };
  }

  whole(): Page {
    return { items: this.#items, bytes: this.#bytes };
  }
}

function decode({ index }: Source, { key, value }: Entry): PageItem {
  return index ? decodeEntry(value) : { key, stored: new StoredItem(value) };
}
