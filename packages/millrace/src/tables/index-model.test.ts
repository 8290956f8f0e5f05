import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type Clock, ManualClock, silentLogger, systemRandom } from "../base/mod.ts";
import type { Item } from "../expressions/mod.ts";
import {
  openSimulatedRecords,
  openSqliteRecords,
  type Records,
  SimulatedDisk,
} from "../storage/mod.ts";
import type { Tables } from "./mod.ts";
import type { PageOutput } from "./read/answer.ts";
import { must, startTables } from "./table-fixture.ts";

/** A store that can go away and come back. */
interface Engine {
  open(): Promise<Records>;
  /** The power goes; what was answered stays. */
  lose(records: Records): Promise<void>;
}

const TableName = "things";
const definition = {
  name: TableName,
  partitionKey: { name: "pk", type: "S" },
  sortKey: { name: "sk", type: "N" },
  indexes: [
    {
      name: "byColour",
      scope: "global",
      partitionKey: { name: "colour", type: "S" },
      sortKey: { name: "weight", type: "N" },
      projection: { type: "INCLUDE", attributes: ["note"] },
    },
    {
      name: "byWeight",
      scope: "local",
      partitionKey: { name: "pk", type: "S" },
      sortKey: { name: "weight", type: "N" },
      projection: { type: "ALL" },
    },
  ],
} as const;

interface Thing {
  readonly pk: string;
  readonly sk: number;
  readonly colour?: string | undefined;
  readonly weight?: number | undefined;
  readonly note?: string | undefined;
}

type Step =
  | { do: "put"; thing: Thing }
  | { do: "batch"; things: readonly Thing[]; gone: Thing }
  | { do: "transact"; things: readonly [Thing, Thing]; onlyIf: Thing }
  | { do: "grow"; thing: Thing; by: number }
  | { do: "fade"; thing: Thing }
  | { do: "delete"; thing: Thing }
  | { do: "colour"; colour: string; from: number; forward: boolean; limit: number }
  | { do: "weight"; pk: string; from: number; forward: boolean; limit: number }
  | { do: "restart" }
  | { do: "lose"; thing: Thing };

const pk = fc.constantFrom("a", "b");
const number = fc.integer({ min: -3, max: 3 });
const colour = fc.constantFrom("red", "blue");
const thing: fc.Arbitrary<Thing> = fc.record({
  pk,
  sk: number,
  colour: fc.option(colour, { nil: undefined }),
  weight: fc.option(number, { nil: undefined }),
  note: fc.option(fc.constantFrom("x", "y"), { nil: undefined }),
});
const search = { from: number, forward: fc.boolean(), limit: fc.integer({ min: 1, max: 4 }) };
const is = <T extends string>(text: T) => fc.constant(text);

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: is("put"), thing }) },
  fc.record({ do: is("batch"), things: fc.array(thing, { maxLength: 3 }), gone: thing }),
  fc.record({ do: is("transact"), things: fc.tuple(thing, thing), onlyIf: thing }),
  fc.record({ do: is("grow"), thing, by: number }),
  fc.record({ do: is("fade"), thing }),
  fc.record({ do: is("delete"), thing }),
  { weight: 3, arbitrary: fc.record({ do: is("colour"), colour, ...search }) },
  { weight: 3, arbitrary: fc.record({ do: is("weight"), pk, ...search }) },
  fc.record({ do: is("restart") }),
  fc.record({ do: is("lose"), thing }),
);

type Model = Map<string, Thing>;

const keyOf = ({ pk, sk }: Thing) => ({ pk: { S: pk }, sk: { N: String(sk) } });
const nameOf = ({ pk, sk }: Thing) => `${pk} ${sk}`;

function itemOf({ colour, weight, note, ...key }: Thing): Item {
  return {
    ...keyOf(key),
    ...(colour && { colour: { S: colour } }),
    ...(weight !== undefined && { weight: { N: String(weight) } }),
    ...(note && { note: { S: note } }),
  };
}

