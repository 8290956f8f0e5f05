/**
 * How fast the rules' engine is around the language: the chat's relay rule told, evaluated and
 * republished, with the trace and without, against its statement and topic alone; and a topic
 * matched against ten thousand rules, against ten.
 *
 *     bun bench/rules/engine.ts [rounds]
 *
 * The program that is measured runs in a process of its own; all of it takes turns there.
 */

import { measureRelay, medianOf, readRounds } from "./relay-rule.ts";

const program = "packages/millrace/src/rules/tests/rules-speed.ts";

/** Times a second, of each round. */
interface Figures {
  readonly statement: readonly number[];
  readonly untraced: readonly number[];
  readonly traced: readonly number[];
  readonly few: readonly number[];
  readonly many: readonly number[];
}

const figures = measureRelay<Figures>(program, readRounds());
const rows: [string, keyof Figures, keyof Figures | undefined][] = [
  ["the statement and its topic alone", "statement", undefined],
  ["the rule around them", "untraced", "statement"],
  ["the rule with its trace", "traced", "untraced"],
  ["a new topic against 10 rules", "few", undefined],
  ["a new topic against 10,000 rules", "many", "few"],
];
for (const [name, key, peer] of rows) {
  const values = figures[key];
  const ratios = peer && values.map((value, round) => value / figures[peer][round]!);
  const ratio = ratios ? `, ${medianOf(ratios).toFixed(2)} of the one before` : "";
  console.log(`${name.padEnd(34)} ${medianOf(values)}/s, best ${Math.max(...values)}/s${ratio}`);
}
