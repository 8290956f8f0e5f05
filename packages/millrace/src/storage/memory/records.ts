/**
 * Records in memory: for `--memory` and for tests. Everything is lost with the process.
 *
 * Every call does its work before it returns its promise, so updates cannot interleave.
 */

import { type Awaitable, WorldError } from "../../base/mod.ts";
import type { Decision, Entry, Range, RecordAddress, Records } from "../records.ts";
import { Spaces } from "./spaces.ts";

/** Engine without R4 and R8: there is nothing that could outlive the process or fail to commit. */
export function openMemoryRecords(): Records {
  return new MemoryRecords();
}

class MemoryRecords implements Records {
  readonly #spaces = new Spaces();
  #closed = false;

  get(address: RecordAddress): Awaitable<Uint8Array | undefined> {
    try {
      this.#refuseWhenClosed();
      return this.#spaces.get(address);
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }

  async range(range: Range): Promise<Entry[]> {
    this.#refuseWhenClosed();
    return this.#spaces.range(range);
  }

  async update<T>(
    reads: readonly RecordAddress[],
    decide: (values: readonly (Uint8Array | undefined)[]) => Decision<T>,
  ): Promise<T> {
    this.#refuseWhenClosed();
    const decision = decide(reads.map((address) => this.#spaces.get(address)));
    for (const change of decision.changes) this.#spaces.apply(change);
    return decision.result;
  }

  async close(): Promise<void> {
    this.#refuseWhenClosed();
    this.#closed = true;
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new WorldError("STORAGE_CLOSED", "the records are closed");
  }
}
