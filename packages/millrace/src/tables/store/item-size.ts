/**
 * The size of an item as the service counts it: UTF-8 bytes of names and strings, raw bytes of
 * binaries, one byte for flags, three for a list or map and one more for each member.
 *
 * A number costs a byte, one more when negative, and one for each two digits before and after the
 * decimal point, idle zeros left out; measured at the service's own size limit.
 */

import {
  type AttributeMap,
  type AttributeValue,
  type Item,
  numberParts,
} from "../../expressions/mod.ts";

export function itemSize(item: Item): number {
  let size = 0;
  for (const name of Object.keys(item)) {
    size += Buffer.byteLength(name) + valueSize(item[name]!);
  }
  return size;
}

function valueSize(value: AttributeValue): number {
  if ("S" in value) return Buffer.byteLength(value.S);
  if ("N" in value) return numberSize(value.N);
  if ("B" in value) return binarySize(value.B);
  if ("SS" in value) return sum(value.SS, (member) => Buffer.byteLength(member));
  if ("NS" in value) return sum(value.NS, numberSize);
  if ("BS" in value) return sum(value.BS, binarySize);
  if ("L" in value) return 3 + sum(value.L, (member) => 1 + valueSize(member));
  if ("M" in value) return 3 + mapSize(value.M);
  return 1;
}

function mapSize(map: AttributeMap): number {
  return itemSize(map) + Object.keys(map).length;
}

function numberSize(text: string): number {
  const { negative, digits, exponent } = numberParts(text);
  const wholeDigits = Math.min(digits.length, Math.max(0, exponent + 1));
  const fractionDigits = digits.length - wholeDigits;
  return 1 + Math.ceil(wholeDigits / 2) + Math.ceil(fractionDigits / 2) + (negative ? 1 : 0);
}

function binarySize(base64: string): number {
  return Buffer.byteLength(base64, "base64");
}

function sum<T>(members: readonly T[], sizeOf: (member: T) => number): number {
  return members.reduce((total, member) => total + sizeOf(member), 0);
}
