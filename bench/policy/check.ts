/**
 * What a check of a policy costs: the chat's guest policy, bound to a connection, shared by all and
 * evaluated anew, against a function that does the same for this one policy and was written by
 * hand.
 *
 *     bun bench/policy/check.ts [rounds]
 *
 * The program that is measured runs in a process of its own; the ways take turns in it.
 */

import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
const program = "packages/millrace/src/policy/tests/check-speed.ts";

/** Nanoseconds of each round, by what is checked and by the way of checking. */
type Figures = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;

function measure(rounds: number): Figures {
  const started = spawnSync(process.execPath, [program, String(rounds)], {
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

const rounds = Number(process.argv[2] ?? 20);
if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1000) {
  throw new Error("rounds are a whole number from 1 to 1000");
}
const names: readonly (readonly [string, string])[] = [
  ["publish", "publish on chat/out"],
  ["receiveRoom", "receive from a room"],
  ["receiveInbox", "receive in one's inbox"],
  ["refused", "publish on a room, refused"],
];
const ways = ["bound", "shared", "anew", "byHand"];
const figures = measure(rounds);
console.log(`${"ns, median".padEnd(28)}${ways.map((way) => way.padStart(8)).join("")}`);
for (const [name, title] of names) {
  const medians = ways.map((way) => String(medianOf(figures[name]?.[way] ?? [])).padStart(8));
  console.log(title.padEnd(28) + medians.join(""));
}
