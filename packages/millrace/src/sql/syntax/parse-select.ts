/**
 * SELECT, in a statement and in a subquery.
 *
 * `value` is a keyword only after SELECT and only when an expression follows it; elsewhere it is a
 * name like any other. A column that is no path and no call must be given a name.
 */

import type { Cursor } from "./cursor.ts";
import { parseExpression, parseVariable } from "./parse-expression.ts";
import { refusals } from "./refusal.ts";
import type { Token } from "./token.ts";
import type { Expression, SelectItem, Selection, Subquery } from "./tree.ts";

/** From SELECT to the last item. */
export function parseSelection(cursor: Cursor): Selection {
  cursor.expect("select");
  if (isValueKeyword(cursor)) {
    cursor.take();
    const expression = parseExpression(cursor);
    if (cursor.isAt(",")) cursor.refuse(refusals.valueStands());
    return { kind: "value", expression };
  }
  const items: SelectItem[] = [];
  do items.push(parseItem(cursor));
  while (cursor.takeIf(","));
  return { kind: "list", items };
}

/** From SELECT to the end of WHERE, without the brackets around it. */
export function parseSubquery(cursor: Cursor): Subquery {
  cursor.requireVersion2016("a nested SELECT");
  return cursor.nest(() => {
    const selection = parseSelection(cursor);
    cursor.expect("from");
    const from = parsePath(cursor);
    const alias = cursor.takeIf("as") ? cursor.expectName("a name after AS") : undefined;
    const where = cursor.takeIf("where") ? parseExpression(cursor) : undefined;
    return { selection, from, alias, where };
  });
}

function parsePath(cursor: Cursor): Expression {
  const { start } = cursor.token;
  let path: Expression;
  if (cursor.token.kind === "variable") path = parseVariable(cursor);
  else {
    const name = cursor.expectName("a path after FROM");
    path = { kind: "name", name, ...cursor.spanFrom(start) };
  }
  while (cursor.takeIf(".")) {
    const name = cursor.expectName('a name after "."', true);
    path = { kind: "member", of: path, name, ...cursor.spanFrom(start) };
  }
  return path;
}

function isValueKeyword(cursor: Cursor): boolean {
  const { kind, text } = cursor.token;
  return kind === "name" && text.toLowerCase() === "value" && startsExpression(cursor.peek());
}

const openers: ReadonlySet<string> = new Set([
  "(",
  "{",
  "[",
  "not",
  "case",
  "null",
  "true",
  "false",
  "exists",
]);

function startsExpression({ kind, text }: Token): boolean {
  if (kind === "symbol" || kind === "keyword") return openers.has(text);
  return kind !== "end";
}

function parseItem(cursor: Cursor): SelectItem {
  if (cursor.takeIf("*")) return { kind: "star", alias: parseAlias(cursor) };
  const { start } = cursor.token;
  const expression = parseExpression(cursor);
  const alias = parseAlias(cursor) ?? ownNameOf(expression);
  if (!alias) cursor.refuse(refusals.aliasRequired(), start);
  return { kind: "column", alias, expression };
}

function parseAlias(cursor: Cursor): string[] | undefined {
  if (!cursor.takeIf("as")) return undefined;
  const alias = [cursor.expectName("a name after AS")];
  while (cursor.takeIf(".")) alias.push(cursor.expectName('a name after "."', true));
  return alias;
}

/** A path is named by its last part, a call by its function. */
function ownNameOf(expression: Expression): string[] | undefined {
  switch (expression.kind) {
    case "name":
    case "member":
    case "call":
      return [expression.name];
    case "cast":
      return ["cast"];
    default:
      return undefined;
  }
}
