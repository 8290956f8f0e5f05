/**
 * Patterns for lines of JSON: `{ ($.level = "ERROR") && ($.user.id > 10 || $.tags[0] = "a*") }`.
 *
 * Also `IS NULL`, `IS TRUE`, `IS FALSE` and `NOT EXISTS`. A comparison with what is not there does
 * not hold, `!=` neither. `[*]` and `.*` stand for every element and every property, once in a
 * selector; one of them is enough. A line that is no JSON does not match. Refused, as AWS does not
 * support them: `IS NOT` and `EXISTS`.
 */

import { memberOf } from "../../base/mod.ts";
import { readComparison } from "./compare.ts";
import { type Condition, readCondition } from "./condition.ts";
import type { Cursor } from "./cursor.ts";

type Step = string | number | typeof every;

const every = Symbol("every");

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
  if (comparison) return anyOf(steps, (value) => comparison(comparable(value)));
  const at = cursor.skipSpaces().at;
  const word = cursor.match(/IS\s+(NULL|TRUE|FALSE|NOT)\b|(NOT\s+)?EXISTS\b/iy);
  switch (word?.toUpperCase().replace(/\s+/g, " ")) {
    case "IS NULL":
      return anyOf(steps, (value) => value === null);
    case "IS TRUE":
      return anyOf(steps, (value) => value === true);
    case "IS FALSE":
      return anyOf(steps, (value) => value === false);
    case "NOT EXISTS": {
      const isThere = anyOf(steps, (value) => value !== undefined);
      return (root) => !isThere(root);
    }
    case "IS NOT":
    case "EXISTS":
      return cursor.fail(`"${word}" is not supported, as on AWS`, at);
    default:
      return cursor.fail("a comparison is missing behind the selector");
  }
}

/** Whether it holds for the value at the selector, or for one of them. */
function anyOf(steps: readonly Step[], holds: (value: unknown) => boolean): Condition<unknown> {
  const wildcard = steps.indexOf(every);
  if (wildcard < 0) return (root) => holds(valueAt(root, steps));
  const [before, behind] = [steps.slice(0, wildcard), steps.slice(wildcard + 1)];
  return (root) => {
    const parent = valueAt(root, before);
    if (typeof parent !== "object" || parent === null) return false;
    return Object.values(parent).some((child) => holds(valueAt(child, behind)));
  };
}

function readSelector(cursor: Cursor): Step[] {
  if (!cursor.skipSpaces().take("$")) cursor.fail('a selector begins with "$."');
  const steps: Step[] = [];
  for (;;) {
    const dotted = cursor.take(".");
    const { at } = cursor;
    if (cursor.take("[*]") || (dotted && cursor.take("*"))) {
      if (steps.includes(every)) cursor.fail("a second wildcard in a selector", at);
      cursor.countWildcard(at);
      steps.push(every);
      continue;
    }
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
    if (typeof step !== "string") value = Array.isArray(value) ? value[Number(step)] : undefined;
    else
      value = Array.isArray(value) ? undefined : memberOf(value as Record<string, unknown>, step);
  }
  return value;
}

function comparable(value: unknown): string | number | undefined {
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}
