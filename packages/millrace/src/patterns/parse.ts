/**
 * A pattern's maps: fields that must all hold, each with a list of what it may be or with fields of
 * its own, and `$or`, of whose alternatives one must hold.
 *
 * `$or` is that word only with a list of two maps or more, none of which has the name of a match
 * type; else it is a field like any other, as Event Ruler documents.
 */

import type { JsonPath } from "../base/mod.ts";
import { isMap, type Matcher, matchTypes, readMatcher } from "./matchers.ts";
import type { PatternProblems } from "./problem.ts";

export interface Condition {
  readonly fields: ReadonlyMap<string, Condition | readonly Matcher[]>;
  /** One alternative of each. */
  readonly choices: readonly (readonly Condition[])[];
}

/** What could be read; it means something only when there are no problems. */
export function readCondition(
  given: Readonly<Record<string, unknown>>,
  path: JsonPath,
  problems: PatternProblems,
): Condition {
  const fields = new Map<string, Condition | readonly Matcher[]>();
  const choices: Condition[][] = [];
  const names = Object.keys(given);
  if (names.length === 0) problems.report(path, "an empty map matches nothing in particular");
  for (const name of names) {
    const inner = [...path, name];
    const value = given[name];
    if (name === "$or" && isChoice(value)) {
      choices.push(value.map((one, at) => readCondition(one, [...inner, at], problems)));
    } else if (Array.isArray(value)) fields.set(name, readList(value, inner, problems));
    else if (isMap(value)) fields.set(name, readCondition(value, inner, problems));
    else problems.report(inner, `"${name}" must be a list of what to match, or a map`);
  }
  return { fields, choices };
}

function readList(
  given: readonly unknown[],
  path: JsonPath,
  problems: PatternProblems,
): readonly Matcher[] {
  if (given.length === 0) problems.report(path, "an empty list matches nothing");
  return given
    .map((one, at) => readMatcher(one, [...path, at], problems))
    .filter((matcher) => matcher !== undefined);
}

function isChoice(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return (
    Array.isArray(value) &&
    value.length > 1 &&
    value.every((one) => isMap(one) && !Object.keys(one).some((name) => matchTypes.has(name)))
  );
}

/** How many patterns without `$or` it takes to say the same. */
export function countCombinations({ fields, choices }: Condition): number {
  let count = 1;
  for (const field of fields.values()) {
    if (!isMatchers(field)) count *= countCombinations(field);
  }
  for (const choice of choices) {
    count *= choice.reduce((sum, one) => sum + countCombinations(one), 0);
  }
  return count;
}

export function isMatchers(field: Condition | readonly Matcher[]): field is readonly Matcher[] {
  return Array.isArray(field);
}
