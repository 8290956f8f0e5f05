/**
 * Statements: SET, SELECT, FROM, WHERE, in this order; only SELECT must be there.
 *
 * A statement that comes back can be evaluated: names of functions and variables, what the version
 * knows and which services there are have been checked.
 */

import type { ExternalServices } from "../external/services.ts";
import { sqlLimits } from "../limits.ts";
import type { SqlVersion } from "../version.ts";
import { Cursor } from "./cursor.ts";
import { parseExpression, parseStar } from "./parse-expression.ts";
import { parseSelection } from "./parse-select.ts";
import { catchRefusal, placeOf, refusals, type SqlError } from "./refusal.ts";
import type { Assignment, Statement, TopicFilter } from "./tree.ts";

export type ParsedStatement =
  | { readonly ok: true; readonly statement: Statement }
  | { readonly ok: false; readonly error: SqlError };

export interface StatementOptions {
  readonly version: SqlVersion;
  /** None when absent: functions that ask a service are refused. */
  readonly services?: ExternalServices;
}

/** The statement, or the first thing in it that is wrong or not implemented, with its place. */
export function parseStatement(sql: string, options: StatementOptions): ParsedStatement {
  const read = catchRefusal(sql, () => readStatement(sql, options));
  return read.ok ? { ok: true, statement: read.value } : read;
}

function readStatement(source: string, { version, services = {} }: StatementOptions): Statement {
  const cursor = new Cursor(source, { version, services, variables: [], isTemplate: false });
  const assignments = cursor.takeIf("set") ? readAssignments(cursor) : [];
  const selection = parseSelection(cursor);
  const topicFilter = cursor.isAt("from") ? readTopicFilter(cursor) : undefined;
  const where = cursor.takeIf("where") ? parseExpression(cursor) : undefined;
  if (cursor.token.kind !== "end") cursor.refuseToken(expectedAfter(topicFilter, where));
  const { warnings, isExternal, roles } = cursor;
  const clauses = { assignments, selection, topicFilter, where };
  return { source, version, ...clauses, warnings, isExternal, roles };
}

function readAssignments(cursor: Cursor): Assignment[] {
  const assignments: Assignment[] = [];
  do {
    const { kind, text: name, start } = cursor.token;
    if (kind !== "variable") cursor.refuseToken('a variable such as "@name"');
    if (name.length > sqlLimits.variableNameLengthMax + 1) {
      cursor.refuse(refusals.variableNameTooLong(sqlLimits.variableNameLengthMax));
    }
    if (cursor.variables.includes(name)) cursor.refuse(refusals.variableSetTwice(name));
    if (assignments.length === sqlLimits.variablesMax) {
      cursor.refuse(refusals.tooManyVariables(sqlLimits.variablesMax), start);
    }
    cursor.take();
    cursor.expect("=");
    const value = parseStar(cursor) ?? parseExpression(cursor);
    assignments.push({ name, value });
    cursor.variables.push(name); // only now: a value may name the variables before it alone
  } while (cursor.takeIf(","));
  if (cursor.isAt("set")) cursor.refuse(refusals.setTwice());
  return assignments;
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
