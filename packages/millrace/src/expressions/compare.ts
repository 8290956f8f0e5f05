/** Equality and order of attribute values: by type, deep, sets without order. */

import { compareBytes, fromBase64, utf8 } from "../base/mod.ts";
import { type AttributeMap, type AttributeValue, attributeOf, typeOf } from "./attribute-value.ts";
import { compareNumbers } from "./number.ts";

/** Values of different types are never equal. */
export function equalValues(left: AttributeValue, right: AttributeValue): boolean {
  if ("S" in left) return "S" in right && left.S === right.S;
  if ("N" in left) return "N" in right && left.N === right.N;
  if ("B" in left) return "B" in right && left.B === right.B;
  if ("BOOL" in left) return "BOOL" in right && left.BOOL === right.BOOL;
  if ("NULL" in left) return "NULL" in right;
  if ("SS" in left) return "SS" in right && equalSets(left.SS, right.SS);
  if ("NS" in left) return "NS" in right && equalSets(left.NS, right.NS);
  if ("BS" in left) return "BS" in right && equalSets(left.BS, right.BS);
  if ("L" in left) return "L" in right && equalLists(left.L, right.L);
  return "M" in right && equalMaps(left.M, right.M);
}

/**
 * Negative, zero or positive for two strings (by their UTF-8 bytes), two numbers or two binaries
 * (unsigned bytes); `undefined` for any other pair, which has no order.
 */
export function orderValues(left: AttributeValue, right: AttributeValue): number | undefined {
  if ("S" in left && "S" in right) return compareText(left.S, right.S);
  if ("N" in left && "N" in right) return compareNumbers(left.N, right.N);
  if ("B" in left && "B" in right) return compareBytes(binaryOf(left.B), binaryOf(right.B));
  return undefined;
}

/** The types that have an order, and so may stand beside `<` or in a key. */
export function isOrdered(value: AttributeValue): boolean {
  const type = typeOf(value);
  return type === "S" || type === "N" || type === "B";
}

/** Bytes of a binary value, whose base64 was checked when it came in. */
export function binaryOf(text: string): Uint8Array {
  return fromBase64(text)!;
}

function compareText(left: string, right: string): number {
  return left === right ? 0 : compareBytes(utf8(left), utf8(right));
}

function equalSets(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  const members = new Set(right);
  return left.every((member) => members.has(member));
}

function equalLists(left: readonly AttributeValue[], right: readonly AttributeValue[]): boolean {
  return left.length === right.length && left.every((value, at) => equalValues(value, right[at]!));
}

function equalMaps(left: AttributeMap, right: AttributeMap): boolean {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => {
    const other = attributeOf(right, name);
    return other !== undefined && equalValues(left[name]!, other);
  });
}
