import { beforeEach, expect, test } from "bun:test";
import fc from "fast-check";
import { ManualClock, textOf, utf8 } from "../../base/mod.ts";
import type { Item } from "../../expressions/mod.ts";
import { openMemoryRecords, type Records } from "../../storage/mod.ts";
import type { Tables } from "../mod.ts";
import type { TableState } from "../store/table.ts";
import { caller, interrupted, must, startTables } from "../table-fixture.ts";

const dayMs = 24 * 60 * 60 * 1000;

let clock: ManualClock;
let records: Records;
let tables: Tables;
let call: ReturnType<typeof caller>;

beforeEach(async () => {
  clock = new ManualClock();
  records = openMemoryRecords();
  await open(records);
});

async function open(over: Records): Promise<void> {
  tables = await startTables(over, clock);
  call = caller(tables);
}

const makeTable = () =>
  call("CreateTable", {
    TableName: "source",
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "kind", AttributeType: "S" },
    ],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    GlobalSecondaryIndexes: [
      {
        IndexName: "byKind",
        KeySchema: [{ AttributeName: "kind", KeyType: "HASH" }],
        Projection: { ProjectionType: "ALL" },
      },
    ],
    BillingMode: "PAY_PER_REQUEST",
  });

const recovery = (isOn: boolean, more: object = {}) =>
  call("UpdateContinuousBackups", {
    TableName: "source",
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: isOn, ...more },
  });

const put = (pk: string, value: string) =>
  must(
    tables.putItem({
      TableName: "source",
      Item: { pk: { S: pk }, kind: { S: "x" }, value: { S: value } },
    }),
  );

const remove = (pk: string) =>
  must(tables.call("DeleteItem", { TableName: "source", Key: { pk: { S: pk } } }));

const restore = (TargetTableName: string, more: object = { UseLatestRestorableTime: true }) =>
  call("RestoreTableToPointInTime", { SourceTableName: "source", TargetTableName, ...more });

/** `pk=value` of each item, in order. */
async function shown(TableName: string, more: object = {}): Promise<string[]> {
  const { Items } = await must(tables.call("Scan", { TableName, ...more }));
  const texts = Items!.map(({ pk, value }) => {
    return `${(pk as { S: string }).S}=${(value as { S: string }).S}`;
  });
  return texts.sort();
}

async function stateOf(name: string): Promise<TableState> {
  return JSON.parse(textOf((await records.get({ space: "tables", key: utf8(name) }))!));
}

const countOf = async (space: string) =>
  (await records.range({ space, countMax: 1_000_000 })).length;

type Step =
  | { readonly do: "put"; readonly key: number; readonly value: number }
  | { readonly do: "remove"; readonly key: number }
  | { readonly do: "both"; readonly key: number; readonly value: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "start" };

const key = fc.integer({ min: 0, max: 7 });
const value = fc.integer({ min: 0, max: 99 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("put" as const), key, value }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("remove" as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("both" as const), key, value }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 50 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("start" as const) }) },
);

async function carryOut(one: Step, model: Map<string, string>): Promise<void> {
  switch (one.do) {
    case "put":
      await put(`k${one.key}`, `v${one.value}`);
      model.set(`k${one.key}`, `v${one.value}`);
      return;
    case "remove":
      await remove(`k${one.key}`);
      model.delete(`k${one.key}`);
      return;
    case "both": {
      const Item = (pk: string): Item => ({ pk: { S: pk }, value: { S: `v${one.value}` } });
      const names = [`k${one.key}`, `twin${one.key}`];
      const TransactItems = names.map((pk) => ({ Put: { TableName: "source", Item: Item(pk) } }));
      await must(tables.call("TransactWriteItems", { TransactItems }));
      for (const pk of names) model.set(pk, `v${one.value}`);
      return;
    }
    case "wait":
      clock.advance(one.ms);
      return;
    case "start":
      await open(records);
  }
}

const spelled = (model: ReadonlyMap<string, string>) =>
  [...model].map(([pk, text]) => `${pk}=${text}`).sort();