const text = (items: readonly Item[]) =>
  items.map((item) => JSON.stringify(Object.entries(item).sort())).sort();
const distinct = (things: readonly Thing[]) => [
  ...new Map(things.map((one) => [nameOf(one), one])).values(),
];

/** Runs a step that writes, on the tables and on the model. */
async function write(tables: Tables, model: Model, step: Step): Promise<void> {
  switch (step.do) {
    case "put":
      await must(tables.putItem({ TableName, Item: itemOf(step.thing) }));
      model.set(nameOf(step.thing), step.thing);
      return;
    case "batch": {
      const things = distinct([step.gone, ...step.things]).filter(
        (one) => nameOf(one) !== nameOf(step.gone),
      );
      const puts = things.map((one) => ({ PutRequest: { Item: itemOf(one) } }));
      const requests = [...puts, { DeleteRequest: { Key: keyOf(step.gone) } }];
      await must(tables.call("BatchWriteItem", { RequestItems: { [TableName]: requests } }));
      for (const one of things) model.set(nameOf(one), one);
      model.delete(nameOf(step.gone));
      return;
    }
    case "transact":
      return transact(tables, model, step);
    case "grow": {
      const update = {
        UpdateExpression: "ADD weight :by",
        ExpressionAttributeValues: { ":by": { N: String(step.by) } },
      };
      await must(tables.call("UpdateItem", { TableName, Key: keyOf(step.thing), ...update }));
      const { pk, sk } = step.thing;
      const old = model.get(nameOf(step.thing)) ?? { pk, sk };
      model.set(nameOf(old), { ...old, weight: (old.weight ?? 0) + step.by });
      return;
    }
    case "fade": {
      const update = { UpdateExpression: "REMOVE colour" };
      await must(tables.call("UpdateItem", { TableName, Key: keyOf(step.thing), ...update }));
      const old = model.get(nameOf(step.thing));
      if (old) model.set(nameOf(old), { ...old, colour: undefined });
      return;
    }
    case "delete":
      await must(tables.call("DeleteItem", { TableName, Key: keyOf(step.thing) }));
      model.delete(nameOf(step.thing));
  }
}

async function transact(
  tables: Tables,
  model: Model,
  { things, onlyIf }: Extract<Step, { do: "transact" }>,
): Promise<void> {
  const puts = distinct(things).filter((one) => nameOf(one) !== nameOf(onlyIf));
  const check = {
    TableName,
    Key: keyOf(onlyIf),
    ConditionExpression: "attribute_exists(pk)",
  };
  const result = await tables.call("TransactWriteItems", {
    TransactItems: [
      ...puts.map((one) => ({ Put: { TableName, Item: itemOf(one) } })),
      { ConditionCheck: check },
    ],
  });
  expect(result.ok).toBe(model.has(nameOf(onlyIf)));
  if (result.ok) for (const one of puts) model.set(nameOf(one), one);
}

