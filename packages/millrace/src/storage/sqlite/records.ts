/**
 * Records in an SQLite file: the engine of a single node.
 *
 * The caller's thread reads and decides; a thread of its own writes (`writer.ts`), one transaction
 * and one sync per batch (`../group-commit.ts`), so that the loop that moves messages never waits
 * for a disk. `get` and `range` see what is durable. One process may hold a folder at a time.
 *
 * Left out: the log's own checksums cut a damaged tail at the first bad frame, in silence.
 */

import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import {
  type Awaitable,
  assert,
  errorText,
  type Figure,
  type Figured,
  type Logger,
  WorldError,
} from "../../base/mod.ts";
import { type Disk, GroupCommit, type GroupCommitLimits } from "../group-commit.ts";
import { spellAddress } from "../identity.ts";
import type { Decision, Entry, Range, RecordAddress, Records } from "../records.ts";
import { CommitTally } from "./commit-tally.ts";
import { worldErrorOf } from "./failure.ts";
import { type FolderLock, lockFolder } from "./lock.ts";
import { ReadCache } from "./read-cache.ts";
import { createReader, type Reader } from "./reader.ts";
import { openFile } from "./schema.ts";
import { startWriterThread, type WriterThread } from "./writer-thread.ts";

export interface SqliteRecordsOptions {
  /** The file, e.g. `.millrace/records.db`. Its folder is created, and locked while open. */
  readonly path: string;
  readonly logger: Logger;
  /** Past this size every commit that needs room fails with `DISK_FULL`. Absent: no bound. */
  readonly fileBytesMax?: number;
  /**
   * Told once when nothing can be written any more, whatever the disk does; every write rejects.
   */
  readonly onStopped: (error: WorldError) => void;
}

const limits: GroupCommitLimits = {
  batchUpdatesMax: 4_096,
  batchBytesMax: 8 * 1024 * 1024,
  waitingMax: 100_000,
};

/**
 * Opens the file, or creates it. Rejects with a `WorldError`: `DATA_IN_USE` when another process
 * holds the folder, `DATA_TOO_NEW`, `DATA_CORRUPT`, or what the disk says.
 */
export async function openSqliteRecords(options: SqliteRecordsOptions): Promise<Records & Figured> {
  const { path, logger, fileBytesMax, onStopped } = options;
  const folder = dirname(path);
  createFolder(folder);
  const lock = lockFolder(folder);
  try {
    const reader = createReader(openFile(path), path);
    const writer = startWriterThread({ path, fileBytesMax, onStopped });
    logger.debug("opened", { path });
    return new SqliteRecords({ reader, writer, lock, logger });
  } catch (thrown) {
    lock.release();
    throw thrown;
  }
}

/** A new one is its owner's alone; one that is there already is as its owner wants it. */
function createFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    throw worldErrorOf(thrown, "cannot create", folder);
  }
}

interface Parts {
  readonly reader: Reader;
  readonly writer: WriterThread;
  readonly lock: FolderLock;
  readonly logger: Logger;
}

class SqliteRecords implements Records, Figured {
  readonly #parts: Parts;
  readonly #commits: GroupCommit;
  readonly #tally = new CommitTally();
  readonly #cache = new ReadCache();
  #closed = false;

  constructor(parts: Parts) {
    const { reader, writer, logger } = parts;
    this.#parts = parts;
    const read: Disk["read"] = (address, spelled) => this.#cache.get(address, spelled, reader.get);
    const commit: Disk["commit"] = async (changes) => {
      this.#cache.begin(changes);
      try {
        this.#tally.succeeded(changes.size, await writer.commit([...changes.values()]));
        this.#cache.end(changes, "committed");
      } catch (error) {
        this.#cache.end(changes, "failed");
        this.#tally.failed();
        logger.error("commit failed", { reason: errorText(error) });
        throw error;
      }
    };
    this.#commits = new GroupCommit({ read, commit }, limits);
  }

  get(address: RecordAddress): Awaitable<Uint8Array | undefined> {
    try {
      this.#refuseWhenClosed();
      return this.#cache.get(address, spellAddress(address), this.#parts.reader.get);
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }

  async range(range: Range): Promise<Entry[]> {
    this.#refuseWhenClosed();
    assert(range.countMax >= 0, `a range of ${range.countMax} entries`);
    return this.#parts.reader.range(range);
  }

  update<T>(
    reads: readonly RecordAddress[],
    decide: (values: readonly (Uint8Array | undefined)[]) => Decision<T>,
  ): Promise<T> {
    return this.#closed ? Promise.reject(closedError()) : this.#commits.update(reads, decide);
  }

  figures(): Figure[] {
    return this.#tally.figures(this.#commits);
  }

  async close(): Promise<void> {
    this.#refuseWhenClosed();
    this.#closed = true;
    await this.#commits.settled();
    const { reader, writer, lock } = this.#parts;
    // The last connection to close moves the log into the file. That is the writer's work, so the
    // reader must not be alone with the file, nor be the last to leave.
    await writer.started;
    reader.close();
    try {
      await writer.close();
    } finally {
      lock.release();
    }
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw closedError();
  }
}

function closedError(): WorldError {
  return new WorldError("STORAGE_CLOSED", "the records are closed");
}
