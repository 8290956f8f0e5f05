/** Which partition of the service an item would lie in: its partition key, hashed. */

import { shortened, textOf } from "../../base/mod.ts";
import { type AttributeValue, attributeOf, type Item } from "../../expressions/mod.ts";
import { type KeySchema, partitionKeys } from "../catalog/definition.ts";
import { partitionBytes, partitionPrefixBytes, tableLayout } from "../store/key-bytes.ts";

export interface Partition {
  readonly hash: number;
  /** The partition key, for people. */
  readonly label: string;
}

/** Of a partition key's value. */
export function partitionOfValue(value: AttributeValue): Partition {
  return { hash: hashOf(partitionBytes(value, tableLayout)), label: labelOf(value) };
}

/** A partition key made of several attributes, as one value. */
export function wholePartition(values: readonly AttributeValue[]): AttributeValue {
  const [only, ...others] = values;
  if (others.length === 0) return only!;
  return { S: values.map((value) => String(Object.values(value)[0])).join("|") };
}

/** Of an item's entry in an index; `undefined` when the item lacks a part of the index's key. */
export function partitionOfEntry(schema: KeySchema, item: Item): Partition | undefined {
  const values = partitionKeys(schema).flatMap(({ name }) => attributeOf(item, name) ?? []);
  const isWhole = values.length === 1 + (schema.furtherKeys?.partition.length ?? 0);
  return isWhole ? partitionOfValue(wholePartition(values)) : undefined;
}

/** Of a stored key; the item, when there is one, tells the key in plain. */
export function partitionOfKey(
  key: Uint8Array,
  { partitionKey }: KeySchema,
  item: Item | undefined,
): Partition {
  const value = item && attributeOf(item, partitionKey.name);
  const label = value ? labelOf(value) : textOf(key.subarray(2, partitionPrefixBytes(key)));
  return { hash: hashOf(key), label };
}

/** Of the part of a key that names the partition (FNV-1a). Every request asks for one. */
function hashOf(key: Uint8Array): number {
  const length = partitionPrefixBytes(key);
  let hash = 0x811c9dc5;
  for (let at = 0; at < length; at += 1) hash = Math.imul(hash ^ key[at]!, 0x01000193);
  return hash >>> 0;
}

function labelOf(value: AttributeValue): string {
  return shortened("S" in value ? value.S : String(Object.values(value)[0]));
}
