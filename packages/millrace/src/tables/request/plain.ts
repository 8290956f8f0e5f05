/**
 * Whether a request is of the plainest kind: nothing is asked beside the item, and every value
 * stands there in its one stored form already.
 *
 * Most requests are. They have passed every check of the long way (`read.ts`, `violations.ts`,
 * `values.ts`) when they have passed these; of any other, right or wrong, nothing is said here, and
 * the long way reads it from the beginning and words what is wrong. So what is answered does not
 * hang on this file, only how soon.
 */

import { utf8BytesPerUnitMax } from "../../base/mod.ts";
import { type AttributeValue, type Item, isNormalInteger } from "../../expressions/mod.ts";
import type { KeySchema } from "../catalog/definition.ts";
import { nameBytesMax, partitionKeyBytesMax, sortKeyBytesMax } from "../limits.ts";
import { itemKey } from "../store/key-bytes.ts";

/** Deeper values go the long way, which counts exactly. */
const levelMax = 8;

/** Members beside the name of the table and what `subject` names, as an own member each. */
export interface PlainRequest {
  readonly TableName: string;
  readonly [member: string]: unknown;
}

/** Whether the request has a table's name, the subject (`Key`, `Item`), and no other member. */
export function isPlainRequest(
  request: unknown,
  subject: string,
  flag?: string,
): request is PlainRequest {
  if (typeof request !== "object" || request === null || Array.isArray(request)) return false;
  const given = request as Readonly<Record<string, unknown>>;
  for (const name in given) {
    if (name === "TableName") {
      if (typeof given[name] !== "string") return false;
    } else if (name === flag) {
      if (typeof given[name] !== "boolean") return false;
    } else if (name !== subject) return false;
  }
  return Object.hasOwn(given, "TableName") && Object.hasOwn(given, subject);
}

/** The stored key, when the object has exactly the key's attributes, in their stored form. */
export function plainKeyBytes(
  { partitionKey, sortKey, furtherKeys }: KeySchema,
  key: unknown,
): Uint8Array | undefined {
  if (furtherKeys || !isObject(key)) return undefined;
  let count = 0;
  for (const _ in key) count += 1;
  if (count !== (sortKey ? 2 : 1)) return undefined;
  return plainItemKey(partitionKey, sortKey, key);
}

/** The same of the attributes of an item, which may have others. */
export function plainKeyOfItem(
  { partitionKey, sortKey, furtherKeys }: KeySchema,
  item: Item,
): Uint8Array | undefined {
  return furtherKeys ? undefined : plainItemKey(partitionKey, sortKey, item);
}

function plainItemKey(
  partitionKey: KeySchema["partitionKey"],
  sortKey: KeySchema["sortKey"],
  given: Readonly<Record<string, unknown>>,
): Uint8Array | undefined {
  const partition = plainKeyValue(partitionKey, given, partitionKeyBytesMax);
  if (!partition) return undefined;
  if (!sortKey) return itemKey(partition);
  const sort = plainKeyValue(sortKey, given, sortKeyBytesMax);
  return sort && itemKey(partition, sort);
}

/** Bytes are compared in a form of their own, and go the long way. */
function plainKeyValue(
  { name, type }: KeySchema["partitionKey"],
  given: Readonly<Record<string, unknown>>,
  bytesMax: number,
): AttributeValue | undefined {
  if (type === "B" || !Object.hasOwn(given, name)) return undefined;
  const value = given[name];
  if (!isObject(value) || !isAlone(value, type)) return undefined;
  const content = value[type];
  if (typeof content !== "string") return undefined;
  if (type === "N") return isNormalInteger(content) ? (value as AttributeValue) : undefined;
  const fits = content !== "" && content.length * utf8BytesPerUnitMax <= bytesMax;
  return fits && content.isWellFormed() ? (value as AttributeValue) : undefined;
}

/** Whether it is an item whose values all stand there in their stored form, of the simple types. */
export function isPlainItem(item: unknown): item is Item {
  return isPlainMap(item, 1);
}

function isPlainMap(map: unknown, level: number): boolean {
  if (!isObject(map)) return false;
  for (const name in map) {
    if (!isPlainName(name) || !isPlainValue(map[name], level)) return false;
  }
  return true;
}

function isPlainName(name: string): boolean {
  if (name === "" || name === "__proto__") return false;
  return name.length * utf8BytesPerUnitMax <= nameBytesMax && name.isWellFormed();
}

function isPlainValue(value: unknown, level: number): boolean {
  if (!isObject(value) || level > levelMax) return false;
  for (const type in value) {
    return isPlainContent(type, value[type], level) && isAlone(value, type);
  }
  return false;
}

function isPlainContent(type: string, content: unknown, level: number): boolean {
  switch (type) {
    case "S":
      return typeof content === "string" && content.isWellFormed();
    case "N":
      return typeof content === "string" && isNormalInteger(content);
    case "BOOL":
      return typeof content === "boolean";
    case "NULL":
      return content === true;
    case "M":
      return isPlainMap(content, level + 1);
    case "L":
      return Array.isArray(content) && content.every((one) => isPlainValue(one, level + 1));
    default:
      return false;
  }
}

/** Whether the object has that member and no other. */
function isAlone(value: Readonly<Record<string, unknown>>, member: string): boolean {
  let count = 0;
  for (const name in value) {
    if (name !== member) return false;
    count += 1;
  }
  return count === 1;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
