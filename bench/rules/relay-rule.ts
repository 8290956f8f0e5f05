/**
 * The chat's rule `Relay`, and programs of the server that measure it, in processes of their own.
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");

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

/** What the program prints, which gets the rule's statement, its topic and the number of rounds. */
export function measureRelay<T>(program: string, rounds: number): T {
  const { sql, topic } = readRule();
  const started = spawnSync(process.execPath, [program, sql, topic, String(rounds)], {
    cwd: root,
    encoding: "utf8",
    timeout: 300_000,
  });
  if (started.status !== 0) throw new Error(`${program} failed: ${started.stderr}`);
  return JSON.parse(started.stdout) as T;
}

/** From the command line; 50 when it does not say. */
export function readRounds(): number {
  const rounds = Number(process.argv[2] ?? 50);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= 1000) return rounds;
  throw new Error("rounds are a whole number from 1 to 1000");
}

export function medianOf(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;
}
