/**
 * Patterns for lines of columns: `[ip, user, ..., status = 4*, bytes > 1000]`.
 *
 * Columns stand between spaces; what is in brackets or quotation marks is one. A line must have as
 * many as the pattern names, or more: the last one that is named is then all the rest, as it is
 * written. `...`, once, stands for any number of them.
 */

import { readComparison } from "./compare.ts";
import { type Condition, readCondition } from "./condition.ts";
import type { Cursor } from "./cursor.ts";

export function readColumns(cursor: Cursor): (message: string) => boolean {
  const before: Condition<string>[] = [];
  let after: Condition<string>[] | undefined;
  do {
    if (!cursor.skipSpaces().take("...")) (after ?? before).push(readColumn(cursor));
    else if (after) cursor.fail('a second "..." is not supported');
    else after = [];
  } while (cursor.skipSpaces().take(","));
  if (!cursor.isAtEnd) cursor.fail('"," or "]" is missing');
  return (message) => {
    const found = columnsOf(message, after ? undefined : before.length);
    if (found.length < before.length + (after?.length ?? 0)) return false;
    const rest = after ? found.slice(found.length - after.length) : [];
    return (
      before.every((holds, at) => holds(found[at]!)) &&
      (after ?? []).every((holds, at) => holds(rest[at]!))
    );
  };
}

/** A name, and what must hold of it; the name may stand in each part of a condition. */
function readColumn(cursor: Cursor): Condition<string> {
  return readCondition(cursor, () => {
    const name = cursor.skipSpaces().match(/[\w.$@-]+/y);
    const comparison = readComparison(cursor);
    if (name === undefined && !comparison) cursor.fail("the name of a column is missing");
    return comparison ?? (() => true);
  });
}

const column = /\[([^\]]*)\]|"([^"]*)"|\S+/g;

/** With `countMax` no more than that: the last holds what would follow. */
function columnsOf(message: string, countMax = Number.POSITIVE_INFINITY): string[] {
  const found: string[] = [];
  let lastStart = 0;
  for (const { 0: whole, 1: bracketed, 2: quoted, index } of message.matchAll(column)) {
    if (found.length === countMax) {
      found[countMax - 1] = message.slice(lastStart).trimEnd();
      break;
    }
    found.push(bracketed ?? quoted ?? whole);
    lastStart = index;
  }
  return found;
}
