/**
 * Records in memory: for `--memory` and for tests. Everything is lost with the process.
 *
 * Every call does its work before it returns its promise, so updates cannot interleave. Values are
 * copied on the way in and on the way out; nobody shares an array with the store.
 */

import { assert, WorldError } from "../../base/mod.ts";
import { bytesOfKey, spellKey } from "../identity.ts";
import type { Change, Decision, Entry, Range, RecordAddress, Records } from "../records.ts";
import { SortedMap } from "./sorted-map.ts";

/** Engine without R4 and R8: there is nothing that could outlive the process or fail to commit. */
export function openMemoryRecords(): Records {
  return new MemoryRecords();
}

type Space = SortedMap<Uint8Array>;

class MemoryRecords implements Records {
  readonly #spaces = new Map<string, Space>();
  #closed = false;

  async get(address: RecordAddress): Promise<Uint8Array | undefined> {
    this.#refuseWhenClosed();
    return this.#read(address);
  }

  async range(range: Range): Promise<Entry[]> {
    this.#refuseWhenClosed();
    assert(range.countMax >= 0, `a range of ${range.countMax} entries`);
    const space = this.#spaces.get(range.space);
    if (!space) return [];
    const from = range.from && spellKey(range.from);
    const to = range.to && spellKey(range.to);
    const { keys, start, end } = space.keysWithin(from, to);
    const chosen = range.reverse
      ? keys.slice(Math.max(start, end - range.countMax), end).reverse()
      : keys.slice(start, Math.min(end, start + range.countMax));
    return chosen.map((key) => ({ key: bytesOfKey(key), value: space.get(key)!.slice() }));
  }

  async update<T>(
    reads: readonly RecordAddress[],
    decide: (values: readonly (Uint8Array | undefined)[]) => Decision<T>,
  ): Promise<T> {
    this.#refuseWhenClosed();
    const decision = decide(reads.map((address) => this.#read(address)));
    for (const change of decision.changes) this.#apply(change);
    return decision.result;
  }

  async close(): Promise<void> {
    this.#refuseWhenClosed();
    this.#closed = true;
  }

  #read(address: RecordAddress): Uint8Array | undefined {
    return this.#spaces.get(address.space)?.get(spellKey(address.key))?.slice();
  }

  #apply({ space: name, key, value }: Change): void {
    let space = this.#spaces.get(name);
    if (!space) {
      space = new SortedMap();
      this.#spaces.set(name, space);
    }
    if (value === undefined) space.delete(spellKey(key));
    else space.set(spellKey(key), value.slice());
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new WorldError("STORAGE_CLOSED", "the records are closed");
  }
}
