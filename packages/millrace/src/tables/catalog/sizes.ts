/**
 * Item counts and sizes of tables, as descriptions show them: counted at most every six hours, as
 * the service does, so that describing a table costs nothing.
 */

import type { Clock } from "../../base/mod.ts";
import { figuresAgeMaxMs, readBatchCount } from "../limits.ts";
import { decodeEntry, entryHeadBytes, entryHeadBytesMax } from "../store/index-entries.ts";
import { after } from "../store/key-bytes.ts";
import { sizeHeadBytes, sizeOfHead, sizeOfItem } from "../store/stored-item.ts";
import type { Table } from "../store/table.ts";
import type { Size, Sizes } from "./describe.ts";

interface Counted {
  readonly atMs: number;
  readonly sizes: Promise<Sizes>;
}

const nothing: Sizes = { table: { itemCount: 0, bytes: 0 }, indexes: {} };

export class SizeKeeper {
  readonly #clock: Clock;
  readonly #counted = new WeakMap<Table, Counted>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A table that was just made is known to be empty. */
  startEmpty(table: Table): void {
    this.#counted.set(table, { atMs: this.#clock.now(), sizes: Promise.resolve(nothing) });
  }

  /** Whoever asks while a table is being counted waits for the same count. */
  sizesOf(table: Table): Promise<Sizes> {
    const counted = this.#counted.get(table);
    const nowMs = this.#clock.now();
    if (counted && nowMs - counted.atMs < figuresAgeMaxMs) return counted.sizes;
    const sizes = countAll(table);
    const fresh = { atMs: nowMs, sizes };
    this.#counted.set(table, fresh);
    // A count that the world broke off is no count: the next who asks begins anew.
    sizes.catch(() => {
      if (this.#counted.get(table) === fresh) this.#counted.delete(table);
    });
    return sizes;
  }
}

async function countAll(table: Table): Promise<Sizes> {
  const indexes: [string, Size][] = [];
  for (const { definition, space } of table.indexes) {
    indexes.push([definition.name, await countSpace(table, space, entryLayout)]);
  }
  const items = await countSpace(table, table.itemSpace, itemLayout);
  return { table: items, indexes: Object.fromEntries(indexes) };
}

/** Where a record tells the size of what it holds. */
interface Layout {
  /** It is within so many bytes, unless the record is of an older store. */
  readonly headBytesMax: number;
  /** From the first bytes; `undefined` when they do not tell it. */
  readonly sizeOfHead: (head: Uint8Array) => number | undefined;
  readonly sizeOf: (record: Uint8Array) => number;
}

const itemLayout: Layout = { headBytesMax: sizeHeadBytes, sizeOfHead, sizeOf: sizeOfItem };

const entryLayout: Layout = {
  headBytesMax: entryHeadBytesMax + sizeHeadBytes,
  sizeOfHead: (head) => sizeOfHead(head.subarray(entryHeadBytes(head))),
  sizeOf: (record) => decodeEntry(record).stored.size,
};

/** Reads of each record what tells its size, and no more where that is there. */
async function countSpace(
  { records }: Table,
  space: string,
  { headBytesMax: valueBytesMax, sizeOfHead, sizeOf }: Layout,
): Promise<Size> {
  let [itemCount, bytes] = [0, 0];
  let from: Uint8Array | undefined;
  for (;;) {
    const entries = await records.range({ space, from, countMax: readBatchCount, valueBytesMax });
    for (const { key, value } of entries) {
      let size = sizeOfHead(value);
      if (size === undefined) {
        const whole = await records.get({ space, key });
        if (!whole) continue; // deleted since
        size = sizeOf(whole);
      }
      itemCount += 1;
      bytes += size;
    }
    const last = entries.at(-1);
    if (!last) return { itemCount, bytes };
    from = after(last.key);
  }
}
