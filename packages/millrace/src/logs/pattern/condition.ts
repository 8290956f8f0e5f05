/** `a && (b || c)`: conditions of JSON patterns and of single columns. `&&` binds more tightly. */

import type { Cursor } from "./cursor.ts";

const depthMax = 50;

export type Condition<T> = (subject: T) => boolean;

/** Reads a condition whose parts `readPart` reads. */
export function readCondition<T>(
  cursor: Cursor,
  readPart: (cursor: Cursor) => Condition<T>,
  depth = 0,
): Condition<T> {
  const readAll = () => readList(cursor, "&&", () => readGrouped(cursor, readPart, depth));
  const parts = readList(cursor, "||", () => {
    const all = readAll();
    return (subject: T) => all.every((holds) => holds(subject));
  });
  return (subject) => parts.some((holds) => holds(subject));
}

function readList<T>(cursor: Cursor, between: string, read: () => Condition<T>): Condition<T>[] {
  const parts = [read()];
  while (cursor.skipSpaces().take(between)) parts.push(read());
  return parts;
}

function readGrouped<T>(
  cursor: Cursor,
  readPart: (cursor: Cursor) => Condition<T>,
  depth: number,
): Condition<T> {
  if (!cursor.skipSpaces().take("(")) return readPart(cursor);
  if (depth >= depthMax) cursor.fail(`more than ${depthMax} parentheses are nested`);
  const inner = readCondition(cursor, readPart, depth + 1);
  if (!cursor.skipSpaces().take(")")) cursor.fail('")" is missing');
  return inner;
}
