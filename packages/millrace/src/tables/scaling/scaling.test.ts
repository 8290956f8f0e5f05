import { expect, test } from "bun:test";
import { must, openTables, startTables } from "../table-fixture.ts";
import type { ScalableTarget, ScalingPolicy } from "./definition.ts";

const name = { resourceId: "table/plain", dimension: "dynamodb:table:ReadCapacityUnits" } as const;
const suspended = { in: false, out: false, scheduled: false };
const target: ScalableTarget = { ...name, min: 1, max: 9, suspended };
const tracking = {
  targetValue: 70,
  scaleOutCooldownSeconds: 0,
  scaleInCooldownSeconds: 0,
  scaleInDisabled: false,
};
const policy: ScalingPolicy = { ...name, name: "p", tracking };

test("what a template no longer has goes, and what the API has made stays", async () => {
  const { tables, records, clock } = await openTables();
  const made = { ...target, dimension: "dynamodb:table:WriteCapacityUnits" } as const;
  await tables.scaling.putTarget(made);
  await tables.scaling.define([target], [policy]);
  const again = await startTables(records, clock);
  expect(again.scaling.targets()).toHaveLength(2);
  await again.scaling.define([target], []);
  expect(again.scaling.policies()).toEqual([]);
  await again.scaling.define([], []);
  expect(again.scaling.targets()).toMatchObject([made]);
  expect((await startTables(records, clock)).scaling.targets()).toMatchObject([made]);
});

test("it looks at every full minute, until it is stopped", async () => {
  const { tables, clock } = await openTables();
  const seen: number[] = [];
  tables.scaling.turn = async () => void seen.push(clock.now() % 60_000);
  clock.advance(10_000 - (clock.now() % 60_000));
  const watching = tables.scaling.start();
  for (let minute = 0; minute < 3; minute += 1) {
    clock.advance(60_000);
    await Promise.resolve().then(() => Promise.resolve());
  }
  await watching.stop();
  clock.advance(120_000);
  expect(seen).toEqual([0, 0, 0]);
});

test("targets and policies of tables that are not billed so, or gone, move nothing", async () => {
  const { tables, records, clock } = await openTables();
  await tables.scaling.putTarget(target);
  await tables.scaling.putPolicy(policy);
  const elsewhere = { ...name, resourceId: "table/gone" };
  await tables.scaling.putTarget({ ...target, ...elsewhere });
  await tables.scaling.putPolicy({ ...policy, ...elsewhere });
  const again = await startTables(records, clock);
  expect(again.scaling.policies()).toHaveLength(2);
  await tables.scaling.turn();
  await again.scaling.turn();
  expect([...tables.scaling.activities, ...again.scaling.activities]).toEqual([]);
});

test("what the API changes of the template still goes with the template", async () => {
  const { tables } = await openTables();
  await tables.scaling.define([target], [policy]);
  await tables.scaling.putTarget({ ...target, max: 5 });
  await tables.scaling.putPolicy(policy);
  await tables.scaling.define([], []);
  expect([tables.scaling.policies(), tables.scaling.targets()]).toEqual([[], []]);
});

test("only minutes that follow each other count, and each of them once", async () => {
  const { tables, clock } = await openTables();
  const throughput = { readUnits: 1, writeUnits: 1 };
  await must(tables.define({ name: "busy", partitionKey: { name: "pk", type: "S" }, throughput }));
  const busy = {
    resourceId: "table/busy",
    dimension: "dynamodb:table:WriteCapacityUnits",
  } as const;
  await tables.scaling.putTarget({ ...target, ...busy });
  await tables.scaling.putPolicy({ ...policy, ...busy });
  const spendMinute = async () => {
    for (let at = 0; at < 90; at += 1) {
      await must(tables.putItem({ TableName: "busy", Item: { pk: { S: "a" } } }));
    }
    clock.advance(60_000);
  };
  await spendMinute();
  await tables.scaling.turn();
  await tables.scaling.turn();
  clock.advance(300_000);
  await spendMinute();
  await tables.scaling.turn();
  expect(tables.scaling.activities).toEqual([]);
  await spendMinute();
  await tables.scaling.turn();
  expect(tables.scaling.activities).toHaveLength(1);
});
