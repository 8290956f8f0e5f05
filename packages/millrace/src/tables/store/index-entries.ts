/**
 * Secondary indexes: for each item that has the index's key, an entry with its projected part.
 *
 *   partition length (2 bytes) | partition | sort, in groups | table key, or its hash
 *
 * An item without a key attribute of the index has no entry: indexes are sparse. Nor has one whose
 * key is longer than the service allows; such items can be there before the index is. Entries of
 * one index key differ in the end, which names the item. The sort part stands in groups of eight
 * bytes, each with its count, so that it keeps its order although something follows it. Where a key
 * is made of several attributes, each part of the partition has its length, and each of the sort
 * its own groups.
 */

import { createHash } from "node:crypto";
import { concatBytes, noBytes } from "../../base/mod.ts";
import {
  type AttributeValue,
  attributeOf,
  equalValues,
  type Item,
  typeOf,
} from "../../expressions/mod.ts";
import { type Change, keyBytesMax } from "../../storage/mod.ts";
import {
  type KeyAttribute,
  keyAttributes,
  partitionKeys,
  sortKeys,
} from "../catalog/definition.ts";
import {
  groupedBytes,
  indexLayout,
  keyPartBytes,
  partitionBytes,
  severalPartitionBytes,
} from "./key-bytes.ts";
import { oversizedKey } from "./keys.ts";
import { encodeItem, StoredItem } from "./stored-item.ts";
import type { Index, Table } from "./table.ts";

/** Longer table keys stand in an entry as their hash. */
const tableKeyBytesMax = 64;

/** An item's place in one index. */
export interface IndexTarget {
  readonly table: Table;
  readonly index: Index;
  /** Of the item, in the table. */
  readonly key: Uint8Array;
}

/**
 * Where the item stands in the index; `undefined` when it lacks an attribute of its key, or has a
 * key that is longer than those of the store.
 */
export function entryKey(
  target: Pick<IndexTarget, "index" | "key">,
  item: Item,
): Uint8Array | undefined {
  const key = keyOfAnyLength(target, item);
  return key && key.length <= keyBytesMax ? key : undefined;
}

function keyOfAnyLength(
  { index, key }: Pick<IndexTarget, "index" | "key">,
  item: Item,
): Uint8Array | undefined {
  const { partitionKey, sortKey, furtherKeys } = index.definition;
  if (furtherKeys) return severalPartsKey({ index, key }, item);
  const partition = keyValue(item, partitionKey);
  const sort = sortKey && keyValue(item, sortKey);
  if (!partition || (sortKey && !sort)) return undefined;
  const sortBytes = sort ? groupedBytes(keyPartBytes(sort)) : noBytes;
  return concatBytes([partitionBytes(partition, indexLayout), sortBytes, itemMark(key)]);
}

/** The same of an index whose keys are made of several attributes; each part has its groups. */
function severalPartsKey(
  { index, key }: Pick<IndexTarget, "index" | "key">,
  item: Item,
): Uint8Array | undefined {
  const { definition } = index;
  const of = (attribute: KeyAttribute) => keyValue(item, attribute) ?? [];
  const [partitions, sorts] = [
    partitionKeys(definition).flatMap(of),
    sortKeys(definition).flatMap(of),
  ];
  if (partitions.length + sorts.length < keyAttributes(definition).length) return undefined;
  const sortBytes = sorts.map((value) => groupedBytes(keyPartBytes(value)));
  return concatBytes([severalPartitionBytes(partitions, indexLayout), ...sortBytes, itemMark(key)]);
}

function keyValue(item: Item, { name, type }: { readonly name: string; readonly type: string }) {
  const value: AttributeValue | undefined = attributeOf(item, name);
  return value && typeOf(value) === type && keyPartBytes(value).length > 0 ? value : undefined;
}

function itemMark(key: Uint8Array): Uint8Array {
  return key.length <= tableKeyBytesMax ? key : createHash("sha256").update(key).digest();
}

/** The part of an item that its entry holds. */
function projectedItem({ projectedNames: names }: Index, item: Item): Item {
  if (!names) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

/** An entry as it is, or would be. */
export interface IndexEntry {
  readonly key: Uint8Array;
  readonly item: Item;
}

/** The entry that the item has, or may have had under an earlier release. */
export function entryOf(target: IndexTarget, item: Item | undefined): IndexEntry | undefined {
  const key = item && entryKey(target, item);
  if (!key) return undefined;
  return { key, item: projectedItem(target.index, item) };
}

/** The entry that the item gets when it is written now. */
export function newEntryOf(target: IndexTarget, item: Item | undefined): IndexEntry | undefined {
  const fits = item && oversizedKey(target.index.definition, item) === undefined;
  return fits ? entryOf(target, item) : undefined;
}

/** What changes in the index when an item changes; nothing when its entry stays the same. */
export function changesOfIndex(
  target: IndexTarget,
  old: Item | undefined,
  item: Item | undefined,
): Change[] {
  const [before, after] = [entryOf(target, old), newEntryOf(target, item)];
  const { space } = target.index;
  const changes: Change[] = [];
  const moved = !before || !after || Buffer.compare(before.key, after.key) !== 0;
  if (before && moved) changes.push({ space, key: before.key, value: undefined });
  if (after && (moved || !sameEntry(before, after))) {
    changes.push({ space, key: after.key, value: encodeEntry(target.key, after.item) });
  }
  return changes;
}

/** Whether the projected parts are the same. */
export function sameEntry(left: IndexEntry, right: IndexEntry): boolean {
  return left.item === right.item || equalValues({ M: left.item }, { M: right.item });
}

/** The key of the item in its table, after its length, then the projected part. */
function encodeEntry(key: Uint8Array, item: Item): Uint8Array {
  const length = Uint8Array.of(key.length >> 8, key.length & 0xff);
  return concatBytes([length, key, encodeItem(item)]);
}

export interface StoredEntry {
  /** Of the item in its table. */
  readonly key: Uint8Array;
  /** As far as it is projected. */
  readonly stored: StoredItem;
}

/** How many bytes of an entry stand before its item. */
export function entryHeadBytes(bytes: Uint8Array): number {
  return 2 + ((bytes[0]! << 8) | bytes[1]!);
}

export const entryHeadBytesMax = 2 + keyBytesMax;

export function decodeEntry(bytes: Uint8Array): StoredEntry {
  const start = entryHeadBytes(bytes);
  return { key: bytes.slice(2, start), stored: new StoredItem(bytes.subarray(start)) };
}
