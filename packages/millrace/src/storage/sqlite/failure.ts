/** SQLite's errors as errors of the world. */

import { errorText, WorldError } from "../../base/mod.ts";

/** What happened, in a form that crosses from the writer's thread. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** The first prefix that fits SQLite's code decides. */
const codes: readonly (readonly [prefix: string, code: string])[] = [
  ["SQLITE_FULL", "DISK_FULL"],
  ["SQLITE_IOERR", "DISK_IO"],
  ["SQLITE_CORRUPT", "DATA_CORRUPT"],
  ["SQLITE_NOTADB", "DATA_CORRUPT"],
  ["SQLITE_READONLY", "DATA_READ_ONLY"],
  ["SQLITE_CANTOPEN", "DATA_UNREACHABLE"],
  ["SQLITE_PERM", "DATA_UNREACHABLE"],
  ["SQLITE_TOOBIG", "VALUE_TOO_BIG"],
];

/** `what` says what could not be done, e.g. "cannot commit to"; `path` is the file. */
export function failureOf(thrown: unknown, what: string, path: string): Failure {
  const given = (thrown as { code?: unknown }).code;
  const sqliteCode = typeof given === "string" ? given : "";
  const known = codes.find(([prefix]) => sqliteCode.startsWith(prefix));
  const text = errorText(thrown);
  // Node's texts hold their code already, SQLite's do not.
  const reason = text.includes(sqliteCode) ? text : `${text} (${sqliteCode})`;
  return { code: known?.[1] ?? "STORAGE_FAILED", message: `${what} "${path}": ${reason}` };
}

export function worldErrorOf(thrown: unknown, what: string, path: string): WorldError {
  const { code, message } = failureOf(thrown, what, path);
  return new WorldError(code, message, thrown);
}
