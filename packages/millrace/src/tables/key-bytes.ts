/**
 * Item keys as bytes, in such an order that a Query is one range.
 *
 *   partition length (2 bytes) | partition | sort
 *
 * The length keeps partitions apart, so the sort part needs no escape and keeps its own order:
 * strings by UTF-8 bytes, binaries by bytes, numbers by value. A partition longer than 900 bytes
 * stands there as its SHA-256 under a length that no other has, to stay within the store's keys.
 */

import { createHash } from "node:crypto";
import { concatBytes, fromBase64, noBytes, utf8 } from "../base/mod.ts";
import { type AttributeValue, type KeyComparison, numberParts } from "../expressions/mod.ts";

const partitionBytesMax = 900;
const hashedMark = 0xffff;

export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

export function itemKey(partition: AttributeValue, sort?: AttributeValue): Uint8Array {
  return concatBytes([partitionBytes(partition), sort ? keyPartBytes(sort) : noBytes]);
}

/** Where the items of a partition lie whose sort key meets the comparison. */
export function keyRange(partition: AttributeValue, sort?: KeyComparison): KeyRange {
  const start = partitionBytes(partition);
  const end = prefixEnd(start);
  if (!sort) return { from: start, to: end };
  const at = (value: AttributeValue) => concatBytes([start, keyPartBytes(value)]);
  switch (sort.operator) {
    case "=":
      return { from: at(sort.value), to: after(at(sort.value)) };
    case "<":
      return { from: start, to: at(sort.value) };
    case "<=":
      return { from: start, to: after(at(sort.value)) };
    case ">":
      return { from: after(at(sort.value)), to: end };
    case ">=":
      return { from: at(sort.value), to: end };
    case "between":
      return { from: at(sort.lower), to: after(at(sort.upper)) };
    case "begins_with":
      return { from: at(sort.value), to: prefixEnd(at(sort.value)) };
  }
}

/** The first key past this one. */
export function after(key: Uint8Array): Uint8Array {
  return concatBytes([key, new Uint8Array(1)]);
}

/** The bytes of one key attribute: a string, a number or a binary. */
export function keyPartBytes(value: AttributeValue): Uint8Array {
  if ("S" in value) return utf8(value.S);
  if ("B" in value) return fromBase64(value.B)!;
  return "N" in value ? numberBytes(value.N) : noBytes;
}

/** The first key past all that begin with these bytes, of which the last is below 255. */
function prefixEnd(start: Uint8Array): Uint8Array {
  let length = start.length;
  while (length > 0 && start[length - 1] === 0xff) length -= 1;
  const end = start.slice(0, length);
  end[length - 1]! += 1;
  return end;
}

function partitionBytes(value: AttributeValue): Uint8Array {
  const bytes = keyPartBytes(value);
  if (bytes.length <= partitionBytesMax) return concatBytes([lengthBytes(bytes.length), bytes]);
  const digest = createHash("sha256").update(bytes).digest();
  return concatBytes([lengthBytes(hashedMark), digest]);
}

function lengthBytes(length: number): Uint8Array {
  return Uint8Array.of(length >> 8, length & 0xff);
}

const negativeMark = 1;
const zeroMark = 2;
const positiveMark = 3;
/** Brings exponents, -130 to 125, into a byte. */
const exponentBias = 130;

/**
 * Sign, exponent, then digits two to a byte. Negative numbers have every byte inverted and an end
 * mark, so that more digits mean less.
 */
function numberBytes(text: string): Uint8Array {
  const { negative, digits, exponent } = numberParts(text);
  if (digits === "") return Uint8Array.of(zeroMark);
  const bytes = [exponent + exponentBias];
  for (let at = 0; at < digits.length; at += 2) {
    bytes.push(Number(digits.slice(at, at + 2).padEnd(2, "0")) + 1);
  }
  if (!negative) return Uint8Array.of(positiveMark, ...bytes);
  return Uint8Array.of(negativeMark, ...bytes.map((byte) => 255 - byte), 255);
}
