/**
 * Statements: SELECT, FROM, WHERE, in this order; only SELECT must be there.
 *
 * A statement that comes back can be evaluated: names of functions, counts of arguments and what
 * the version knows have been checked.
 */

import { Cursor } from "./cursor.ts";
import { parseExpression } from "./parse-expression.ts";
import { parseSelection } from "./parse-select.ts";
import { catchRefusal, placeOf, refusals, type SqlError } from "./refusal.ts";
import type { Statement, TopicFilter } from "./syntax.ts";
import type { SqlVersion } from "./version.ts";

export type ParsedStatement =
  | { readonly ok: true; readonly statement: Statement }
  | { readonly ok: false; readonly error: SqlError };

/** The statement, or the first thing in it that is wrong or not implemented, with its place. */
export function parseStatement(
  sql: string,
  options: { readonly version: SqlVersion },
): ParsedStatement {
  const read = catchRefusal(sql, () => readStatement(sql, options.version));
  return read.ok ? { ok: true, statement: read.value } : read;
}

function readStatement(sql: string, version: SqlVersion): Statement {
  const cursor = new Cursor(sql, version);
  if (cursor.isAt("set")) cursor.refuse(refusals.notImplemented("SET"));
  const selection = parseSelection(cursor);
  const topicFilter = cursor.isAt("from") ? readTopicFilter(cursor) : undefined;
  const where = cursor.takeIf("where") ? parseExpression(cursor) : undefined;
  if (cursor.token.kind !== "end") cursor.refuseToken(expectedAfter(topicFilter, where));
  return { version, selection, topicFilter, where };
}

/** In quotes, or leniently a run of characters without white space. */
function readTopicFilter(cursor: Cursor): TopicFilter {
  const run = cursor.peekRun();
  if (run.text === "") cursor.refuse(refusals.emptyFilter(), run.start);
  const place = placeOf(cursor.source, run.start);
  if (!/^['"]/.test(run.text)) return { text: cursor.takeRun(), place };
  cursor.take();
  const { text } = cursor.take();
  if (text === "") cursor.refuse(refusals.emptyFilter(), run.start);
  return { text, place };
}

function expectedAfter(filter: unknown, where: unknown): string {
  if (where) return "the end of the statement";
  if (filter === undefined) return 'FROM, WHERE, AS, "," or an operator';
  return "WHERE or the end of the statement";
}
