/**
 * JSON values as documents hold them.
 *
 * Members are read and made as own properties only: a key may be called `__proto__` or `toString`.
 */

import { isLongNumber, type LongNumber, sameNumber } from "./number.ts";

export type Json = null | boolean | number | string | LongNumber | JsonArray | JsonObject;
export type JsonArray = readonly Json[];

export interface JsonObject {
  readonly [key: string]: Json;
}

export const emptyObject: JsonObject = {};

export function isObject(value: Json | undefined): value is JsonObject {
  return isContainer(value) && !isArray(value);
}

export function isArray(value: Json | undefined): value is JsonArray {
  return Array.isArray(value);
}

function isContainer(value: Json | undefined): value is JsonArray | JsonObject {
  return typeof value === "object" && value !== null && !isLongNumber(value);
}

export function member(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function isEmpty(object: JsonObject): boolean {
  return Object.keys(object).length === 0;
}

/** Deep equality; numbers by their value, members in any order. */
export function sameValue(left: Json, right: Json): boolean {
  if (isNumber(left) && isNumber(right)) return sameNumber(left, right);
  if (isArray(left) && isArray(right)) {
    return left.length === right.length && left.every((one, at) => sameValue(one, right[at]!));
  }
  if (isObject(left) && isObject(right)) {
    const keys = Object.keys(left);
    if (keys.length !== Object.keys(right).length) return false;
    return keys.every((key) => {
      const other = member(right, key);
      return other !== undefined && sameValue(left[key]!, other);
    });
  }
  return left === right;
}

function isNumber(value: Json): value is number | LongNumber {
  return typeof value === "number" || isLongNumber(value);
}

/** Members that are null, at any depth of objects and arrays, are left out. */
export function withoutNulls(value: Json): Json {
  if (isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}
