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
import { concatBytes, fromBase64, noBytes, utf8 } from "../../base/mod.ts";
import { type AttributeValue, type KeyComparison, numberParts } from "../../expressions/mod.ts";

const hashedMark = 0xffff;
/** Of a SHA-256. */
const digestBytes = 32;

export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** The key of a table's item; of a table without a sort key the partition alone. */
export function itemKey(partition: AttributeValue, sort?: AttributeValue): Uint8Array {
  const first = keyPartBytes(partition);
  const last = sort ? keyPartBytes(sort) : noBytes;
  if (first.length > tableLayout.partitionBytesMax) {
    return concatBytes([boundedBytes(first, tableLayout), last]);
  }
  // In one array: every request makes one.
  const key = new Uint8Array(2 + first.length + last.length);
  key[0] = first.length >> 8;
  key[1] = first.length & 0xff;
  key.set(first, 2);
  key.set(last, 2 + first.length);
  return key;
}

/** How keys are laid out. */
export interface KeyLayout {
  /** A longer partition stands there as its hash. */
  readonly partitionBytesMax: number;
  bytesOf(sort: Uint8Array): Uint8Array;
  /** The first key past all that have these bytes for their sort part. */
  pastAll(key: Uint8Array): Uint8Array;
}

/** In a table nothing follows the sort part. */
export const tableLayout: KeyLayout = {
  partitionBytesMax: 900,
  bytesOf: (sort) => sort,
  pastAll: after,
};

/** In an index the item follows it. */
export const indexLayout: KeyLayout = {
  partitionBytesMax: 600,
  bytesOf: groupedBytes,
  pastAll: prefixEnd,
};

/** What a Query looks for. */
export interface KeySearch {
  readonly partition: AttributeValue;
  readonly sort?: KeyComparison;
  /** Of an index whose keys are made of several attributes. */
  readonly further?: FurtherSearch | undefined;
}

export interface FurtherSearch {
  /** The parts of the partition key behind the first. */
  readonly partition: readonly AttributeValue[];
  /** What the parts of the sort key before the compared one are equal to. */
  readonly sort: readonly AttributeValue[];
}

/** Where the items of a partition lie whose sort key meets the comparison. */
export function keyRange({ partition, sort, further }: KeySearch, layout = tableLayout): KeyRange {
  const start = further
    ? concatBytes([
        severalPartitionBytes([partition, ...further.partition], layout),
        ...further.sort.map((value) => layout.bytesOf(keyPartBytes(value))),
      ])
    : partitionBytes(partition, layout);
  const end = prefixEnd(start);
  if (!sort) return { from: start, to: end };
  const place = (bytes: Uint8Array) => concatBytes([start, layout.bytesOf(bytes)]);
  const at = (value: AttributeValue) => place(keyPartBytes(value));
  const past = (value: AttributeValue) => layout.pastAll(at(value));
  switch (sort.operator) {
    case "=":
      return { from: at(sort.value), to: past(sort.value) };
    case "<":
      return { from: start, to: at(sort.value) };
    case "<=":
      return { from: start, to: past(sort.value) };
    case ">":
      return { from: past(sort.value), to: end };
    case ">=":
      return { from: at(sort.value), to: end };
    case "between":
      return { from: at(sort.lower), to: past(sort.upper) };
    case "begins_with": {
      const next = successor(keyPartBytes(sort.value));
      return { from: at(sort.value), to: next ? place(next) : end };
    }
  }
}

/** The first bytes past all that begin with these; `undefined` when there are none. */
function successor(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.every((byte) => byte === 0xff) ? undefined : prefixEnd(bytes);
}

const groupBytes = 8;

/**
 * Bytes in groups of eight, filled up with zeros, each followed by how many of it count, and nine
 * where another group follows: so they compare as the bytes do, whatever comes after them.
 */
