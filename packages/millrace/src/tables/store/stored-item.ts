/**
 * An item as its bytes in the store: a mark, its size as the service counts it (3 bytes), its JSON.
 *
 * The JSON is what an answer shows, so most reads neither parse nor write it again, and the size is
 * what reads are charged and bounded by. Bytes without the mark are of an older store: JSON alone.
 */

import { textOf, utf8 } from "../../base/mod.ts";
import type { Item } from "../../expressions/mod.ts";
import { itemSize } from "./item-size.ts";

/** JSON never begins so. */
const mark = 1;
const headBytes = 4;

/** What is kept of the item. */
export function encodeItem(item: Item, size = itemSize(item)): Uint8Array {
  const json = utf8(JSON.stringify(item));
  const bytes = new Uint8Array(headBytes + json.length);
  bytes[0] = mark;
  bytes[1] = size >> 16;
  bytes[2] = (size >> 8) & 0xff;
  bytes[3] = size & 0xff;
  bytes.set(json, headBytes);
  return bytes;
}

export function decodeItem(bytes: Uint8Array): Item {
  return JSON.parse(textOf(jsonOfItem(bytes))) as Item;
}

/** In the wire's own form, which is UTF-8 without any space; a view of the bytes. */
export function jsonOfItem(bytes: Uint8Array): Uint8Array {
  return bytes[0] === mark ? bytes.subarray(headBytes) : bytes;
}

/** As `itemSize` counts it. */
export function sizeOfItem(bytes: Uint8Array): number {
  if (bytes[0] !== mark) return itemSize(decodeItem(bytes));
  return (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!;
}

/** How much of an item's bytes tells its size. */
export const sizeHeadBytes = headBytes;

/** As `sizeOfItem`, from the first bytes alone; `undefined` where those do not tell it. */
export function sizeOfHead(bytes: Uint8Array): number | undefined {
  return bytes[0] === mark ? sizeOfItem(bytes) : undefined;
}

/** Of any array of bytes. */
const copyTo: (this: Uint8Array, target: Uint8Array, at: number, start: number) => number =
  Buffer.prototype.copy;

/** An item with its bytes, parsed only when somebody looks into it. */
export class StoredItem {
  readonly bytes: Uint8Array;
  #item: Item | undefined;

  constructor(bytes: Uint8Array, item?: Item) {
    this.bytes = bytes;
    this.#item = item;
  }

  /** As the item will be stored; with its size, where that is known. */
  static of(item: Item, size?: number): StoredItem {
    return new StoredItem(encodeItem(item, size), item);
  }

  get item(): Item {
    this.#item ??= decodeItem(this.bytes);
    return this.#item;
  }

  get jsonBytes(): number {
    return this.bytes.length - this.#start;
  }

  /** Writes the item's JSON there, and answers where it ends. A view of each costs more. */
  writeJson(target: Buffer, at: number): number {
    return at + copyTo.call(this.bytes, target, at, this.#start);
  }

  get #start(): number {
    return this.bytes[0] === mark ? headBytes : 0;
  }

  get size(): number {
    return sizeOfItem(this.bytes);
  }
}
