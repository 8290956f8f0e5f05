/**
 * Values of the language, and objects as they are read and built.
 *
 * JavaScript's `undefined` is Undefined: no value at all, unlike `null`. A number has one of
 * three shapes, chosen so that the common ones are JavaScript's own:
 *
 *   Int      a safe integer as `number`, a larger one (up to 34 digits) as `bigint`
 *   Decimal  a `number` that is no integer and stands for its shortest decimal text, or an `Exact`
 *            when it needs more digits, or is whole all the same (`2.5 * 2`)
 *
 * An object is a plain one, or a Map when a plain one would lose the order of its keys or mistake
 * one for its prototype. Values are never changed once somebody else can see them.
 */

import Decimal from "decimal.js";
import { sqlLimits } from "../limits.ts";

/** Decimals of 34 digits that round as IEEE 754 decimal128 does. */
export const Exact = Decimal.clone({
  precision: sqlLimits.digits,
  rounding: Decimal.ROUND_HALF_EVEN,
  modulo: Decimal.ROUND_DOWN,
  minE: -sqlLimits.exponentMax,
  maxE: sqlLimits.exponentMax,
  toExpNeg: -7,
  toExpPos: sqlLimits.digits,
  defaults: true,
});

export type NumberValue = number | bigint | Decimal;

export type ObjectValue = ReadonlyMap<string, Value> | { readonly [key: string]: Value };

export type Value =
  | undefined
  | null
  | boolean
  | string
  | NumberValue
  | readonly Value[]
  | ObjectValue;

export type TypeName =
  | "Undefined"
  | "Null"
  | "Boolean"
  | "Int"
  | "Decimal"
  | "String"
  | "Array"
  | "Object";

/** The name of the value's type, as the guide has it. */
export function typeNameOf(value: Value): TypeName {
  if (value === undefined) return "Undefined";
  if (value === null) return "Null";
  if (typeof value === "boolean") return "Boolean";
  if (typeof value === "string") return "String";
  if (isNumber(value)) {
    return typeof value === "bigint" || Number.isInteger(value) ? "Int" : "Decimal";
  }
  return isArray(value) ? "Array" : "Object";
}

export function isNumber(value: Value): value is NumberValue {
  return typeof value === "number" || typeof value === "bigint" || value instanceof Exact;
}

export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isObject(value: Value): value is ObjectValue {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Exact)
  );
}

/** The member of that name; Undefined when there is none, or `value` is no object. */
export function memberOf(value: Value, name: string): Value {
  if (!isObject(value)) return undefined;
  if (value instanceof Map) return value.get(name);
  return Object.hasOwn(value, name) ? (value as Record<string, Value>)[name] : undefined;
}

/**
 * `memberOf` for a name that is known beforehand: most names are nothing to `Object.prototype`, and
 * then a plain object may simply be asked.
 */
export function memberReader(name: string): (value: Value) => Value {
  if (name in Object.prototype) return (value) => memberOf(value, name);
  return (value) => {
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value) || value instanceof Exact) return undefined;
    return value instanceof Map ? value.get(name) : (value as Record<string, Value>)[name];
  };
}

/** Keys and values in their order. */
export function entriesOf(object: ObjectValue): Iterable<[string, Value]> {
  return object instanceof Map ? object.entries() : Object.entries(object);
}

/** How many members there are. */
export function countMembers(object: ObjectValue): number {
  return object instanceof Map ? object.size : Object.keys(object).length;
}

/** An object that is being built; nobody else sees it yet. */
export type ObjectBuilder = Map<string, Value> | Record<string, Value>;

/** An empty object that keeps the order of these keys. */
export function emptyObjectFor(keys: readonly string[]): ObjectBuilder {
  return keys.every(isPlainKey) ? {} : new Map();
}

/** A copy that may be added to. */
export function copyOf(object: ObjectValue): ObjectBuilder {
  return object instanceof Map ? new Map(object) : { ...(object as Record<string, Value>) };
}

/** An object that may get these keys too, and keeps their order behind its own. */
export function copyFor(object: ObjectValue, keys: readonly string[]): ObjectBuilder {
  if (object instanceof Map || keys.every(isPlainKey)) return copyOf(object);
  return new Map(Object.entries(object));
}

const ownMember = { configurable: true, enumerable: true, writable: true };

/** Adds the member, or gives it another value. */
export function put(object: ObjectBuilder, key: string, value: Value): void {
  if (object instanceof Map) object.set(key, value);
  else if (key === "__proto__") Object.defineProperty(object, key, { ...ownMember, value });
  else object[key] = value;
}

/** All members of both; of two with the same key that of `over`, in the place of the first. */
export function mergeObjects(under: ObjectValue, over: ObjectValue): ObjectValue {
  if (under instanceof Map || over instanceof Map) {
    return new Map([...entriesOf(under), ...entriesOf(over)]);
  }
  return { ...under, ...over };
}

/** False for a key that a plain object would move to the front or take for its prototype. */
export function isPlainKey(key: string): boolean {
  return key !== "__proto__" && !/^\d+$/.test(key);
}