/** Every page of a query, in order. */
async function queryAll(tables: Tables, request: object): Promise<Item[]> {
  const found: Item[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page: PageOutput = await must(tables.call("Query", { ...request, ExclusiveStartKey }));
    found.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return found;
}

type Search = Extract<Step, { do: "colour" | "weight" }>;

async function compareSearch(tables: Tables, model: Model, step: Search): Promise<void> {
  const [name, value] = step.do === "colour" ? ["colour", step.colour] : ["pk", step.pk];
  const found = await queryAll(tables, {
    TableName,
    IndexName: step.do === "colour" ? "byColour" : "byWeight",
    KeyConditionExpression: "#p = :p AND weight >= :from",
    ExpressionAttributeNames: { "#p": name },
    ExpressionAttributeValues: { ":p": { S: value }, ":from": { N: String(step.from) } },
    ScanIndexForward: step.forward,
    Limit: step.limit,
  });
  const expected = [...model.values()].filter((one) => {
    return one[name as "colour" | "pk"] === value && (one.weight ?? -99) >= step.from;
  });
  expect(text(found)).toEqual(text(expected.map(itemOf)));
  const weights = found.map((item) => Number((item.weight as { N: string }).N));
  const sorted = weights.toSorted((left, right) => left - right);
  expect(weights).toEqual(step.forward ? sorted : sorted.reverse());
}

/** What the table and each of its indexes hold is what the model says, and nothing else. */
async function compareWhole(tables: Tables, model: Model): Promise<void> {
  const scan = async (more: object) =>
    text((await must(tables.call("Scan", { TableName, ...more }))).Items ?? []);
  const things = [...model.values()];
  const weighed = things.filter(({ weight }) => weight !== undefined);
  expect(await scan({})).toEqual(text(things.map(itemOf)));
  expect(await scan({ IndexName: "byWeight" })).toEqual(text(weighed.map(itemOf)));
  const coloured = weighed.filter((one) => one.colour);
  expect(await scan({ IndexName: "byColour" })).toEqual(text(coloured.map(itemOf)));
}

async function openTable(records: Records): Promise<Tables> {
  const tables = await startTables(records);
  await must(tables.define(definition));
  return tables;
}

async function run(engine: Engine, sequence: readonly Step[]): Promise<void> {
  const model: Model = new Map();
  let records = await engine.open();
  let tables = await openTable(records);
  for (const step of sequence) {
    if (step.do === "colour" || step.do === "weight") await compareSearch(tables, model, step);
    else if (step.do === "restart" || step.do === "lose") {
      if (step.do === "lose") {
        // Nobody hears whether it was done; then it was done wholly or not at all.
        void tables.putItem({ TableName, Item: itemOf(step.thing) }).catch(() => undefined);
        await engine.lose(records);
      } else {
        await tables.close();
        await records.close();
      }
      records = await engine.open();
      tables = await openTable(records);
      if (step.do === "lose") await learn(tables, model, step.thing);
      await compareWhole(tables, model);
    } else await write(tables, model, step);
  }
  await compareWhole(tables, model);
  await tables.close();
  await records.close();
}

async function learn(tables: Tables, model: Model, put: Thing): Promise<void> {
  const { Item } = await must(tables.call("GetItem", { TableName, Key: keyOf(put) }));
  if (Item && text([Item])[0] === text([itemOf(put)])[0]) model.set(nameOf(put), put);
}

const sequences = fc.array(steps, { minLength: 1, maxLength: 40 });

const hastyClock: Clock = {
  ...new ManualClock(),
  now: () => 0,
  monotonic: () => 0,
  after(_, callback) {
    const handle = setImmediate(callback);
    return { cancel: () => clearImmediate(handle) };
  },
};

test("any sequence answers as a plain map does, wherever the power goes", async () => {
  await fc.assert(
    fc.asyncProperty(sequences, fc.nat(), async (sequence, seed) => {
      const disk = new SimulatedDisk({
        name: "simulated.log",
        clock: hastyClock,
        random: { bytes: systemRandom.bytes, fraction: fractionsOf(seed) },
        durationMs: () => 0,
        bytesMax: undefined,
      });
      const engine: Engine = {
        open: () => openSimulatedRecords(disk, systemRandom),
        async lose() {
          for (let turn = seed % 4; turn > 0; turn -= 1) await new Promise(setImmediate);
          disk.kill();
        },
      };
      await run(engine, sequence);
    }),
    { numRuns: 150 },
  );
});

function fractionsOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

test("any sequence answers as a plain map does, over SQLite with restarts", async () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-tables-"));
  let count = 0;
  try {
    await fc.assert(
      fc.asyncProperty(sequences, async (sequence) => {
        count += 1;
        const path = join(folder, String(count), "records.db");
        const onStopped = () => {};
        const engine: Engine = {
          open: () => openSqliteRecords({ path, logger: silentLogger, onStopped }),
          lose: (records) => records.close(),
        };
        await run(engine, sequence);
      }),
      { numRuns: 12 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
