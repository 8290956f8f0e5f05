/** Values of the language as a table spells them. */

import { assert } from "../../base/mod.ts";
import {
  entriesOf,
  isArray,
  isNumber,
  isObject,
  numberText,
  type ObjectValue,
  type SqlVersion,
  type Value,
} from "../../sql/mod.ts";
import type { AttributeMap, AttributeValue } from "../ports.ts";

/** An attribute for each member; one without a value is left out. */
export function attributesOf(object: ObjectValue, version: SqlVersion): AttributeMap {
  const attributes: [string, AttributeValue][] = [];
  for (const [name, value] of entriesOf(object)) {
    if (value !== undefined) attributes.push([name, attributeOf(value, version)]);
  }
  return Object.fromEntries(attributes);
}

/** A number keeps its digits. */
export function attributeOf(value: Exclude<Value, undefined>, version: SqlVersion): AttributeValue {
  if (typeof value === "string") return { S: value };
  if (typeof value === "boolean") return { BOOL: value };
  if (value === null) return { NULL: true };
  if (isNumber(value)) return { N: numberText(value, version) };
  if (isArray(value)) {
    const items = value.filter((item) => item !== undefined);
    return { L: items.map((item) => attributeOf(item, version)) };
  }
  assert(isObject(value), "a value that is nothing else is an object");
  return { M: attributesOf(value, version) };
}
