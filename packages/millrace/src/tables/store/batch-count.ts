/** How many records to read at a time, so that a batch of large ones does not fill the memory. */

import type { Entry } from "../../storage/mod.ts";
import { buildBatchBytes, buildBatchCount } from "../limits.ts";

/** Before it is known how large the records are. */
const firstCount = 16;

/** What can still be used of records, and of bytes of them. */
export interface BatchMost {
  readonly count: number;
  readonly bytes: number;
}

const buildMost: BatchMost = { count: buildBatchCount, bytes: buildBatchBytes };

export class BatchCount {
  #next: number;

  constructor(countMax = firstCount) {
    this.#next = Math.min(firstCount, countMax);
  }

  /** For the next batch. */
  get next(): number {
    return this.#next;
  }

  /** Takes the records of the last batch for an example of those to come. */
  learn(entries: readonly Entry[]): void {
    const bytes = entries.reduce((sum, { value }) => sum + value.length, 0);
    this.fit({ count: entries.length, bytes }, buildMost);
  }

  /** The same for records of which `read` tells how many, and how large, were read. */
  fit(read: BatchMost, most: BatchMost): void {
    const fitting = Math.ceil((most.bytes * read.count) / Math.max(read.bytes, 1));
    this.#next = Math.max(1, Math.min(most.count, fitting));
  }
}
