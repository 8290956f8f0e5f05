/**
 * Patterns for lines of JSON: `{ ($.level = "ERROR") && ($.user.id > 10 || $.tags[0] = "a*") }`.
 *
 * Also `IS NULL`, `IS TRUE`, `IS FALSE`, `EXISTS` and `NOT EXISTS`. A comparison with what is not
 * there does not hold, `!=` neither. A line that is no JSON does not match. Left out, and refused:
 * `[*]` in a selector, regular expressions.
 */

import { memberOf } from "../../base/mod.ts";
import { readComparison } from "./compare.ts";
import { type Condition, readCondition } from "./condition.ts";
import type { Cursor } from "./cursor.ts";

type Step = string | number;

export function readJsonPattern(cursor: Cursor): (message: string) => boolean {
  const condition = readCondition(cursor, readPart);
  if (!cursor.skipSpaces().isAtEnd) cursor.fail('"&&", "||" or "}" is missing');
  return (message) => {
    if (!/^\s*[{[]/.test(message)) return false;
    try {
      return condition(JSON.parse(message));
    } catch {
      return false; // JSON.parse has no other way to say no
    }
  };
}

function readPart(cursor: Cursor): Condition<unknown> {
  const steps = readSelector(cursor);
  const comparison = readComparison(cursor);
  if (comparison) return (root) => comparison(comparable(valueAt(root, steps)));
  const word = cursor.skipSpaces().match(/IS\s+(NULL|TRUE|FALSE)\b|(NOT\s+)?EXISTS\b/iy);
  switch (word?.toUpperCase().replace(/\s+/g, " ")) {
    case "IS NULL":
      return (root) => valueAt(root, steps) === null;
    case "IS TRUE":
      return (root) => valueAt(root, steps) === true;
    case "IS FALSE":
      return (root) => valueAt(root, steps) === false;
    case "EXISTS":
      return (root) => valueAt(root, steps) !== undefined;
    case "NOT EXISTS":
      return (root) => valueAt(root, steps) === undefined;
    default:
      return cursor.fail("a comparison is missing behind the selector");
  }
}

function readSelector(cursor: Cursor): Step[] {
  if (!cursor.skipSpaces().take("$")) cursor.fail('a selector begins with "$."');
  const steps: Step[] = [];
  for (;;) {
    const dotted = cursor.take(".");
    if (cursor.sees("[*]")) cursor.fail('"[*]" in a selector is not supported');
    const index = cursor.match(/\[\d{1,9}\]/y);
    const named = index ?? cursor.match(/\[(?:'[^']*'|"[^"]*")\]/y);
    if (index !== undefined) steps.push(Number(index.slice(1, -1)));
    else if (named !== undefined) steps.push(named.slice(2, -2));
    else if (dotted) {
      const name = cursor.match(/[\w@-]+/y);
      if (name === undefined) cursor.fail("the name of a property is missing");
      steps.push(name!);
    } else break;
  }
  if (steps.length === 0) cursor.fail("a selector names a property");
  return steps;
}

function valueAt(root: unknown, steps: readonly Step[]): unknown {
  let value = root;
  for (const step of steps) {
    if (typeof value !== "object" || value === null) return undefined;
    if (typeof step === "number") value = Array.isArray(value) ? value[step] : undefined;
    else
      value = Array.isArray(value) ? undefined : memberOf(value as Record<string, unknown>, step);
  }
  return value;
}

function comparable(value: unknown): string | number | undefined {
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}
