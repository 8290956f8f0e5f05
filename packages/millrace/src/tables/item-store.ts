/**
 * One table's items in the store, and the index of their expiry beside them.
 *
 * An item and its entry in the expiry index always change in one update, so the index names every
 * item that can expire, at the second it expires.
 */

import { noBytes, textOf, utf8 } from "../base/mod.ts";
import type { Item } from "../expressions/mod.ts";
import type { Change, RecordAddress, Records } from "../storage/mod.ts";
import type { TableDefinition } from "./definition.ts";
import { expiryKey, expirySecond } from "./expiry-key.ts";

/** A defined table and where it lies. */
export interface Table {
  readonly definition: TableDefinition;
  readonly records: Records;
  readonly itemSpace: string;
  readonly expirySpace: string;
}

/** Refuses a name that no table has. */
export type FindTable = (name: string) => Table;

export function openTable(definition: TableDefinition, records: Records): Table {
  return {
    definition,
    records,
    itemSpace: `table/${definition.name}/items`,
    expirySpace: `table/${definition.name}/expiry`,
  };
}

export function itemAddress(table: Table, key: Uint8Array): RecordAddress {
  return { space: table.itemSpace, key };
}

function encodeItem(item: Item): Uint8Array {
  return utf8(JSON.stringify(item));
}

export function decodeItem(bytes: Uint8Array): Item {
  return JSON.parse(textOf(bytes)) as Item;
}

export async function readItem(table: Table, key: Uint8Array): Promise<Item | undefined> {
  const bytes = await table.records.get(itemAddress(table, key));
  return bytes && decodeItem(bytes);
}

export interface ItemDecision<T> {
  /** The item from now on; `undefined` when there shall be none. */
  readonly item: Item | undefined;
  readonly result: T;
}

/**
 * Lets `decide` turn the newest item under the key into the next; answers with its result once
 * that is durable. What `decide` throws changes nothing.
 */
export function updateItemAt<T>(
  table: Table,
  key: Uint8Array,
  decide: (old: Item | undefined) => ItemDecision<T>,
): Promise<T> {
  return table.records.update([itemAddress(table, key)], ([bytes]) => {
    const old = bytes && decodeItem(bytes);
    const { item, result } = decide(old);
    return { changes: changesBetween(table, key, old, item), result };
  });
}

function changesBetween(
  table: Table,
  key: Uint8Array,
  old: Item | undefined,
  item: Item | undefined,
): Change[] {
  const changes: Change[] = [];
  if (old || item) {
    changes.push({ ...itemAddress(table, key), value: item && encodeItem(item) });
  }
  const { ttlAttribute } = table.definition;
  const [before, after] = [expirySecond(old, ttlAttribute), expirySecond(item, ttlAttribute)];
  if (before === after) return changes;
  const entry = (second: number) => ({ space: table.expirySpace, key: expiryKey(second, key) });
  if (before !== undefined) changes.push({ ...entry(before), value: undefined });
  if (after !== undefined) changes.push({ ...entry(after), value: noBytes });
  return changes;
}
