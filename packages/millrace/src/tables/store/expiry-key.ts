/** Keys of the expiry index: the second of expiry in eight bytes, then the key of the item. */

import { concatBytes, noBytes } from "../../base/mod.ts";
import { attributeOf, type Item } from "../../expressions/mod.ts";

const secondBytes = 8;

/**
 * The second at which an item expires. `undefined` when it does not: no such attribute, no number,
 * negative, or beyond any clock.
 */
export function expirySecond(
  item: Item | undefined,
  ttlAttribute: string | undefined,
): number | undefined {
  if (!item || ttlAttribute === undefined) return undefined;
  const value = attributeOf(item, ttlAttribute);
  if (!value || !("N" in value)) return undefined;
  const second = Math.floor(Number(value.N));
  return second >= 0 && Number.isSafeInteger(second) ? second : undefined;
}

/** With no item key: the first key of that second. */
export function expiryKey(second: number, itemKey: Uint8Array = noBytes): Uint8Array {
  const bytes = new Uint8Array(secondBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(second));
  return concatBytes([bytes, itemKey]);
}

export function itemKeyOfEntry(entryKey: Uint8Array): Uint8Array {
  return entryKey.slice(secondBytes);
}

export function secondOfEntry(entryKey: Uint8Array): number {
  const view = new DataView(entryKey.buffer, entryKey.byteOffset, secondBytes);
  return Number(view.getBigUint64(0));
}
