/** Key attributes of items and requests, held against a table's definition and its indexes. */

import { type AttributeValue, attributeOf, type Item, typeOf } from "../../expressions/mod.ts";
import {
  type KeyAttribute,
  type KeySchema,
  keyAttributes,
  partitionKeys,
  sortKeys,
} from "../catalog/definition.ts";
import { refuseInvalid, refuseRequest } from "../errors.ts";
import { partitionKeyBytesMax, sortKeyBytesMax } from "../limits.ts";
import { messages } from "../messages.ts";
import { itemKey, keyPartLength } from "./key-bytes.ts";
import type { Table } from "./table.ts";

/** The key attributes of an item, and nothing else. */
export function keyOf(schema: KeySchema, item: Item): Item {
  const names = keyAttributes(schema).map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [name, attributeOf(item, name)!]));
}

/** The stored key of an item to be written; refuses missing, wrong and oversized attributes. */
export function keyBytesOfItem(schema: KeySchema, item: Item): Uint8Array {
  for (const { name, type } of keyAttributes(schema)) {
    const value = attributeOf(item, name);
    if (!value) refuseInvalid(messages.keyAttributeMissing(name));
    const actual = typeOf(value);
    if (actual !== type) refuseInvalid(messages.keyAttributeType(name, type, actual));
  }
  return keyBytes(schema, item);
}

/** The stored key that a request names; refuses what is not exactly the table's key. */
export function keyBytesOfKey(schema: KeySchema, key: Item): Uint8Array {
  if (!matchesSchema(schema, key)) refuseInvalid(messages.keyMismatch);
  return keyBytes(schema, key);
}

function matchesSchema(schema: KeySchema, key: Item): boolean {
  return matchesKeys(keyAttributes(schema), key);
}

/** Whether the item has exactly these attributes, of their types. */
export function matchesKeys(attributes: readonly KeyAttribute[], key: Item): boolean {
  if (Object.keys(key).length !== attributes.length) return false;
  return attributes.every(({ name, type }) => {
    const value = attributeOf(key, name);
    return value !== undefined && typeOf(value) === type;
  });
}

/** Refuses a key attribute that is empty or too long. */
export function checkKeyValue(
  schema: KeySchema,
  attribute: KeyAttribute,
  value: AttributeValue,
): void {
  const length = keyPartLength(value);
  if (length === 0) {
    refuseRequest(messages.keyEmpty(attribute.name, attribute.type === "S" ? "string" : "binary"));
  }
  checkKeySize(schema, attribute, value);
}

/** Refuses what is too long for a key attribute, or for the beginning of one. */
export function checkKeySize(
  schema: KeySchema,
  attribute: KeyAttribute,
  value: AttributeValue,
): void {
  const length = keyPartLength(value);
  if (isPartitionKey(schema, attribute)) {
    if (length > partitionKeyBytesMax) refuseInvalid(messages.partitionKeySize);
  } else if (length > sortKeyBytesMax) refuseInvalid(messages.sortKeySize);
}

function isPartitionKey({ partitionKey, furtherKeys }: KeySchema, attribute: KeyAttribute) {
  return attribute === partitionKey || (furtherKeys?.partition.includes(attribute) ?? false);
}

function keyBytes(schema: KeySchema, attributes: Item): Uint8Array {
  const values = keyAttributes(schema).map((attribute) => {
    const value = attributeOf(attributes, attribute.name)!;
    checkKeyValue(schema, attribute, value);
    return value;
  });
  return itemKey(values[0]!, values[1]);
}

/** How a write words what an index cannot take: a whole item is told apart from an update. */
export type WriteKind = "put" | "update";

/**
 * Refuses an item whose attributes cannot stand in a key of an index that they belong to, whether
 * or not they were written just now; the first index by name is told.
 */
export function checkIndexKeys({ indexesByName }: Table, item: Item, kind: WriteKind): void {
  for (const { definition } of indexesByName) {
    for (const attribute of keyAttributes(definition)) {
      const value = attributeOf(item, attribute.name);
      if (value) checkIndexKey({ definition, attribute, kind }, value);
    }
    const key = oversizedKey(definition, item);
    if (key === "partition") refuseInvalid(messages.partitionKeySize);
    if (key === "sort") refuseInvalid(messages.sortKeySize);
  }
}

/** Which key of the item is longer than the service allows; parts of one key share its bound. */
export function oversizedKey(schema: KeySchema, item: Item): "partition" | "sort" | undefined {
  if (lengthOf(partitionKeys(schema), item) > partitionKeyBytesMax) return "partition";
  return lengthOf(sortKeys(schema), item) > sortKeyBytesMax ? "sort" : undefined;
}

function lengthOf(attributes: readonly KeyAttribute[], item: Item): number {
  return attributes.reduce((sum, { name }) => {
    const value = attributeOf(item, name);
    return sum + (value ? keyPartLength(value) : 0);
  }, 0);
}

interface IndexKey {
  readonly definition: KeySchema & { readonly name: string };
  readonly attribute: KeyAttribute;
  readonly kind: WriteKind;
}

function checkIndexKey({ definition, attribute, kind }: IndexKey, value: AttributeValue): void {
  const { name, type } = attribute;
  const actual = typeOf(value);
  if (actual !== type) {
    refuseInvalid(messages.indexKeyType({ name, type, actual, index: definition.name }));
  }
  if (keyPartLength(value) > 0) return;
  const what = type === "S" ? "string" : "binary";
  refuseRequest(
    kind === "update"
      ? messages.indexKeyEmptyUpdate(what)
      : messages.indexKeyEmpty({ name, what, index: definition.name }),
  );
}
