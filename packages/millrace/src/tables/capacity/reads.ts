/** What reads outside of transactions spend: asked for before, charged by what was found. */

import type { AttributeValue, Item } from "../../expressions/mod.ts";
import { type Charge, noCharge, readUnits } from "../store/capacity.ts";
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
  const charge = chargeOf(readUnits(bytes, consistent), undefined);
  table.capacity.spend("Read", { charge, partition, indexPartition: () => partition });
}

/** Reads one item by its key; refuses, before that, when there is nothing left to spend. */
export function readWithin<T extends { readonly size: number }>(
  { table, key, item, consistent }: ItemRead,
  read: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const partition = partitionOfKey(key, table.definition, item);
  return charged({ table, partition, consistent, index: undefined }, read, (found) => {
    return found?.size ?? 0;
  });
}

/** The same for a page. A scan's units count for the whole, not for a partition. */
export function readPageWithin(
  { source, partition: value, consistent }: PageRead,
  read: () => Promise<Page>,
): Promise<Page> {
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
async function charged<T>(
  { table, index, partition, consistent }: Spot,
  read: () => Promise<T>,
  bytesOf: (found: T) => number,
): Promise<T> {
  const { capacity } = table;
  const where = { partition, indexPartition: () => partition };
  capacity.check(capacity.readLimit(index, partition));
  const least = readUnits(0, consistent);
  capacity.spend("Read", { charge: chargeOf(least, index), ...where });
  const found = await read();
  const rest = readUnits(bytesOf(found), consistent) - least;
  if (rest > 0) capacity.spend("Read", { charge: chargeOf(rest, index), ...where });
  return found;
}

function chargeOf(units: number, index: string | undefined): Charge {
  return index === undefined
    ? { ...noCharge, table: units }
    : { ...noCharge, global: { [index]: units } };
}
