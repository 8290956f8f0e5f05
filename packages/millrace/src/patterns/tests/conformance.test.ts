/**
 * The cases of `conformance/events/*.json` that are about patterns; the README there says how to
 * read them.
 */

import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  compilePattern,
  compilePatternText,
  eventOf,
  type PatternResult,
  readEvent,
} from "../mod.ts";
import { modelMatches } from "./model.ts";

interface Case {
  readonly name: string;
  readonly source: string;
  readonly pattern?: unknown;
  readonly patternText?: string;
  readonly event?: unknown;
  readonly eventText?: string;
  readonly matches?: boolean;
  readonly problems?: readonly object[];
}

const folder = join(import.meta.dir, "../../../../../conformance/events");

for (const fileName of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const file = JSON.parse(readFileSync(join(folder, fileName), "utf8")) as {
    readonly cases: readonly Case[];
  };
  const cases = file.cases.filter((one) => one.pattern !== undefined || one.patternText);
  if (cases.length === 0) continue;
  describe(fileName, () => {
    for (const example of cases) {
      test(example.name, () => {
        expect(example.source).toMatch(/^(eventbridge|event-ruler|chosen): ./);
        if (example.problems) checkProblems(example, example.problems);
        else checkMatch(example);
      });
    }
  });
}

function compiled({ pattern, patternText }: Case): PatternResult {
  return patternText === undefined ? compilePattern(pattern) : compilePatternText(patternText);
}

function checkMatch(example: Case): void {
  const result = compiled(example);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const { event, eventText, pattern, patternText } = example;
  const read = eventText === undefined ? eventOf(event) : readEvent(eventText)!;
  expect(result.pattern.matches(read)).toBe(example.matches!);
  const document = patternText === undefined ? eventOf(pattern) : readEvent(patternText)!;
  expect(modelMatches(document, read)).toBe(example.matches!);
}

function checkProblems(example: Case, expected: readonly object[]): void {
  const result = compiled(example);
  const problems = result.ok ? [] : result.problems;
  expect(problems.map(({ message: _, ...place }) => place) as object[]).toEqual([...expected]);
}
