/** JSON around items that is put together from their bytes in the store; nobody parses them. */

import type { StoredItem } from "../store/stored-item.ts";

const comma = ",".charCodeAt(0);

/** `before`, the items with commas between them, `after`. */
export function encodeAround(
  before: string,
  items: readonly StoredItem[],
  after: string,
): Uint8Array {
  const textBytes = Buffer.byteLength(before) + Buffer.byteLength(after);
  const commaBytes = Math.max(0, items.length - 1);
  const itemBytes = items.reduce((sum, item) => sum + item.jsonBytes, 0);
  const bytes = Buffer.allocUnsafe(textBytes + commaBytes + itemBytes);
  let at = bytes.write(before);
  for (const [number, item] of items.entries()) {
    if (number > 0) bytes[at++] = comma;
    at = item.writeJson(bytes, at);
  }
  bytes.write(after, at);
  return bytes;
}
