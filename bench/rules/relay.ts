/**
 * How fast the language of rules is: the chat's relay rule, statement and topic template, against a
 * function that does the same for this one rule and was written by hand.
 *
 *     bun bench/rules/relay.ts [rounds]
 *
 * The program that is measured runs in a process of its own; the two take turns in it.
 */

import { measureRelay, medianOf, readRounds } from "./relay-rule.ts";

const program = "packages/millrace/src/sql/tests/relay-speed.ts";

interface Figures {
  /** Evaluations a second, of each round. */
  readonly compiled: readonly number[];
  /** The same from people of whom nothing is remembered. */
  readonly strangers: readonly number[];
  readonly byHand: readonly number[];
}

const { compiled, strangers, byHand } = measureRelay<Figures>(program, readRounds());
const rows: [string, readonly number[]][] = [
  ["the statement, compiled", compiled],
  ["of people never seen", strangers],
  ["the same by hand", byHand],
];
for (const [name, values] of rows) {
  const best = Math.max(...values);
  console.log(`${name.padEnd(24)} ${medianOf(values)}/s, best round ${best}/s`);
}
const ratios = compiled.map((value, round) => value / byHand[round]!);
console.log(`${"ratio".padEnd(24)} ${medianOf(ratios).toFixed(2)}`);
