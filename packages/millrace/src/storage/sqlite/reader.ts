/**
 * Reads what is durable, in the caller's thread, over a connection that may not write.
 *
 * Every statement runs to its end before the next begins, so none pins an old state of the log:
 * a read that starts after a commit sees it (R1).
 */

import type { Database, Statement } from "bun:sqlite";
import type { Entry, Range, RecordAddress } from "../records.ts";
import { worldErrorOf } from "./failure.ts";

export interface Reader {
  /** Throws a `WorldError`, as `range` does. */
  get(address: RecordAddress): Uint8Array | undefined;
  range(range: Range): Entry[];
  close(): void;
}

/** Takes over `database`, which is the file at `path`. */
export function createReader(database: Database, path: string): Reader {
  database.run("PRAGMA query_only = ON");
  const getValue = database.prepare("SELECT value FROM records WHERE space = ? AND key = ?");
  const ascending = rangeStatements(database, "ASC");
  const descending = rangeStatements(database, "DESC");
  const statements = [
    getValue,
    ascending.open,
    ascending.bounded,
    descending.open,
    descending.bounded,
  ];
  const read = <T>(statement: () => T): T => {
    try {
      return statement();
    } catch (thrown) {
      throw worldErrorOf(thrown, "cannot read from", path);
    }
  };
  return {
    get: ({ space, key }) =>
      read(() => getValue.values(space, key)[0]?.[0] as Uint8Array | undefined),
    range: (range) => read(() => selectRange(range.reverse ? descending : ascending, range)),
    close: () => {
      for (const statement of statements) statement.finalize();
      database.close(true);
    },
  };
}

interface RangeStatements {
  readonly open: Statement;
  readonly bounded: Statement;
}

function rangeStatements(database: Database, order: "ASC" | "DESC"): RangeStatements {
  const select = "SELECT key, value FROM records WHERE space = ? AND key >= ?";
  const ordered = `ORDER BY key ${order} LIMIT ?`;
  return {
    open: database.prepare(`${select} ${ordered}`),
    bounded: database.prepare(`${select} AND key < ? ${ordered}`),
  };
}

const firstKey = new Uint8Array(0);

function selectRange(statements: RangeStatements, range: Range): Entry[] {
  const { space, from = firstKey, to, countMax } = range;
  const rows = to
    ? statements.bounded.values(space, from, to, countMax)
    : statements.open.values(space, from, countMax);
  return rows.map((row) => ({ key: row[0] as Uint8Array, value: row[1] as Uint8Array }));
}
