/** Whether Millrace is where it is to be, and the one table that says so for a whole run. */

import { alignColumns } from "./markdown.ts";
import { medianOf, show } from "./numbers.ts";
import type { Goal, PeerResult, Section } from "./section.ts";

export interface Verdict {
  readonly goal: Goal;
  /** A ratio where the goal is one, else the value; NaN when it was not measured. */
  readonly value: number;
  /** Undefined when it was not measured. */
  readonly met: boolean | undefined;
}

/** What became of each goal of the section. */
export function judge(section: Section, subject: string): Verdict[] {
  return section.goals.map((goal) => {
    const own = section.peers.find(({ name }) => name === subject);
    const peer = section.peers.find(({ name }) => name === goal.against);
    const value =
      goal.against === undefined
        ? medianOf(own, section.columns[0].key)
        : ratioTo(peer, section, subject);
    const { atLeast = -Infinity, atMost = Infinity } = goal;
    const met = Number.isNaN(value) ? undefined : value >= atLeast && value <= atMost;
    return { goal, value, met };
  });
}

/** How many times the peer's figure ours is; NaN when one of them was not measured. */
export function ratioTo(peer: PeerResult | undefined, section: Section, subject: string): number {
  const own = section.peers.find(({ name }) => name === subject);
  const [{ key }] = section.columns;
  return medianOf(own, key) / medianOf(peer, key);
}

/** E.g. "15.90x (goal: at least 8)", in bold when it is missed. */
export function formatVerdict({ goal, value, met }: Verdict, section: Section): string {
  if (met === undefined) return "-";
  const isRatio = goal.against !== undefined;
  const text = isRatio ? `${value.toFixed(2)}x` : show(value, section.columns[0].show);
  const bound = goal.atLeast === undefined ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`;
  const shown = `${text} (goal: ${bound})`;
  return met ? shown : `**${shown}**`;
}

/**
 * A Markdown table a benchmark: a row for each group and peer, a column for each of its names.
 * Without goals nothing is said.
 */
export function formatGoals(sections: readonly Section[], subject: string): string {
  const judged = sections.filter(({ goals }) => goals.length > 0);
  const benchmarks = [...new Set(judged.map(({ benchmark }) => benchmark))];
  return benchmarks
    .map((benchmark) => {
      const own = judged.filter((section) => section.benchmark === benchmark);
      return goalsOfBenchmark(benchmark, own, subject);
    })
    .join("\n\n");
}

function goalsOfBenchmark(benchmark: string, sections: Section[], subject: string): string {
  const names = [...new Set(sections.map(({ name }) => name))];
  const groups = [...new Set(sections.map(({ group }) => group))];
  const rows = groups.flatMap((group) => {
    const own = sections.filter((section) => section.group === group);
    const against = [...new Set(own.flatMap(({ goals }) => goals.map((goal) => goal.against)))];
    return against.map((peer) => [
      peer === undefined ? group : `${group}: of ${peer}`,
      ...names.map((name) =>
        cellOf(
          own.find((section) => section.name === name),
          peer,
          subject,
        ),
      ),
    ]);
  });
  const heading = sections[0]!.columns[0].heading;
  const title = `${benchmark}, ${heading}: what ${subject} has (**bold**: goal missed)`;
  return [title, "", ...alignColumns([["", ...names], ...rows], false)].join("\n");
}

function cellOf(section: Section | undefined, against: string | undefined, subject: string) {
  const verdicts = section ? judge(section, subject) : [];
  const verdict = verdicts.find(({ goal }) => goal.against === against);
  return section && verdict ? formatVerdict(verdict, section) : "-";
}
