/** How many records to read at a time, so that a batch of large ones does not fill the memory. */

import type { Entry } from "../../storage/mod.ts";
import { buildBatchBytes, buildBatchCount } from "../limits.ts";

/** Before it is known how large the records are. */
const firstCount = 16;

export class BatchCount {
  #next = firstCount;

  /** For the next batch. */
  get next(): number {
    return this.#next;
  }

  /** Takes the records of the last batch for an example of those to come. */
  learn(entries: readonly Entry[]): void {
    const bytes = entries.reduce((sum, { value }) => sum + value.length, 0);
    const fitting = Math.floor((buildBatchBytes * entries.length) / Math.max(bytes, 1));
    this.#next = Math.max(1, Math.min(buildBatchCount, fitting));
  }
}
