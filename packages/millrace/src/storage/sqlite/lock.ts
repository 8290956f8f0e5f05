/**
 * One process per data folder.
 *
 * The lock is an exclusive transaction on a file of its own, held open: the system lets go of it
 * when the process ends, however it ends, so nothing stale is left behind.
 */

import { Database } from "bun:sqlite";
import { join } from "node:path";
import { WorldError } from "../../base/mod.ts";
import { worldErrorOf } from "./failure.ts";

export interface FolderLock {
  release(): void;
}

/** Throws `DATA_IN_USE` when the folder is held already, by this process or another. */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, "lock.db");
  let database: Database | undefined;
  try {
    database = new Database(path, { readwrite: true, create: true });
    database.run("BEGIN EXCLUSIVE");
  } catch (thrown) {
    database?.close();
    if ((thrown as { code?: unknown }).code === "SQLITE_BUSY") {
      const reason = "another Millrace is using this folder";
      const advice = "end that one first, or give this one a folder of its own";
      const message = `cannot open "${folder}": ${reason}; ${advice}`;
      throw new WorldError("DATA_IN_USE", message, thrown);
    }
    throw worldErrorOf(thrown, "cannot lock", path);
  }
  const held = database;
  return { release: () => held.close() };
}
