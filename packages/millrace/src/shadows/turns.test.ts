import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Origin } from "../broker/mod.ts";
import { openMemoryRecords, type Records } from "../storage/mod.ts";
import { openShadows, type Told } from "./shadows-fixture.ts";
import { Turns } from "./turns.ts";

test("work under one key comes one after the other, and none is remembered", async () => {
  const turns = new Turns();
  const log: string[] = [];
  const first = Promise.withResolvers<void>();
  const run = (name: string, wait?: Promise<void>) =>
    turns.take(name[0]!, async () => {
      log.push(`+${name}`);
      await wait;
      log.push(`-${name}`);
    });
  const all = [run("a1", first.promise), run("a2"), run("b1"), run("a3")];
  await all[2];
  expect(log).toEqual(["+a1", "+b1", "-b1"]);
  first.resolve();
  await Promise.all(all);
  expect(log.slice(3)).toEqual(["-a1", "+a2", "-a2", "+a3", "-a3"]);
  await Promise.resolve();
  expect(turns.size).toBe(0);
});

test("work that fails does not stop what comes after it", async () => {
  const turns = new Turns();
  const failed = turns.take("a", () => Promise.reject(new Error("no")));
  const next = turns.take("a", async () => "yes");
  await expect(failed).rejects.toThrow("no");
  expect(await next).toBe("yes");
});

/** A disk that takes as many turns of the loop for each update as it is told. */
function slowRecords(delays: readonly number[]): Records {
  const records = openMemoryRecords();
  let count = 0;
  return {
    get: (address) => records.get(address),
    range: (range) => records.range(range),
    close: () => records.close(),
    async update(reads, decide) {
      const delay = delays[count++ % delays.length] ?? 0;
      for (let turn = 0; turn < delay; turn += 1) await Promise.resolve();
      return records.update(reads, decide);
    },
  };
}

const step = fc.record({
  thing: fc.constantFrom("lamp", "door"),
  operation: fc.constantFrom("update", "update", "update", "get", "delete"),
  value: fc.integer({ min: 0, max: 3 }),
});

interface Documents {
  readonly previous: { readonly version: number } | null;
  readonly current: { readonly version: number; readonly state: object };
}

test("whatever the disk takes, answers of a shadow are as if each request had come alone", () => {
  const steps = fc.array(step, { maxLength: 30 });
  const delays = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 5 });
  return fc.assert(
    fc.asyncProperty(steps, delays, async (given, waits) => {
      const together = await run(given, waits, true);
      const alone = await run(given, [0], false);
      for (const thing of ["lamp", "door"]) {
        const of = (told: readonly Told[]) =>
          told.filter(({ topic }) => topic.startsWith(`$aws/things/${thing}/`));
        expect(of(together)).toEqual(of(alone));
      }
      const documents = together.filter(({ topic }) => topic.endsWith("/update/documents"));
      for (const { document } of documents) {
        const { previous, current } = document as Documents;
        if (previous) expect(current.version).toBe(previous.version + 1);
      }
    }),
  );
});

async function run(
  steps: readonly { thing: string; operation: string; value: number }[],
  delays: readonly number[],
  isAtOnce: boolean,
): Promise<readonly Told[]> {
  const { ask, told } = openShadows({ records: slowRecords(delays) });
  const asked: (Promise<void> | undefined)[] = [];
  for (const { thing, operation, value } of steps) {
    const state = { desired: { [`k${value}`]: value }, reported: { k0: value } };
    const origin: Origin = { clientId: "any", ruleDepth: 0 };
    asked.push(ask(`$aws/things/${thing}/shadow/${operation}`, { state }, { origin }));
    if (!isAtOnce) await asked.at(-1);
  }
  await Promise.all(asked);
  return told;
}
