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
  // Pages that are kept until the next commit: 8 MB, four times the default.
  database.run("PRAGMA cache_size = -8000");
  const getValue = database.prepare<Pick<Entry, "value">, [string, Uint8Array]>(
    "SELECT value FROM records WHERE space = ? AND key = ?",
  );
  const ranges = rangeStatements(database);
  const statements = [getValue, ...Object.values(ranges)];
  const read = <T>(statement: () => T): T => {
    try {
      return statement();
    } catch (thrown) {
      throw worldErrorOf(thrown, "cannot read from", path);
    }
  };
  return {
    get: ({ space, key }) => read(() => getValue.get(space, key)?.value),
    range: (range) => read(() => selectRange(ranges, range)),
    close: () => {
      for (const statement of statements) statement.finalize();
      database.close(true);
    },
  };
}

type Bindings = (string | number | Uint8Array)[];

/** By the order, whether values are cut, and whether there is an end. */
type RangeStatements = Readonly<
  Record<`${"ASC" | "DESC"} ${boolean} ${boolean}`, Statement<Entry, Bindings>>
>;

function rangeStatements(database: Database): RangeStatements {
  const statements: Record<string, Statement> = {};
  for (const order of ["ASC", "DESC"]) {
    for (const isCut of [true, false]) {
      for (const isBounded of [true, false]) {
        const end = isBounded ? "AND key < ?4" : "";
        const value = isCut ? `substr(value, 1, ?${isBounded ? 5 : 4}) AS value` : "value";
        statements[`${order} ${isCut} ${isBounded}`] = database.prepare(
          `SELECT key, ${value} FROM records WHERE space = ?1 AND key >= ?2 ${end} ` +
            `ORDER BY key ${order} LIMIT ?3`,
        );
      }
    }
  }
  return statements as RangeStatements;
}

const firstKey = new Uint8Array(0);

function selectRange(statements: RangeStatements, range: Range): Entry[] {
  const { space, from = firstKey, to, countMax: count, valueBytesMax: bytes } = range;
  const order = range.reverse ? "DESC" : "ASC";
  const statement = statements[`${order} ${bytes !== undefined} ${to !== undefined}`];
  const bounds = bytes === undefined ? (to ? [to] : []) : to ? [to, bytes] : [bytes];
  // An object a row, which the runtime makes in half the time of an array.
  return statement.all(space, from, count, ...bounds);
}
