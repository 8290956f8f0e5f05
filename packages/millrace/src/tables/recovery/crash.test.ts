/** Moments are what they were, wherever the power goes: items and their history are one commit. */

import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Clock, ManualClock, systemRandom } from "../../base/mod.ts";
import { openSimulatedRecords, SimulatedDisk } from "../../storage/mod.ts";
import type { Tables } from "../mod.ts";
import { must, startTables } from "../table-fixture.ts";

const TableName = "source";
const definition = {
  name: TableName,
  partitionKey: { name: "pk", type: "S" },
  recoveryDays: 35,
} as const;

/** Every wait of the disk is a turn of the loop. */
const hastyClock: Clock = {
  ...new ManualClock(),
  now: () => 0,
  monotonic: () => 0,
  after(_, callback) {
    const handle = setImmediate(callback);
    return { cancel: () => clearImmediate(handle) };
  },
};

function fractionsOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

async function contents(tables: Tables, name: string): Promise<string[]> {
  const { Items } = await must(tables.call("Scan", { TableName: name }));
  return Items!.map((item) => JSON.stringify(item)).sort();
}

interface Life {
  /** Answered before the moment that is remembered. */
  readonly before: readonly (readonly [key: number, value: number])[];
  /** Under way when the power goes. */
  readonly during: readonly (readonly [key: number, value: number])[];
  readonly turns: number;
}

const writes = fc.array(fc.tuple(fc.nat(5), fc.nat(99)), { maxLength: 12 });
const life: fc.Arbitrary<Life> = fc.record({
  before: writes,
  during: writes,
  turns: fc.nat(6),
});

function writeTo(tables: Tables, [key, value]: readonly [number, number]): Promise<unknown> {
  const Key = { pk: { S: `k${key}` } };
  if (value % 4 === 0) return must(tables.call("DeleteItem", { TableName, Key }));
  const Item = { ...Key, value: { N: String(value) } };
  return must(tables.putItem({ TableName, Item }));
}

test("moments before the power went are restored afterwards", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(life, { minLength: 1, maxLength: 4 }),
      fc.nat(),
      async (lives, seed) => {
        const disk = new SimulatedDisk({
          name: "simulated.log",
          clock: hastyClock,
          random: { bytes: systemRandom.bytes, fraction: fractionsOf(seed) },
          durationMs: () => 0,
        });
        const clock = new ManualClock();
        const moments = new Map<number, string[]>();
        const start = async () => {
          const tables = await startTables(await openSimulatedRecords(disk, systemRandom), clock);
          await must(tables.define(definition));
          return tables;
        };
        for (const { before, during, turns } of lives) {
          const tables = await start();
          clock.advance(1);
          await Promise.all(before.map((one) => writeTo(tables, one)));
          moments.set(clock.now(), await contents(tables, TableName));
          clock.advance(1);
          for (const one of during) void writeTo(tables, one); // never answered, most of them
          for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
          disk.kill();
        }
        const tables = await start();
        for (const [atMs, wanted] of moments) {
          const TargetTableName = `at${atMs}`;
          const RestoreDateTime = atMs / 1000;
          const more = { SourceTableName: TableName, TargetTableName, RestoreDateTime };
          await must(tables.call("RestoreTableToPointInTime", more));
          expect(await contents(tables, TargetTableName)).toEqual(wanted);
        }
      },
    ),
    { numRuns: 80 },
  );
}, 60_000);
