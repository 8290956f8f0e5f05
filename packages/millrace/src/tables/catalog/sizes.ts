/**
 * Item counts and sizes of tables, as descriptions show them: counted at most every six hours, as
 * the service does, so that describing a table costs nothing.
 */

import type { Clock } from "../../base/mod.ts";
import { figuresAgeMaxMs, readBatchCount } from "../limits.ts";
import { decodeEntry } from "../store/index-entries.ts";
import { itemSize } from "../store/item-size.ts";
import { decodeItem } from "../store/item-store.ts";
import { after } from "../store/key-bytes.ts";
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
    const size = await countSpace(table, space, (bytes) => itemSize(decodeEntry(bytes).item));
    indexes.push([definition.name, size]);
  }
  const items = await countSpace(table, table.itemSpace, (bytes) => itemSize(decodeItem(bytes)));
  return { table: items, indexes: Object.fromEntries(indexes) };
}

async function countSpace(
  { records }: Table,
  space: string,
  sizeOf: (bytes: Uint8Array) => number,
): Promise<Size> {
  let [itemCount, bytes] = [0, 0];
  let from: Uint8Array | undefined;
  for (;;) {
    const entries = await records.range({ space, from, countMax: readBatchCount });
    for (const { value } of entries) {
      itemCount += 1;
      bytes += sizeOf(value);
    }
    const last = entries.at(-1);
    if (!last) return { itemCount, bytes };
    from = after(last.key);
  }
}
