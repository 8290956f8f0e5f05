/** Capacity units, as the service charges them. */

import { entryOf, newEntryOf, sameEntry } from "./index-entries.ts";
import { itemSize } from "./item-size.ts";
import type { StoredItem } from "./stored-item.ts";
import type { Table } from "./table.ts";

/** One for each 4 KB begun, half of that when the read may be stale; at least one step. */
export function readUnits(bytes: number, consistent = false): number {
  return (wholeReadBytes(bytes) / readUnitBytes) * (consistent ? 1 : 0.5);
}

const readUnitBytes = 4096;

/** The bytes that a read is charged for. */
export function wholeReadBytes(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / readUnitBytes)) * readUnitBytes;
}

/** One for each 1 KB begun; at least one. */
function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024));
}

/** Units by what they were used on; of one kind, read or write. */
export interface Charge {
  readonly table: number;
  readonly global: Readonly<Record<string, number>>;
  readonly local: Readonly<Record<string, number>>;
}

export const noCharge: Charge = { table: 0, global: {}, local: {} };

/** A write costs by the larger of the item before and after, in the table and in each index. */
export function chargeOfWrite(
  table: Table,
  old: StoredItem | undefined,
  item: StoredItem | undefined,
): Charge {
  const charge = {
    table: writeUnits(Math.max(old?.size ?? 0, item?.size ?? 0)),
    global: {} as Record<string, number>,
    local: {} as Record<string, number>,
  };
  for (const index of table.indexes) {
    const { name, scope } = index.definition;
    const target = { table, index, key: new Uint8Array(0) };
    const [before, after] = [entryOf(target, old?.item), newEntryOf(target, item?.item)];
    const units = unitsOfEntry(before, after);
    if (units > 0) charge[scope][name] = units;
  }
  return charge;
}

type Entry = ReturnType<typeof entryOf>;

/** An entry that moves is deleted and put: two writes. */
function unitsOfEntry(before: Entry, after: Entry): number {
  if (!before && !after) return 0;
  if (!before) return writeUnits(itemSize(after!.item));
  if (!after) return writeUnits(itemSize(before.item));
  if (Buffer.compare(before.key, after.key) !== 0) {
    return writeUnits(itemSize(before.item)) + writeUnits(itemSize(after.item));
  }
  if (sameEntry(before, after)) return 0;
  return writeUnits(Math.max(itemSize(before.item), itemSize(after.item)));
}

export function addCharges(left: Charge, right: Charge): Charge {
  return {
    table: left.table + right.table,
    global: addUnits(left.global, right.global),
    local: addUnits(left.local, right.local),
  };
}

/** In a transaction the table is charged twice; its indexes are as they are elsewhere. */
export function chargeInTransaction(charge: Charge): Charge {
  return { ...charge, table: 2 * charge.table };
}

function addUnits(
  left: Readonly<Record<string, number>>,
  right: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = { ...left };
  for (const [name, units] of Object.entries(right)) sum[name] = (sum[name] ?? 0) + units;
  return sum;
}

export type ReturnConsumedCapacity = "INDEXES" | "TOTAL" | "NONE" | undefined;

/** Told apart where a transaction's answer also names the kind of units. */
export type UnitKind = "ReadCapacityUnits" | "WriteCapacityUnits";

interface Units {
  readonly CapacityUnits: number;
  readonly ReadCapacityUnits?: number;
  readonly WriteCapacityUnits?: number;
}

export interface ConsumedCapacity extends Units {
  readonly TableName: string;
  readonly Table?: Units;
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, Units>>;
  readonly LocalSecondaryIndexes?: Readonly<Record<string, Units>>;
}

/** What an answer says of a charge; `undefined` when it was not asked for. */
export function showCharge(
  { mode, kind }: { readonly mode: ReturnConsumedCapacity; readonly kind?: UnitKind },
  TableName: string,
  charge: Charge,
): ConsumedCapacity | undefined {
  if (!mode || mode === "NONE") return undefined;
  const units = (count: number): Units => ({
    CapacityUnits: count,
    ...(kind && { [kind]: count }),
  });
  const { table, global, local } = charge;
  const total = table + sum(global) + sum(local);
  if (mode === "TOTAL") return { TableName, ...units(total) };
  const byName = (of: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(of).map(([name, count]) => [name, units(count)]));
  return {
    TableName,
    ...units(total),
    Table: units(table),
    ...(Object.keys(global).length > 0 && { GlobalSecondaryIndexes: byName(global) }),
    ...(Object.keys(local).length > 0 && { LocalSecondaryIndexes: byName(local) }),
  };
}

function sum(units: Readonly<Record<string, number>>): number {
  return Object.values(units).reduce((total, count) => total + count, 0);
}
