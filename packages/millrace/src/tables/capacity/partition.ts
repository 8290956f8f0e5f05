/** Which partition of the service an item would lie in: its partition key, hashed. */

import { crc32 } from "node:zlib";
import { shortened, textOf } from "../../base/mod.ts";
import { type AttributeValue, attributeOf, type Item } from "../../expressions/mod.ts";
import type { KeySchema } from "../catalog/definition.ts";
import { partitionBytes, partitionPrefix, tableLayout } from "../store/key-bytes.ts";

export interface Partition {
  readonly hash: number;
  /** The partition key, for people. */
  readonly label: string;
}

/** Of a partition key's value. */
export function partitionOfValue(value: AttributeValue): Partition {
  return { hash: crc32(partitionBytes(value, tableLayout)), label: labelOf(value) };
}

/** Of a stored key; the item, when there is one, tells the key in plain. */
export function partitionOfKey(
  key: Uint8Array,
  { partitionKey }: KeySchema,
  item: Item | undefined,
): Partition {
  const prefix = partitionPrefix(key);
  const value = item && attributeOf(item, partitionKey.name);
  return { hash: crc32(prefix), label: value ? labelOf(value) : textOf(prefix.subarray(2)) };
}

function labelOf(value: AttributeValue): string {
  return shortened(String(Object.values(value)[0]));
}
