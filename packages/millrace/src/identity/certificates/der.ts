/**
 * DER, the byte form of certificates: values in values, each a tag, a length, a content [X.690].
 *
 * Only what certificates need: tags of one byte, lengths of at most four. What is cut off, too long
 * or otherwise broken throws `MalformedDer`, which the parsers of certificates and requests catch;
 * nothing is read twice, and nothing deeper than a parser asks for.
 */

import { concatBytes } from "../../base/mod.ts";

export class MalformedDer extends Error {
  override readonly name = "MalformedDer";
}

/** Tags that certificates have; `context` makes those that only their place explains. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
} as const;

export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  /** With tag and length, as it stood. */
  readonly bytes: Uint8Array;
}

const constructed = 0x20;
const contextClass = 0x80;

/** `[number]` around other values, or around bytes. */
export function context(number: number, { around }: { around: "values" | "bytes" }): number {
  return contextClass | number | (around === "values" ? constructed : 0);
}

/** The one value that the bytes are; throws when they are less or more. */
export function readDer(bytes: Uint8Array): DerValue {
  const value = valueAt(bytes, 0);
  if (value.bytes.length !== bytes.length) throw new MalformedDer("bytes follow the end");
  return value;
}

/** The values inside one that is made of others. */
export function childrenOf({ tag, content }: DerValue): DerValue[] {
  if ((tag & constructed) === 0) throw new MalformedDer("a value has no others in it");
  const children: DerValue[] = [];
  for (let at = 0; at < content.length; ) {
    const child = valueAt(content, at);
    children.push(child);
    at += child.bytes.length;
  }
  return children;
}

/** The value, when it is there and of that tag. */
export function expectTag(value: DerValue | undefined, tag: number): DerValue {
  if (value?.tag !== tag) throw new MalformedDer(`a value of tag ${tag} is missing`);
  return value;
}

/** As text, e.g. `2.5.4.3`. */
export function readObjectId(value: DerValue | undefined): string {
  const { content } = expectTag(value, tags.objectId);
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER / 256) throw new MalformedDer("an object id is too long");
    if (byte & 0x80) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [head = 0, ...rest] = arcs;
  const first = Math.min(Math.floor(head / 40), 2);
  return [first, head - first * 40, ...rest].join(".");
}

function valueAt(bytes: Uint8Array, start: number): DerValue {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined) throw new MalformedDer("the bytes are cut off");
  if ((tag & 0x1f) === 0x1f) throw new MalformedDer("a tag has more than one byte");
  let length = first;
  let at = start + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new MalformedDer("a length has no form of DER");
    length = 0;
    for (const byte of bytes.subarray(at, at + count)) length = length * 256 + byte;
    at += count;
  }
  const end = at + length;
  if (end > bytes.length) throw new MalformedDer("the bytes are cut off");
  return { tag, content: bytes.subarray(at, end), bytes: bytes.subarray(start, end) };
}

/** A value around bytes, or around other values one after the other. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(contents);
  return concatBytes([new Uint8Array([tag, ...lengthBytes(content.length)]), content]);
}

/** A number that is never negative, from its bytes, the highest first. */
export function derInteger(bytes: Uint8Array): Uint8Array {
  const from = bytes.findIndex((byte) => byte !== 0);
  const digits = from < 0 ? new Uint8Array(1) : bytes.subarray(from);
  const padded = digits[0]! >= 0x80 ? concatBytes([new Uint8Array(1), digits]) : digits;
  return der(tags.integer, padded);
}

export function derObjectId(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  return der(tags.objectId, new Uint8Array([first * 40 + second, ...rest.flatMap(arcBytes)]));
}

/** Bytes with no bit left over. */
export function derBits(bytes: Uint8Array): Uint8Array {
  return der(tags.bitString, new Uint8Array(1), bytes);
}

function arcBytes(arc: number): number[] {
  const bytes = [arc & 0x7f];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift((rest & 0x7f) | 0x80);
  }
  return bytes;
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}
