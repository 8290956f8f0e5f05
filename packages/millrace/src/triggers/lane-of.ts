/** Which lane takes a record: one and the same for all changes of an item. */

/** From 0 to `count - 1`, by FNV-1a. */
export function laneOf(itemKey: string, count: number): number {
  if (count === 1) return 0;
  let hash = 0x811c9dc5;
  for (let at = 0; at < itemKey.length; at += 1) {
    hash = Math.imul(hash ^ itemKey.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % count;
}
