import { expect, test } from "bun:test";
import { silentLogger } from "../../base/mod.ts";
import { RuntimeNotes } from "./notes.ts";
import type { Machine } from "./runtime.ts";

async function notesOf(runtimes: readonly string[], machine: Partial<Machine> = {}) {
  const told: string[] = [];
  const notes = new RuntimeNotes({
    machine: {
      node: { kind: "node", file: Bun.which("node")! },
      findPython: () => ({ file: "python3", version: "3.11" }),
      ...machine,
    },
    logger: { ...silentLogger, warn: (what) => void told.push(what) },
  });
  for (const runtime of runtimes) await notes.tell(runtime);
  return told;
}

test("a runtime of another version than the machine's is told, once", async () => {
  const told = await notesOf(["nodejs99.x", "python3.99", "nodejs99.x"]);
  expect(told).toEqual([
    expect.stringMatching(/^"nodejs99.x" runs on Node \d+, which this machine has$/),
    '"python3.99" runs on Python 3.11, which this machine has',
  ]);
});

test("a retired runtime is said to be one", async () => {
  expect(await notesOf(["nodejs12.x", "python3.7"])).toEqual([
    expect.stringMatching(/^"nodejs12.x" is retired by AWS and runs on Node \d+, which/),
    '"python3.7" is retired by AWS and runs on Python 3.11, which this machine has',
  ]);
});

test("nothing is said of what runs as its name says, or brings its own", async () => {
  const { stdout } = Bun.spawnSync([Bun.which("node")!, "--version"]);
  const major = /^v(\d+)/.exec(stdout.toString())![1];
  expect(await notesOf(["python3.11", "provided.al2023"])).toEqual([]);
  const same = await notesOf([`nodejs${major}.x`]);
  expect(same.filter((what) => !what.includes("is retired"))).toEqual([]);
});

test("Bun in the place of Node is told; a Node that does not start is no error", async () => {
  const bun = { kind: "bun", file: process.execPath } as const;
  expect(await notesOf(["nodejs22.x"], { node: bun })).toEqual([
    '"nodejs22.x" runs on Bun, which this machine has',
  ]);
  const nowhere = { kind: "node", file: "/nowhere/node" } as const;
  expect(await notesOf(["nodejs22.x"], { node: nowhere })).toHaveLength(1);
});
