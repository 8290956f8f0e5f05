/** What reads outside of transactions spend: asked for before, charged by what was found. */

import type { Awaitable } from "../../base/mod.ts";
import type { AttributeValue, Item } from "../../expressions/mod.ts";
import { readUnits } from "../store/capacity.ts";
import type { Page, Source } from "../store/page.ts";
import type { Table } from "../store/table.ts";
import { type Partition, partitionOfKey, partitionOfValue } from "./partition.ts";

/** A page of a table or index; of one partition, or, without a value, of all of them. */
export interface PageRead {
  readonly source: Source;
  readonly partition: AttributeValue | undefined;
  readonly consistent: boolean | undefined;
}

/** An item by its key. */
interface ItemRead {
  readonly table: Table;
  readonly key: Uint8Array;
  /** The key as it was asked for, where that is at hand. */
  readonly item?: Item;
  readonly consistent: boolean | undefined;
}

/** Counts an item that was fetched from the table for what its local index does not hold. */
export function spendOnFetched({ table, key, consistent }: ItemRead, bytes: number): void {
  const partition = partitionOfKey(key, table.definition, undefined);
  table.capacity.spendOnRead(readUnits(bytes, consistent), undefined, partition);
}

/** Reads one item by its key; refuses, before that, when there is nothing left to spend. */
export function readWithin<T extends { readonly size: number }>(
  { table, key, item, consistent }: ItemRead,
  read: () => Awaitable<T | undefined>,
): Awaitable<T | undefined> {
  const partition = partitionOfKey(key, table.definition, item);
  return charged({ table, partition, consistent, index: undefined }, read, (found) => {
    return found?.size ?? 0;
  });
}

/** The same for a page. A scan's units count for the whole, not for a partition. */
export function readPageWithin(
  { source, partition: value, consistent }: PageRead,
  read: () => Promise<Page>,
): Awaitable<Page> {
  const { table } = source;
  const definition = source.index?.definition;
  const index = definition?.scope === "global" ? definition.name : undefined;
  const partition = value && partitionOfValue(value);
  return charged({ table, partition, consistent, index }, read, ({ bytes }) => bytes);
}

interface Spot {
  readonly table: Table;
  /** A global one. */
  readonly index: string | undefined;
  readonly partition: Partition | undefined;
  readonly consistent: boolean | undefined;
}

/** The least that a read costs is taken at once, so that reads side by side see each other. */
function charged<T>(
  spot: Spot,
  read: () => Awaitable<T>,
  bytesOf: (found: T) => number,
): Awaitable<T> {
  const { table, index, partition, consistent } = spot;
  const { capacity } = table;
  capacity.check(capacity.readLimit(index, partition));
  const least = readUnits(0, consistent);
  capacity.spendOnRead(least, index, partition);
  const spendRest = (found: T): T => {
    const rest = readUnits(bytesOf(found), consistent) - least;
    if (rest > 0) capacity.spendOnRead(rest, index, partition);
    return found;
  };
  const found = read();
  return found instanceof Promise ? found.then(spendRest) : spendRest(found);
}
