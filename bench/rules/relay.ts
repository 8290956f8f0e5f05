/**
 * How fast the language of rules is: the chat's relay rule, statement and topic template, against a
 * function that does the same for this one rule and was written by hand.
 *
 *     bun bench/rules/relay.ts [rounds]
 *
 * The program that is measured runs in a process of its own; the two take turns in it.
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
const program = "packages/millrace/src/sql/tests/relay-speed.ts";

interface Figures {
  /** Evaluations a second, of each round. */
  readonly compiled: readonly number[];
  readonly byHand: readonly number[];
}

/** The text behind `key: >-`, in one line, and the first topic behind it, of the rule Relay. */
function readRule(): { sql: string; topic: string } {
  const template = readFileSync(join(root, "apps/chat/template.yaml"), "utf8");
  const [, rule = ""] = template.split("\n  Relay:\n");
  const sql = /Sql: >-\n([\s\S]*?)\n\s+Actions:/.exec(rule)?.[1];
  const topic = /Topic: "([^"]+)"/.exec(rule)?.[1];
  if (sql === undefined || topic === undefined) throw new Error("the template has no rule Relay");
  const lines = sql.split("\n").map((line) => line.trim());
  return { sql: lines.join(" "), topic };
}

function measure(rounds: number): Figures {
  const { sql, topic } = readRule();
  const started = spawnSync(process.execPath, [program, sql, topic, String(rounds)], {
    cwd: root,
    encoding: "utf8",
    timeout: 300_000,
  });
  if (started.status !== 0) throw new Error(`${program} failed: ${started.stderr}`);
  return JSON.parse(started.stdout) as Figures;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;
}

const rounds = Number(process.argv[2] ?? 50);
if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1000) {
  throw new Error("rounds are a whole number from 1 to 1000");
}
const { compiled, byHand } = measure(rounds);
const rows: [string, readonly number[]][] = [
  ["the statement, compiled", compiled],
  ["the same by hand", byHand],
];
for (const [name, values] of rows) {
  const best = Math.max(...values);
  console.log(`${name.padEnd(24)} ${medianOf(values)}/s, best round ${best}/s`);
}
const ratios = compiled.map((value, round) => value / byHand[round]!);
console.log(`${"ratio".padEnd(24)} ${medianOf(ratios).toFixed(2)}`);