test("a table is restored to what a model says it was, at whatever moment", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 60 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }),
      async (steps, moments) => {
        [clock, records] = [new ManualClock(), openMemoryRecords()];
        await open(records);
        await makeTable();
        await put("before", "there");
        await recovery(true);
        const firstMs = clock.now();
        const model = new Map([["before", "there"]]);
        const states = new Map([[firstMs, spelled(model)]]);
        for (const one of steps) {
          await carryOut(one, model);
          states.set(clock.now(), spelled(model));
        }
        for (const [at, part] of moments.entries()) {
          const atMs = firstMs + Math.floor(part * (clock.now() - firstMs));
          const name = `restored${at}`;
          const answer = await restore(name, { RestoreDateTime: atMs / 1000 });
          expect(answer).toMatchObject({ TableDescription: { TableName: name } });
          const [, wanted] = [...states].findLast(([ms]) => ms <= atMs)!;
          expect(await shown(name)).toEqual(wanted);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("writes that come while a table is restored are not in it, wherever they fall", async () => {
  await makeTable();
  await recovery(true);
  const names = Array.from({ length: 700 }, (_, at) => `k${String(at).padStart(3, "0")}`);
  for (const pk of names) await put(pk, "old");
  let [isOpen, rangeCount] = [false, 0];
  const writing = interrupted(records, async ({ space }) => {
    if (!space.includes("/items") && !space.includes("/history/")) return;
    // Each adds an item behind the last: without an end the copy would have none.
    if (!isOpen || rangeCount === 12) return;
    rangeCount += 1;
    const at = (rangeCount * 37) % 700;
    await Promise.all([put(names[at]!, "new"), remove(names[(at + 350) % 700]!)]);
    await put(`added${rangeCount}`, "new");
  });
  const state = await stateOf("source");
  expect(state.recovery?.sinceMs).toBe(clock.now());
  await open(writing);
  isOpen = true;
  await restore("restored"); // all of it within one millisecond
  expect(rangeCount).toBeGreaterThan(5);
  await open(records);
  expect(await shown("restored")).toEqual(names.map((pk) => `${pk}=old`));
  expect(await shown("source")).not.toEqual(await shown("restored"));
});

test("what changes together changes at one time, also while the clock ticks", async () => {
  clock = new (class extends ManualClock {
    override now(): number {
      this.advance(1);
      return super.now();
    }
  })();
  await open(records);
  await makeTable();
  await recovery(true);
  const TransactItems = ["a", "b", "c"].map((pk) => ({
    Put: { TableName: "source", Item: { pk: { S: pk } } },
  }));
  expect(await call("TransactWriteItems", { TransactItems })).toEqual({});
  const { space } = (await stateOf("source")).recovery!;
  const kept = await records.range({ space: `${space}/aging`, countMax: 9 });
  const times = kept.map(({ key: bytes }) => textOf(bytes.slice(0, 8)));
  expect([times.length, new Set(times).size]).toEqual([3, 1]);
});

test("changes of one millisecond stay apart over a start, also when the clock goes back", async () => {
  await makeTable();
  await recovery(true);
  const RestoreDateTime = clock.now() / 1000;
  clock.advance(1000);
  await put("a", "first");
  await open(records);
  await put("a", "second");
  clock = new ManualClock(clock.now() - 500);
  await open(records);
  await put("a", "third");
  await restore("restored", { RestoreDateTime });
  expect(await shown("restored")).toEqual([]);
});

test("an item that changed thousands of times is restored, with its indexes", async () => {
  await makeTable();
  await recovery(true);
  for (let at = 0; at < 1500; at += 1) {
    await put("hot", `v${at}`);
    await put(`other${at % 5}`, `v${at}`);
    clock.advance(1);
  }
  const RestoreDateTime = (clock.now() - 1000) / 1000;
  await restore("restored", { RestoreDateTime });
  await tables.settled();
  expect(await shown("restored")).toContain("hot=v500");
  expect(await shown("restored", { IndexName: "byKind" })).toEqual(await shown("restored"));
});

test("what is older than the period goes, and no moment before it can be asked for", async () => {
  await makeTable();
  expect(await recovery(true, { RecoveryPeriodInDays: 2 })).toEqual({
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: {
        PointInTimeRecoveryStatus: "ENABLED",
        RecoveryPeriodInDays: 2,
        EarliestRestorableDateTime: clock.now() / 1000,
        LatestRestorableDateTime: clock.now() / 1000,
      },
    },
  });
  for (let at = 0; at < 600; at += 1) await put("a", `v${at}`);
  clock.advance(dayMs);
  await put("a", "later");
  clock.advance(dayMs + 1);
  await tables.sweep();
  const { space } = (await stateOf("source")).recovery!;
  expect([await countOf(space), await countOf(`${space}/aging`)]).toEqual([1, 1]);
  const before = { RestoreDateTime: (clock.now() - 2 * dayMs - 1) / 1000 };
  expect(await restore("restored", before)).toStartWith("InvalidRestoreTimeException: An invalid");
  const oldest = { RestoreDateTime: (clock.now() - 2 * dayMs) / 1000 };
  await restore("restored", oldest);
  expect(await shown("restored")).toEqual(["a=v599"]);
  await recovery(true, { RecoveryPeriodInDays: 35 }); // what went before does not come back
  expect(await restore("again", before)).toStartWith("InvalidRestoreTimeException");
});

test("recovery that is switched off leaves nothing behind, nor does a table that goes", async () => {
  await makeTable();
  await recovery(true);
  await put("a", "v");
  const first = (await stateOf("source")).recovery!.space;
  await recovery(false);
  await tables.settled();
  expect(await countOf(first)).toBe(0);
  expect(await restore("restored")).toBe(
    "PointInTimeRecoveryUnavailableException: Point in time recovery has not yet been enabled for this source table.",
  );
  await recovery(true);
  await put("a", "w");
  const second = (await stateOf("source")).recovery!.space;
  expect(second).not.toBe(first);
  expect(await countOf(second)).toBe(1);
  await call("DeleteTable", { TableName: "source" });
  await tables.settled();
  expect([await countOf(second), await countOf(`${second}/aging`)]).toEqual([0, 0]);
  expect(await restore("restored")).toBe("TableNotFoundException: Table not found: source");
});

test("a table that goes while it is restored leaves no other", async () => {
  await makeTable();
  await recovery(true);
  for (let at = 0; at < 300; at += 1) await put(`k${at}`, "v");
  let begun = false;
  const going = interrupted(records, async ({ space, from }) => {
    if (begun || !from || !space.endsWith("/items")) return;
    begun = true;
    await must(tables.call("DeleteTable", { TableName: "source" }));
  });
  await open(going);
  expect(await restore("restored")).toBe("TableNotFoundException: Table not found: source");
  expect(await call("ListTables", {})).toEqual({ TableNames: [] });
});

test.each([
  [{ UseLatestRestorableTime: true, RestoreDateTime: 1 }, "Only one of UseLatestRestorableTime"],
  [{}, "Either UseLatestRestorableTime or RestoreDateTime must be specified"],
  [{ SourceTableArn: "arn:x", UseLatestRestorableTime: true }, "Only one of SourceTableArn"],
  [{ RestoreDateTime: 99_999_999_999 }, "An invalid restore time was specified."],
] as const)("a restore with %j is refused", async (more, message) => {
  await makeTable();
  await recovery(true);
  expect(await restore("restored", more)).toContain(message);
});
