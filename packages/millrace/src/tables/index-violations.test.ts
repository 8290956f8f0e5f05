/** Items whose attributes cannot stand in the key of an index, whenever the index came. */

import { beforeEach, describe, expect, test } from "bun:test";
import type { Item } from "../expressions/mod.ts";
import type { Tables } from "./mod.ts";
import { changesOfIndex } from "./store/index-entries.ts";
import type { Table } from "./store/table.ts";
import { caller, must, openTables } from "./table-fixture.ts";

const TableName = "turned";
let opened: Awaited<ReturnType<typeof openTables>>;
let tables: Tables;
let call: ReturnType<typeof caller>;

const S = (text: string) => ({ S: text });
const long = (count: number) => S("x".repeat(count));

const definition = { name: TableName, partitionKey: { name: "id", type: "S" } } as const;
const byA = {
  name: "byA",
  scope: "global",
  partitionKey: { name: "a", type: "S" },
  sortKey: { name: "id", type: "S" },
  projection: { type: "KEYS_ONLY" },
} as const;

beforeEach(async () => {
  opened = await openTables();
  ({ tables } = opened);
  call = caller(tables);
});

const put = (item: Item) => call("PutItem", { TableName, Item: item });
const setting = (Key: Item, attribute: string, value = S("one")) => ({
  TableName,
  Key,
  UpdateExpression: `SET ${attribute} = :v`,
  ExpressionAttributeValues: { ":v": value },
});
const scan = async (IndexName = "byA") =>
  (await must(tables.call("Scan", { TableName, IndexName }))).Items;

const sortKeySize =
  "ValidationException: One or more parameter values were invalid: " +
  "Aggregated size of all range keys has exceeded the size limit of 1024 bytes";

test("an update is held against the keys of indexes whole, like an item that is put", async () => {
  await must(tables.define({ ...definition, indexes: [byA] }));
  for (const id of [long(1100), long(2000)]) {
    expect(await put({ id, a: S("one") })).toBe(sortKeySize);
    expect(await call("UpdateItem", setting({ id }, "a"))).toBe(sortKeySize);
    const Update = setting({ id }, "a");
    expect(await call("TransactWriteItems", { TransactItems: [{ Update }] })).toContain(
      "[ValidationError]",
    );
  }
  expect(await call("UpdateItem", setting({ id: long(1024) }, "a"))).toEqual({});
  expect(await scan()).toEqual([{ id: long(1024), a: S("one") }]);
});

test("an update that says nothing is held against them as well", async () => {
  const turned = { ...byA, partitionKey: { name: "sk", type: "S" } } as const;
  const sortKey = { name: "sk", type: "S" } as const;
  await must(tables.define({ ...definition, sortKey, indexes: [turned] }));
  const Key = { id: long(2000), sk: S("one") };
  expect(await call("UpdateItem", { TableName, Key })).toBe(sortKeySize);
  expect(await call("UpdateItem", { TableName, Key: { ...Key, id: long(9) } })).toEqual({});
});

describe("an index that comes later", () => {
  const byAttribute = (name: string, more = {}) =>
    ({ ...byA, name, sortKey: { name: "a", type: "S" }, ...more }) as const;

  beforeEach(async () => {
    await must(tables.define(definition));
    const values = { fits: S("one"), long: long(3000), empty: S(""), number: { N: "1" } };
    for (const [id, a] of Object.entries(values)) expect(await put({ id: S(id), a })).toEqual({});
    expect(await put({ id: long(1100), a: S("one") })).toEqual({});
    expect(await put({ id: long(2000), a: S("one") })).toEqual({});
  });

  test("leaves out the items whose key it cannot take, also that of a template", async () => {
    await must(tables.define({ ...definition, indexes: [byA] }));
    expect(await scan()).toEqual([{ id: S("fits"), a: S("one") }]);
    const furtherKeys = {
      partition: [{ name: "id", type: "S" }],
      sort: [{ name: "id", type: "S" }],
    };
    const several = byAttribute("several", { furtherKeys, partitionKey: definition.partitionKey });
    await must(tables.define({ ...definition, indexes: [several] }));
    expect(await scan("several")).toEqual([{ id: S("fits"), a: S("one") }]);
  });

  test("leaves them out as well when it is added through the API", async () => {
    const KeySchema = [
      { AttributeName: "a", KeyType: "HASH" },
      { AttributeName: "id", KeyType: "RANGE" },
    ];
    const Projection = { ProjectionType: "KEYS_ONLY" };
    const answer = await call("UpdateTable", {
      TableName,
      AttributeDefinitions: ["a", "id"].map((name) => {
        return { AttributeName: name, AttributeType: "S" };
      }),
      GlobalSecondaryIndexUpdates: [{ Create: { IndexName: "byA", KeySchema, Projection } }],
    });
    expect(answer).not.toBeString();
    await tables.settled();
    expect(await scan()).toEqual([{ id: S("fits"), a: S("one") }]);
  });

  test("lets such items be mended and deleted, and nothing else be done to them", async () => {
    await must(tables.define({ ...definition, indexes: [{ ...byA, sortKey: undefined }] }));
    expect(await call("UpdateItem", setting({ id: S("long") }, "b"))).toContain("hashkey");
    const Statement = `UPDATE "${TableName}" SET b = 'one' WHERE id = 'long'`;
    expect(await call("ExecuteStatement", { Statement })).toContain("hashkey");
    expect(await call("UpdateItem", setting({ id: S("long") }, "a"))).toEqual({});
    expect(await call("DeleteItem", { TableName, Key: { id: S("empty") } })).toEqual({});
    expect(await call("DeleteItem", { TableName, Key: { id: long(2000) } })).toEqual({});
    expect((await scan())!.length).toBe(3);
  });
});

test("an entry of an earlier release that is too long goes with its item, and no other comes", () => {
  const index = { definition: byA, projectedNames: undefined, space: "byA", building: false };
  const target = { table: {} as Table, index, key: new Uint8Array([1]) };
  const item = { id: long(1100), a: S("one") };
  const [gone, ...more] = changesOfIndex(target, item, undefined);
  expect(gone).toMatchObject({ space: "byA", value: undefined });
  expect(more).toEqual([]);
  expect(changesOfIndex(target, item, { ...item, b: S("new") })).toEqual([gone!]);
  expect(changesOfIndex(target, undefined, item)).toEqual([]);
  expect(changesOfIndex(target, { id: long(3000), a: S("one") }, undefined)).toEqual([]);
});
