/** Copies all records of a space into another, in bounded batches. */

import type { Records } from "../../storage/mod.ts";
import { BatchCount } from "./batch-count.ts";
import { after } from "./key-bytes.ts";

/** How much was copied; bytes as they are stored. */
export async function copySpace(
  records: Records,
  source: string,
  target: string,
): Promise<{ itemCount: number; bytes: number }> {
  let [itemCount, bytes] = [0, 0];
  let from: Uint8Array | undefined;
  const count = new BatchCount();
  for (;;) {
    const range = { space: source, from, countMax: count.next };
    const entries = await records.range(range);
    const last = entries.at(-1);
    if (!last) return { itemCount, bytes };
    const changes = entries.map(({ key, value }) => ({ space: target, key, value }));
    await records.update([], () => ({ changes, result: undefined }));
    itemCount += entries.length;
    bytes += entries.reduce((sum, { value }) => sum + value.length, 0);
    count.learn(entries);
    from = after(last.key);
  }
}
