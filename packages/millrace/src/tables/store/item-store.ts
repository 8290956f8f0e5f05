/**
 * A table's items in the store, with the entries of its indexes and of their expiry beside them.
 *
 * An item and all its entries always change in one update. So an index never shows what the table
 * does not have, and the index of expiry names every item that can expire, at the second it
 * expires.
 */

import { type Awaitable, noBytes } from "../../base/mod.ts";
import type { Change, RecordAddress } from "../../storage/mod.ts";
import { ItemSpending, type UpdateKind } from "../capacity/item-spending.ts";
import { changesOfHistory, decisionMs } from "../recovery/history.ts";
import { expiryKey, expirySecond } from "./expiry-key.ts";
import { changesOfIndex } from "./index-entries.ts";
import { StoredItem } from "./stored-item.ts";
import { StreamAppender } from "./stream-log.ts";
import type { Table } from "./table.ts";

function itemAddress(table: Table, key: Uint8Array): RecordAddress {
  return { space: table.itemSpace, key };
}

export function readItem(table: Table, key: Uint8Array): Awaitable<StoredItem | undefined> {
  const found = table.records.get(itemAddress(table, key));
  return found instanceof Promise ? found.then(storedItem) : storedItem(found);
}

function storedItem(bytes: Uint8Array | undefined): StoredItem | undefined {
  return bytes && new StoredItem(bytes);
}

export interface ItemDecision<T> {
  /** The item from now on; `undefined` when there shall be none. */
  readonly item: StoredItem | undefined;
  readonly result: T;
}

/** An item of a table: what a write is about. */
export interface ItemTarget {
  readonly table: Table;
  readonly key: Uint8Array;
}

/**
 * Lets `decide` turn the newest item under the key into the next; answers with its result once
 * that is durable. What `decide` throws changes nothing.
 */
export function updateItemAt<T>(
  { table, key }: ItemTarget,
  decide: (old: StoredItem | undefined) => ItemDecision<T>,
): Promise<T> {
  return updateItemsAt({ targets: [{ table, key }], beside: [] }, ([old]) => {
    const { item, result } = decide(old);
    return { items: [item], changes: [], result };
  });
}

/**
 * Puts the item there whatever stood under the key; answers with `result` once that is durable. As
 * `updateItemAt` does it, on a shorter way: most writes are of this kind.
 */
export function putItemAt<T>(target: ItemTarget, item: StoredItem, result: T): Promise<T> {
  const { table, key } = target;
  if (table.stream) return updateItemAt(target, () => ({ item, result }));
  const spending = new ItemSpending([target]);
  const address = itemAddress(table, key);
  const write = table.records.update([address], ([stored]) => {
    const old = stored && new StoredItem(stored);
    spending.decided([old], [item], "write");
    if (!table.writesBeside) {
      return { changes: [{ space: address.space, key, value: item.bytes }], result };
    }
    const history = changesOfHistory(table, { key, stored }, decisionMs([table]));
    return { changes: [...changesBetween(target, old, item), ...history], result };
  });
  return table.track(write);
}

type StoredItems = readonly (StoredItem | undefined)[];

/** What a decision on several items, and the records beside them, comes to. */
export interface ItemsDecision<T> {
  /** In the order of the targets; the very item that was there stays as it is. */
  readonly items: StoredItems;
  /** Changes of records that are no items. */
  readonly changes: readonly Change[];
  readonly result: T;
  /** What it costs, where that is something else than was asked for. */
  readonly kind?: UpdateKind;
}

/** What a decision on several items is about. */
export interface ItemsTarget {
  /** Of any tables, which share one store; each item once, at least one. */
  readonly targets: readonly ItemTarget[];
  /** Records that are no items but are decided upon together with them. */
  readonly beside: readonly RecordAddress[];
  /** What it costs; absent: what a write costs. */
  readonly kind?: UpdateKind;
}

/**
 * The same for several items at once, which all change or none: `decide` sees the newest of all of
 * them, from one moment.
 */
export function updateItemsAt<T>(
  { targets, beside, kind = "write" }: ItemsTarget,
  decide: (old: StoredItems, beside: readonly (Uint8Array | undefined)[]) => ItemsDecision<T>,
): Promise<T> {
  const tables = targets.map(({ table }) => table);
  const { records } = tables[0]!;
  const spending = new ItemSpending(targets);
  const expired = kind === "expiry";
  const streams = new StreamAppender(tables);
  const addresses = targets.map(({ table, key }) => itemAddress(table, key));
  const reads = [...addresses, ...streams.addresses, ...beside];
  const write = records.update(reads, (values) => {
    const old = targets.map((_, at) => values[at] && new StoredItem(values[at]));
    const besideFrom = reads.length - beside.length;
    const { items, changes, result } = decideSpending({ spending, kind }, old, () =>
      decide(old, values.slice(besideFrom)),
    );
    const atMs = decisionMs(tables);
    const all: Change[] = [];
    for (const [at, target] of targets.entries()) {
      if (old[at] === items[at]) continue;
      all.push(...changesBetween(target, old[at], items[at]));
      const former = { key: target.key, stored: values[at] };
      all.push(...changesOfHistory(target.table, former, atMs));
    }
    const heads = values.slice(targets.length, besideFrom);
    if (heads.length > 0) {
      const told = tables.map((table, at) => {
        return { table, old: old[at]?.item, item: items[at]?.item, expired };
      });
      all.push(...streams.append(heads, told));
    }
    return { changes: [...all, ...changes], result };
  });
  for (const { table } of targets) table.track(write);
  streams.tellAfter(write);
  return write;
}

/** The decision, once it may be paid for; what it throws is paid for where it costs something. */
function decideSpending<T>(
  { spending, kind }: { readonly spending: ItemSpending; readonly kind: UpdateKind },
  old: StoredItems,
  decide: () => ItemsDecision<T>,
): ItemsDecision<T> {
  let decision: ItemsDecision<T>;
  try {
    decision = decide();
  } catch (thrown) {
    spending.failed(thrown, old, kind);
    throw thrown;
  }
  spending.decided(old, decision.items, decision.kind ?? kind);
  return decision;
}

function changesBetween(
  { table, key }: ItemTarget,
  old: StoredItem | undefined,
  item: StoredItem | undefined,
): Change[] {
  const changes: Change[] = [{ ...itemAddress(table, key), value: item?.bytes }];
  for (const index of table.indexes) {
    changes.push(...changesOfIndex({ table, index, key }, old?.item, item?.item));
  }
  changes.push(...changesOfExpiry({ table, key }, old, item));
  return changes;
}

function changesOfExpiry(
  { table, key }: ItemTarget,
  old: StoredItem | undefined,
  item: StoredItem | undefined,
): Change[] {
  const { ttlAttribute } = table.definition;
  if (ttlAttribute === undefined) return [];
  const before = expirySecond(old?.item, ttlAttribute);
  const after = expirySecond(item?.item, ttlAttribute);
  if (before === after) return [];
  const changes: Change[] = [];
  const entry = (second: number) => ({ space: table.expirySpace, key: expiryKey(second, key) });
  if (before !== undefined) changes.push({ ...entry(before), value: undefined });
  if (after !== undefined) changes.push({ ...entry(after), value: noBytes });
  return changes;
}
