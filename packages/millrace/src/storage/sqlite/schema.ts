/**
 * The one table, and how a connection to it is set up.
 *
 * `user_version` holds the version of the schema: 0 is a new file, anything above ours was written
 * by a newer Millrace and is refused. WAL lets the reader go on while the writer commits; FULL
 * syncs the log at every commit, on which R4 rests.
 */

import { Database } from "bun:sqlite";
import { WorldError } from "../../base/mod.ts";
import { worldErrorOf } from "./failure.ts";

const schemaVersion = 1;

const createTable = `
  CREATE TABLE records (
    space TEXT NOT NULL,
    key   BLOB NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (space, key)
  ) WITHOUT ROWID`;

/**
 * A connection to a file that is fit for use; creates the file when it is missing. Throws
 * `DATA_TOO_NEW`, `DATA_CORRUPT` (not a database, cut short, or another program's), or what the
 * disk says.
 */
export function openFile(path: string): Database {
  let database: Database | undefined;
  try {
    database = new Database(path, { readwrite: true, create: true, strict: true });
    database.run("PRAGMA journal_mode = WAL");
    database.run("PRAGMA synchronous = FULL");
    checkOrCreate(database, path);
    return database;
  } catch (thrown) {
    database?.close();
    throw thrown instanceof WorldError ? thrown : worldErrorOf(thrown, "cannot open", path);
  }
}

function checkOrCreate(database: Database, path: string): void {
  using userVersion = database.prepare("PRAGMA user_version");
  const version = userVersion.values()[0]![0] as number;
  if (version > schemaVersion) {
    const versions = `version ${version}, and this Millrace knows up to ${schemaVersion}`;
    throw new WorldError("DATA_TOO_NEW", `cannot open "${path}": its schema is of ${versions}`);
  }
  using names = database.prepare("SELECT name FROM sqlite_schema");
  const tables = names.values().flat();
  if (version === schemaVersion && tables.includes("records")) return;
  if (version !== 0 || tables.length > 0) {
    throw new WorldError("DATA_CORRUPT", `cannot open "${path}": it is not a store of Millrace`);
  }
  database.run("BEGIN IMMEDIATE");
  database.run(createTable);
  database.run(`PRAGMA user_version = ${schemaVersion}`);
  database.run("COMMIT");
}
