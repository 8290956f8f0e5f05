import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemRandom, textOf, utf8, type WorldError } from "../../base/mod.ts";
import type { Records } from "../records.ts";
import { openSqliteRecords } from "./records.ts";

const child = join(import.meta.dir, "kill-child.ts");

/** Kills the child once it has acknowledged `ackMin` updates; answers with all it acknowledged. */
async function killAfter(path: string, ackMin: number): Promise<number[]> {
  const running = Bun.spawn([process.execPath, child, path], { stdout: "pipe", stderr: "inherit" });
  const decoder = new TextDecoder();
  let printed = "";
  for await (const chunk of running.stdout) {
    printed += decoder.decode(chunk, { stream: true });
    if (printed.split("\n").length > ackMin) running.kill("SIGKILL");
  }
  await running.exited;
  expect(running.signalCode).toBe("SIGKILL");
  return printed.split("\n").slice(0, -1).map(Number);
}

async function numbersIn(records: Records, space: string): Promise<number[]> {
  const entries = await records.range({ space, countMax: 1_000_000 });
  for (const { key, value } of entries) expect(textOf(value)).toBe(`${space} ${textOf(key)}`);
  return entries.map(({ key }) => Number(textOf(key))).sort((left, right) => left - right);
}

function raise(error: WorldError): void {
  throw error;
}

test("after a kill every acknowledged update is there, and each is whole", async () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-kill-"));
  const path = join(folder, "records.db");
  const acknowledged = new Set<number>();
  try {
    for (let round = 0; round < 6; round += 1) {
      const ackMin = 1 + Math.floor(systemRandom.fraction() * 1_500);
      for (const number of await killAfter(path, ackMin)) acknowledged.add(number);

      const records = await openSqliteRecords({ path, logger: silentLogger, onStopped: raise });
      const count = await records.get({ space: "count", key: utf8("pairs") });
      const left = await numbersIn(records, "left");
      expect(left).toEqual(await numbersIn(records, "right"));
      expect(left).toEqual(Array.from({ length: Number(textOf(count!)) }, (_, at) => at + 1));
      expect([...acknowledged].filter((number) => number > left.length)).toEqual([]);
      await records.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
