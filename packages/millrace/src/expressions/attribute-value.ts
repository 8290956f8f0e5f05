/**
 * Attribute values as they travel: one key that names the type, one value under it.
 *
 * Everything here reads values that were validated and normalised: one type key, numbers in plain
 * decimal without idle zeros, binary in canonical base64. Maps come from outside and may carry any
 * name, so a name is looked up as an own property only.
 */

import { assert } from "../base/mod.ts";

export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: AttributeMap };

export type AttributeMap = { readonly [name: string]: AttributeValue };

/** A map under the name of what it is in a table. */
export type Item = AttributeMap;

export const attributeTypes = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"] as const;

export type AttributeType = (typeof attributeTypes)[number];

export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) return type as AttributeType;
  assert(false, "an attribute value has a type");
}

/** The attribute of that name, or `undefined`; never something inherited. */
export function attributeOf(map: AttributeMap, name: string): AttributeValue | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** The members of a set of any type, or `undefined` for what is no set. */
export function setMembers(value: AttributeValue): readonly string[] | undefined {
  if ("SS" in value) return value.SS;
  if ("NS" in value) return value.NS;
  if ("BS" in value) return value.BS;
  return undefined;
}
