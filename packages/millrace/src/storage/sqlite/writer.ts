/**
 * The writer's thread: the only connection that writes, and the only one that waits for the disk.
 *
 * A batch is one transaction and one sync. A batch that fails is rolled back whole, and the next
 * one starts from what was durable before.
 */

import { Database } from "bun:sqlite";
import { assert, InvariantBroken, systemClock } from "../../base/mod.ts";
import type { Change } from "../records.ts";
import { failureOf } from "./failure.ts";
import type { OpenRequest, WriterAnswer, WriterRequest } from "./messages.ts";
import { type PackedChanges, unpackChanges } from "./wire.ts";

declare const self: {
  onmessage: (event: { data: WriterRequest }) => void;
  postMessage(answer: WriterAnswer): void;
};

/** At four times the default a quarter less is written for each item that is replaced. */
const checkpointPages = 4_000;

interface Writer {
  /** How many seconds the disk took. */
  commit(changes: PackedChanges): number;
  close(): void;
}

function serve(): void {
  let writer: Writer | undefined;
  const handle = (request: WriterRequest): number => {
    if (request.kind === "commit") return opened(writer).commit(request.changes);
    if (request.kind === "open") writer = openWriter(request);
    else opened(writer).close();
    return 0;
  };
  self.onmessage = ({ data: request }) => {
    let syncSeconds: number;
    try {
      syncSeconds = handle(request);
    } catch (thrown) {
      if (thrown instanceof InvariantBroken) throw thrown;
      const failure = failureOf(thrown, `cannot ${request.kind}`, request.path);
      self.postMessage({ kind: "failed", failure });
      return;
    }
    self.postMessage({ kind: "done", syncSeconds });
  };
}

function opened(writer: Writer | undefined): Writer {
  assert(writer, "the writer was asked to work before it was opened");
  return writer;
}

function openWriter({ path, fileBytesMax }: OpenRequest): Writer {
  const database = new Database(path, { readwrite: true, strict: true });
  database.run("PRAGMA busy_timeout = 5000"); // somebody's tool may hold the file for a moment
  database.run("PRAGMA synchronous = FULL");
  // 16 MB of log: a page that changes often is moved into the file less often.
  database.run(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
  // 8 MB of pages: a write of what was written lately reads nothing from the file.
  database.run("PRAGMA cache_size = -8000");
  if (fileBytesMax !== undefined) {
    using pageSize = database.prepare("PRAGMA page_size");
    const pageBytes = pageSize.values()[0]![0] as number;
    database.run(`PRAGMA max_page_count = ${Math.floor(fileBytesMax / pageBytes)}`);
  }
  // To replace a row is to delete it and insert another, which fills more pages than to write over.
  const put = database.prepare(
    "INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  const remove = database.prepare("DELETE FROM records WHERE space = ? AND key = ?");
  const apply = ({ space, key, value }: Change): void => {
    if (value) put.run(space, key, value);
    else remove.run(space, key);
  };
  return {
    commit: (changes) => transact(database, () => unpackChanges(changes, apply)),
    close: () => {
      put.finalize();
      remove.finalize();
      database.close(true);
    },
  };
}

function transact(database: Database, work: () => void): number {
  database.run("BEGIN IMMEDIATE");
  try {
    work();
    const startMs = systemClock.monotonic();
    database.run("COMMIT");
    return (systemClock.monotonic() - startMs) / 1000;
  } catch (thrown) {
    if (database.inTransaction) database.run("ROLLBACK");
    throw thrown;
  }
}

serve();
