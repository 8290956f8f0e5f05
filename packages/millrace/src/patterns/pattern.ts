/** Event patterns: read and compiled once, then asked for each event. */

import { findPlace, type JsonText, parseJsonText } from "../base/mod.ts";
import { type EventValue, eventOf } from "./event.ts";
import { patternLimits } from "./limits.ts";
import { isMap } from "./matchers.ts";
import { countCombinations, readCondition } from "./parse.ts";
import { type PatternProblem, PatternProblems } from "./problem.ts";
import { treeMatches, treesOf } from "./tree.ts";

export interface EventPattern {
  matches(event: EventValue): boolean;
}

export type PatternResult =
  | { readonly ok: true; readonly pattern: EventPattern }
  | { readonly ok: false; readonly problems: readonly PatternProblem[] };

const { textCharactersMax, combinationsMax } = patternLimits;

/** The pattern, or all its problems with their paths. */
export function compilePattern(value: unknown): PatternResult {
  return compile(eventOf(value));
}

/** The same for JSON text: problems have line and column, and what stands twice is one. */
export function compilePatternText(text: string): PatternResult {
  if (text.length > textCharactersMax) {
    const message = `the pattern has ${text.length} of ${textCharactersMax} characters`;
    return { ok: false, problems: [{ path: [], message, line: 1, column: 1 }] };
  }
  const parsed = parseJsonText(text, patternLimits);
  if (!parsed.ok) return { ok: false, problems: [parsed.problem] };
  const { json } = parsed;
  const result = compile(json.value);
  const others = result.ok ? [] : result.problems.map((problem) => placed(problem, json));
  const problems = [...json.doubles, ...others];
  return problems.length === 0 ? result : { ok: false, problems };
}

function compile(value: unknown): PatternResult {
  const problems = new PatternProblems();
  if (!isMap(value)) {
    problems.report([], "a pattern is a map of fields");
    return { ok: false, problems: problems.list };
  }
  const condition = readCondition(value, [], problems);
  const combinations = countCombinations(condition);
  if (combinations > combinationsMax) {
    const message = `the alternatives of "$or" multiply to more than ${combinationsMax}`;
    problems.report([], message);
  }
  if (problems.list.length > 0) return { ok: false, problems: problems.list };
  const trees = treesOf(condition);
  return {
    ok: true,
    pattern: { matches: (event) => trees.some((tree) => treeMatches(tree, event)) },
  };
}

/** What is missing stands where it should be: at the nearest place above. */
function placed(problem: PatternProblem, { places }: JsonText): PatternProblem {
  for (let length = problem.path.length; ; length -= 1) {
    const path = problem.path.slice(0, length);
    const place = findPlace(places, path, "value");
    if (place) return { ...problem, ...place };
  }
}
