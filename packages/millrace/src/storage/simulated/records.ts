/**
 * Records over a simulated disk: the engine that a simulation kills.
 *
 * It commits as the SQLite engine does, by the same `../group-commit.ts`, into a log of frames with
 * checksums; what is durable is in memory and is read from there. After `SimulatedDisk.kill` the
 * old engine is silent for good, and opening the disk again is what a restart does.
 */

import { type Random, WorldError } from "../../base/mod.ts";
import { GroupCommit, type GroupCommitLimits } from "../group-commit.ts";
import { Spaces } from "../memory/spaces.ts";
import type { Change, Decision, Entry, Range, RecordAddress, Records } from "../records.ts";
import type { SimulatedDisk } from "./disk.ts";
import { type FrameLog, openLog } from "./log.ts";

const limits: GroupCommitLimits = {
  batchUpdatesMax: 64,
  batchBytesMax: 64 * 1024,
  waitingMax: 100_000,
};

/** Rejects with a `WorldError`: `DATA_CORRUPT`, or what the disk says. `random` salts a new log. */
export async function openSimulatedRecords(disk: SimulatedDisk, random: Random): Promise<Records> {
  const { log, batches } = await openLog(disk.open(), random);
  const spaces = new Spaces();
  for (const change of batches.flat()) spaces.apply(change);
  return new SimulatedRecords(log, spaces);
}

class SimulatedRecords implements Records {
  readonly #spaces: Spaces;
  readonly #commits: GroupCommit;
  #closed = false;

  constructor(log: FrameLog, spaces: Spaces) {
    this.#spaces = spaces;
    const disk = {
      read: (address: RecordAddress) => spaces.get(address),
      commit: async (changes: ReadonlyMap<string, Change>) => {
        await log.append([...changes.values()]);
        for (const change of changes.values()) spaces.apply(change);
      },
    };
    this.#commits = new GroupCommit(disk, limits);
  }

  async get(address: RecordAddress): Promise<Uint8Array | undefined> {
    this.#refuseWhenClosed();
    return this.#spaces.get(address);
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
    return this.#commits.update(reads, decide);
  }

  async close(): Promise<void> {
    this.#refuseWhenClosed();
    this.#closed = true;
    await this.#commits.settled();
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new WorldError("STORAGE_CLOSED", "the records are closed");
  }
}
