/** Key attributes of items and requests, held against a table's definition. */

import { type AttributeValue, attributeOf, type Item, typeOf } from "../expressions/mod.ts";
import type { KeyAttribute, TableDefinition } from "./definition.ts";
import { messages, refuseInvalid } from "./errors.ts";
import { itemKey, keyPartBytes } from "./key-bytes.ts";
import { partitionKeyBytesMax, sortKeyBytesMax } from "./limits.ts";

/** The partition key and, where there is one, the sort key. */
export function keyAttributes(definition: TableDefinition): KeyAttribute[] {
  const { partitionKey, sortKey } = definition;
  return sortKey ? [partitionKey, sortKey] : [partitionKey];
}

/** The key attributes of an item, and nothing else. */
export function keyOf(definition: TableDefinition, item: Item): Item {
  const names = keyAttributes(definition).map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [name, attributeOf(item, name)!]));
}

/** The stored key of an item to be written; refuses missing, wrong and oversized attributes. */
export function keyBytesOfItem(definition: TableDefinition, item: Item): Uint8Array {
  const attributes = keyAttributes(definition);
  for (const { name, type } of attributes) {
    const value = attributeOf(item, name);
    if (!value) refuseInvalid(messages.keyAttributeMissing(name));
    const actual = typeOf(value);
    if (actual !== type) refuseInvalid(messages.keyAttributeType(name, type, actual));
  }
  return keyBytes(definition, item);
}

/** The stored key that a request names; refuses what is not exactly the table's key. */
export function keyBytesOfKey(definition: TableDefinition, key: Item): Uint8Array {
  if (!matchesSchema(definition, key)) refuseInvalid(messages.keyMismatch);
  return keyBytes(definition, key);
}

export function matchesSchema(definition: TableDefinition, key: Item): boolean {
  const attributes = keyAttributes(definition);
  if (Object.keys(key).length !== attributes.length) return false;
  return attributes.every(({ name, type }) => {
    const value = attributeOf(key, name);
    return value !== undefined && typeOf(value) === type;
  });
}

/** Refuses a key attribute that is empty or too long. */
export function checkKeyValue(
  definition: TableDefinition,
  attribute: KeyAttribute,
  value: AttributeValue,
): void {
  const { length } = keyPartBytes(value);
  if (length === 0) {
    refuseInvalid(messages.keyEmpty(attribute.name, attribute.type === "S" ? "string" : "binary"));
  }
  if (attribute === definition.partitionKey) {
    if (length > partitionKeyBytesMax) refuseInvalid(messages.partitionKeySize);
  } else if (length > sortKeyBytesMax) refuseInvalid(messages.sortKeySize);
}

function keyBytes(definition: TableDefinition, attributes: Item): Uint8Array {
  const values = keyAttributes(definition).map((attribute) => {
    const value = attributeOf(attributes, attribute.name)!;
    checkKeyValue(definition, attribute, value);
    return value;
  });
  return itemKey(values[0]!, values[1]);
}
