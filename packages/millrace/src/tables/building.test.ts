/** What happens in the midst of building an index, each at the moment that could hurt. */

import { beforeEach, expect, test } from "bun:test";
import { textOf, utf8 } from "../base/mod.ts";
import type { Item } from "../expressions/mod.ts";
import type { Range, Records } from "../storage/mod.ts";
import type { Tables } from "./mod.ts";
import type { PageOutput } from "./read/answer.ts";
import type { TableState } from "./store/table.ts";
import { caller, interrupted, must, openTables, startTables } from "./table-fixture.ts";

let opened: Awaited<ReturnType<typeof openTables>>;
/** What happens before a range is read. */
let beforeRange: (range: Range) => Promise<unknown>;
/** How an update is carried out. */
let update: Records["update"];
let tables: Tables;
let call: ReturnType<typeof caller>;

const S = (text: string) => ({ S: text });
const key = (at: number) => ({ pk: S(`k${String(at).padStart(4, "0")}`) });
const item = (at: number): Item => ({ ...key(at), kind: S("x") });

const onDemand = {
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
};

const withIndex = {
  AttributeDefinitions: [{ AttributeName: "kind", AttributeType: "S" }],
  GlobalSecondaryIndexUpdates: [
    {
      Create: {
        IndexName: "byKind",
        KeySchema: [{ AttributeName: "kind", KeyType: "HASH" }],
        Projection: { ProjectionType: "ALL" },
      },
    },
  ],
};

beforeEach(async () => {
  opened = await openTables();
  beforeRange = async () => {};
  update = (reads, decide) => opened.records.update(reads, decide);
  const records = {
    ...interrupted(opened.records, (range) => beforeRange(range)),
    update: ((reads, decide) => update(reads, decide)) as Records["update"],
  };
  tables = await startTables(records, opened.clock);
  call = caller(tables);
  await must(tables.call("CreateTable", { TableName: "built", ...onDemand }));
  for (let at = 0; at < 600; at += 1) await put(item(at));
});

const put = (Item: Item, TableName = "built") => must(tables.putItem({ TableName, Item }));
const remove = (at: number) =>
  must(tables.call("DeleteItem", { TableName: "built", Key: key(at) }));

async function stateOf(name: string): Promise<TableState> {
  const bytes = await opened.records.get({ space: "tables", key: utf8(name) });
  return JSON.parse(textOf(bytes!)) as TableState;
}

async function countOf(space: string): Promise<number> {
  return (await opened.records.range({ space, countMax: 10_000 })).length;
}

/** Does the work once, when a building that has looked at some items asks for more. */
function inTheMidst(work: () => Promise<unknown>): void {
  let begun = false;
  beforeRange = async ({ space, from }) => {
    if (begun || !from || !space.endsWith("/items")) return;
    begun = true;
    await work();
  };
}

test("writes that come while an index is built are in it, before and behind the builder", async () => {
  let reached = false;
  inTheMidst(async () => {
    reached = true;
    expect(await call("Scan", { TableName: "built", IndexName: "byKind" })).toBe(
      "ValidationException: Cannot read from backfilling global secondary index: byKind",
    );
    await Promise.all([put(item(-1)), put({ ...item(5), kind: S("y") }), remove(6)]);
    await Promise.all([put(item(900)), put({ ...item(550), kind: S("y") }), remove(551)]);
  });
  await must(tables.call("UpdateTable", { TableName: "built", ...withIndex }));
  await tables.settled();
  expect(reached).toBe(true);
  const page = (await call("Scan", { TableName: "built", IndexName: "byKind" })) as PageOutput;
  const whole = (await call("Scan", { TableName: "built" })) as PageOutput;
  const spelled = ({ Items }: PageOutput) => Items!.map((one) => JSON.stringify(one)).sort();
  expect(spelled(page)).toEqual(spelled(whole));
  expect(whole.Count).toBe(600);
});

/** Holds the commit of what the next update has decided until it is released. */
function holdNextWrite() {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: decided, resolve: tellDecided } = Promise.withResolvers<void>();
  const through: Records["update"] = (reads, decide) => opened.records.update(reads, decide);
  update = async (reads, decide) => {
    update = through;
    const values = await Promise.all(reads.map((address) => opened.records.get(address)));
    const decision = decide(values);
    tellDecided();
    await released;
    return opened.records.update(reads, () => decision);
  };
  return { release, decided };
}

/** Lets everything go on that can. */
async function turns(): Promise<void> {
  for (let at = 0; at < 100; at += 1) await new Promise((resolve) => setImmediate(resolve));
}

test("a write that was decided before the index was there is in it, however late it commits", async () => {
  const { release, decided } = holdNextWrite();
  const late = put(item(-1));
  await decided;
  await must(tables.call("UpdateTable", { TableName: "built", ...withIndex }));
  await turns();
  release();
  await late;
  await tables.settled();
  const { byKind } = (await stateOf("built")).indexes;
  expect(byKind!.building).toBeUndefined();
  expect(await countOf(byKind!.space)).toBe(601);
});

test("expiry that goes off and on while its index is built forgets nothing", async () => {
  const expiry = (Enabled: boolean) => ({
    TableName: "built",
    TimeToLiveSpecification: { Enabled, AttributeName: "until" },
  });
  inTheMidst(async () => {
    await must(tables.call("UpdateTimeToLive", expiry(false)));
    await put({ ...item(-1), until: { N: String(opened.clock.now() / 1000) } });
    await must(tables.call("UpdateTimeToLive", expiry(true)));
  });
  await must(tables.call("UpdateTimeToLive", expiry(true)));
  await tables.settled();
  opened.clock.advance(2000);
  expect(await tables.sweep()).toBe(1);
  expect((await stateOf("built")).expiryBuilding).toBeUndefined();
});

test("a table that goes while its index is built leaves nothing behind", async () => {
  let state: TableState | undefined;
  beforeRange = async ({ space }) => {
    if (state || !space.endsWith("/items")) return; // with no entry in the index yet
    state = await stateOf("built");
    await must(tables.call("DeleteTable", { TableName: "built" }));
  };
  await must(tables.call("UpdateTable", { TableName: "built", ...withIndex }));
  await tables.settled();
  expect(await countOf(`${state!.space}/items`)).toBe(0);
  expect(await countOf(state!.indexes.byKind!.space)).toBe(0);
  expect(await countOf("tables-dropped")).toBe(0);
});

test("one table's going does not clear another while that is still written to", async () => {
  await must(tables.call("CreateTable", { TableName: "other", ...onDemand }));
  const { space } = await stateOf("other");
  const { release, decided } = holdNextWrite();
  const late = put(item(1), "other");
  await decided;
  await must(tables.call("DeleteTable", { TableName: "other" }));
  await must(tables.call("DeleteTable", { TableName: "built" }));
  await turns();
  release();
  await late;
  await tables.settled();
  expect(await countOf(`${space}/items`)).toBe(0);
  expect(await countOf("tables-dropped")).toBe(0);
});
