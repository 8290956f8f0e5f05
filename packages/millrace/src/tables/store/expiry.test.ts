import { beforeEach, expect, test } from "bun:test";
import type { ManualClock } from "../../base/mod.ts";
import type { Item } from "../../expressions/mod.ts";
import type { Records } from "../../storage/mod.ts";
import type { Tables } from "../mod.ts";
import { must, openTables, startTables, told } from "../table-fixture.ts";

let tables: Tables;
let clock: ManualClock;
let records: Records;
let nowSeconds: number;

beforeEach(async () => {
  ({ tables, clock, records } = await openTables());
  nowSeconds = clock.now() / 1000;
});

const put = (name: string, expires?: Item[string]) =>
  must(
    tables.putItem({
      TableName: "plain",
      Item: { pk: { S: name }, ...(expires && { expires }) },
    }),
  );
const inSeconds = (seconds: number) => ({ N: String(nowSeconds + seconds) });

async function left(): Promise<string[]> {
  const { Items = [] } = await must(tables.call("Scan", { TableName: "plain" }));
  return Items.map((item) => (item.pk as { S: string }).S).sort();
}

test("an item goes after its second has passed, not in it, and is seen until then", async () => {
  await put("soon", inSeconds(10));
  clock.advance(10_000);
  expect(await tables.sweep()).toBe(0);
  clock.advance(1);
  expect(await left()).toEqual(["soon"]);
  expect(await tables.sweep()).toBe(1);
  expect(await left()).toEqual([]);
});

test("a later expiry rescues, an earlier one hastens, none at all keeps", async () => {
  for (const name of ["rescued", "hastened", "kept", "replaced"]) await put(name, inSeconds(10));
  await put("rescued", inSeconds(100));
  await put("replaced");
  await must(
    tables.call("UpdateItem", {
      TableName: "plain",
      Key: { pk: { S: "hastened" } },
      UpdateExpression: "SET expires = :soon",
      ExpressionAttributeValues: { ":soon": inSeconds(5) },
    }),
  );
  await must(
    tables.call("UpdateItem", {
      TableName: "plain",
      Key: { pk: { S: "kept" } },
      UpdateExpression: "REMOVE expires",
    }),
  );
  clock.advance(6000);
  expect(await tables.sweep()).toBe(1);
  clock.advance(10_000);
  expect(await tables.sweep()).toBe(0);
  expect(await left()).toEqual(["kept", "replaced", "rescued"]);
});

test("a rescue that comes while the sweep is under way is honoured", async () => {
  await put("k", inSeconds(1));
  clock.advance(2000);
  const sweeping = tables.sweep();
  await put("k", inSeconds(100));
  await sweeping;
  clock.advance(1000);
  await tables.sweep();
  expect(await left()).toEqual(["k"]);
});

test("more than one batch goes in one sweep", async () => {
  for (let at = 0; at < 600; at += 1) await put(`k${at}`, inSeconds(at % 7));
  clock.advance(60_000);
  expect(await tables.sweep()).toBe(600);
  expect(await left()).toEqual([]);
});

test("what is no number, or more than five years past, never expires", async () => {
  await put("text", { S: String(nowSeconds) });
  await put("ancient", inSeconds(-5 * 365 * 86_400 - 1));
  await put("negative", { N: "-5" });
  await put("immense", { N: "1e30" });
  clock.advance(1000);
  expect(await tables.sweep()).toBe(0);
  expect(await left()).toEqual(["ancient", "immense", "negative", "text"]);
});

test("sweeping goes on by itself until stopped", async () => {
  const sweeping = tables.startSweeping();
  await put("first", inSeconds(0));
  clock.advance(1000);
  while ((await left()).length > 0) await Promise.resolve();
  await sweeping.stop();
  await put("second", inSeconds(0));
  clock.advance(10_000);
  expect(await left()).toEqual(["second"]);
});

test("another expiry attribute takes effect for the items that are there", async () => {
  const Item = { pk: { S: "k" }, expires: inSeconds(5), until: inSeconds(50) };
  await must(tables.putItem({ TableName: "plain", Item }));
  const later = await startTables(records, clock);
  const partitionKey = { name: "pk", type: "S" } as const;
  await must(later.define({ name: "plain", partitionKey, ttlAttribute: "until" }));
  clock.advance(10_000);
  expect(await later.sweep()).toBe(0);
  clock.advance(50_000);
  expect(await later.sweep()).toBe(1);
});

test("another key for items that are there is refused", async () => {
  await must(tables.putItem({ TableName: "plain", Item: { pk: { S: "a" } } }));
  const later = await startTables(records, clock);
  const defined = later.define({ name: "plain", partitionKey: { name: "id", type: "S" } });
  expect(await told(defined)).toBe(
    'ValidationException: Cannot define table "plain" with another key: ' +
      "the items stored under it would be lost; KeySchema changes with a new table alone, " +
      "which --replace-tables makes",
  );
  expect((await must(later.call("ListTables", {}))).TableNames).toEqual([]);
});