export function groupedBytes(bytes: Uint8Array): Uint8Array {
  const groupCount = Math.max(1, Math.ceil(bytes.length / groupBytes));
  const grouped = new Uint8Array(groupCount * (groupBytes + 1));
  for (let group = 0; group < groupCount; group += 1) {
    const part = bytes.subarray(group * groupBytes, (group + 1) * groupBytes);
    const start = group * (groupBytes + 1);
    grouped.set(part, start);
    const last = group === groupCount - 1;
    grouped[start + groupBytes] = last ? part.length : groupBytes + 1;
  }
  return grouped;
}

/** The first key past this one. */
export function after(key: Uint8Array): Uint8Array {
  return concatBytes([key, new Uint8Array(1)]);
}

/** How many bytes of a key, of either layout, name the partition. */
export function partitionPrefixBytes(key: Uint8Array): number {
  const length = (key[0]! << 8) | key[1]!;
  return 2 + (length === hashedMark ? digestBytes : length);
}

/** The bytes of one key attribute: a string, a number or a binary. */
export function keyPartBytes(value: AttributeValue): Uint8Array {
  if ("S" in value) return utf8(value.S);
  if ("B" in value) return fromBase64(value.B)!;
  return "N" in value ? numberBytes(value.N) : noBytes;
}

/** How many bytes the service counts for a key attribute: 0 when it is empty, 1 for a number. */
export function keyPartLength(value: AttributeValue): number {
  if ("S" in value) return Buffer.byteLength(value.S);
  if ("B" in value) return Buffer.byteLength(value.B, "base64");
  return "N" in value ? 1 : 0;
}

/** The first key past all that begin with these bytes, of which the last is below 255. */
export function prefixEnd(start: Uint8Array): Uint8Array {
  let length = start.length;
  while (length > 0 && start[length - 1] === 0xff) length -= 1;
  const end = start.slice(0, length);
  end[length - 1]! += 1;
  return end;
}

/** A partition with its length in front, or its hash. */
export function partitionBytes(value: AttributeValue, layout: KeyLayout): Uint8Array {
  return boundedBytes(keyPartBytes(value), layout);
}

/** The same of a partition key of several parts, each with its length, so that none runs over. */
export function severalPartitionBytes(
  values: readonly AttributeValue[],
  layout: KeyLayout,
): Uint8Array {
  const parts = values.map(keyPartBytes);
  const bytes = concatBytes(parts.flatMap((part) => [lengthBytes(part.length), part]));
  return boundedBytes(bytes, layout);
}

function boundedBytes(bytes: Uint8Array, layout: KeyLayout): Uint8Array {
  if (bytes.length <= layout.partitionBytesMax)
    return concatBytes([lengthBytes(bytes.length), bytes]);
  const digest = createHash("sha256").update(bytes).digest();
  return concatBytes([lengthBytes(hashedMark), digest]);
}

/** The first key past the partition that a key of either layout lies in. */
export function partitionEnd(key: Uint8Array): Uint8Array {
  return prefixEnd(key.subarray(0, partitionPrefixBytes(key)));
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
  const pairCount = (digits.length + 1) >> 1;
  const bytes = new Uint8Array(2 + pairCount + (negative ? 1 : 0));
  bytes[0] = negative ? negativeMark : positiveMark;
  const set = (at: number, byte: number) => {
    bytes[at] = negative ? 255 - byte : byte;
  };
  set(1, exponent + exponentBias);
  for (let pair = 0; pair < pairCount; pair += 1) {
    set(2 + pair, digitAt(digits, 2 * pair) * 10 + digitAt(digits, 2 * pair + 1) + 1);
  }
  if (negative) bytes[2 + pairCount] = 255;
  return bytes;
}

/** Past the last there are zeros. */
function digitAt(digits: string, at: number): number {
  return at < digits.length ? digits.charCodeAt(at) - zeroCode : 0;
}

const zeroCode = "0".charCodeAt(0);
