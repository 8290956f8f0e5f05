import { beforeEach, expect, test } from "bun:test";
import { concatBytes, utf8 } from "../base/mod.ts";
import type { Item } from "../expressions/mod.ts";
import type { Tables } from "./mod.ts";
import type { PageOutput } from "./read/answer.ts";
import { caller, must, openTables, startTables, told } from "./table-fixture.ts";

let opened: Awaited<ReturnType<typeof openTables>>;
let tables: Tables;
let call: ReturnType<typeof caller>;

const S = (text: string) => ({ S: text });
const N = (number: number) => ({ N: String(number) });

const definition = {
  name: "indexed",
  partitionKey: { name: "pk", type: "S" },
  sortKey: { name: "sk", type: "N" },
  indexes: [
    {
      name: "byColour",
      scope: "global",
      partitionKey: { name: "colour", type: "S" },
      sortKey: { name: "size", type: "N" },
      projection: { type: "KEYS_ONLY" },
    },
    {
      name: "bySize",
      scope: "local",
      partitionKey: { name: "pk", type: "S" },
      sortKey: { name: "size", type: "N" },
      projection: { type: "ALL" },
    },
  ],
} as const;

beforeEach(async () => {
  opened = await openTables();
  ({ tables } = opened);
  call = caller(tables);
  await must(tables.define(definition));
});

const put = (Item: Item) => told(tables.putItem({ TableName: "indexed", Item }));
const colours = (colour: string, more = {}) =>
  call("Query", {
    TableName: "indexed",
    IndexName: "byColour",
    KeyConditionExpression: "colour = :c",
    ExpressionAttributeValues: { ":c": S(colour) },
    ...more,
  });
const sortKeys = (page: unknown) => (page as PageOutput).Items?.map((item) => item.sk);

test("an index is sparse, and follows what becomes of its items", async () => {
  await put({ pk: S("a"), sk: N(1), colour: S("red"), size: N(5) });
  await put({ pk: S("a"), sk: N(2), colour: S("red") });
  await put({ pk: S("b"), sk: N(3), colour: S("red"), size: N(-1) });
  expect(sortKeys(await colours("red"))).toEqual([N(3), N(1)]);
  await call("UpdateItem", {
    TableName: "indexed",
    Key: { pk: S("a"), sk: N(1) },
    UpdateExpression: "SET colour = :blue",
    ExpressionAttributeValues: { ":blue": S("blue") },
  });
  await call("DeleteItem", { TableName: "indexed", Key: { pk: S("b"), sk: N(3) } });
  expect(sortKeys(await colours("red"))).toEqual([]);
  expect(sortKeys(await colours("blue"))).toEqual([N(1)]);
});

test("items of one index key all have their place, and pages join up to the whole", async () => {
  const expected = [];
  for (let at = 0; at < 25; at += 1) {
    await put({ pk: S(`p${at}`), sk: N(at), colour: S("red"), size: N(1) });
    expected.push(at);
  }
  for (const ScanIndexForward of [true, false]) {
    const found: number[] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const page = (await colours("red", {
        Limit: 4,
        ScanIndexForward,
        ExclusiveStartKey,
      })) as PageOutput;
      found.push(...page.Items!.map((item) => Number((item.sk as { N: string }).N)));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    expect(found.toSorted((left, right) => left - right)).toEqual(expected);
  }
});

test.each([
  [{ IndexName: "none" }, "The table does not have the specified index: none"],
  [{ ConsistentRead: true }, "Consistent reads are not supported on global secondary indexes"],
  [
    { Select: "ALL_ATTRIBUTES" },
    "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index byColour because its projection type is not ALL",
  ],
  [
    { ProjectionExpression: "caption" },
    "One or more parameter values were invalid: Global secondary index byColour does not project [caption]",
  ],
  [{ ExclusiveStartKey: { pk: S("a"), sk: N(1) } }, "The provided starting key is invalid"],
  [
    { ExclusiveStartKey: { pk: S("a"), sk: N(1), colour: S("blue"), size: N(1) } },
    "The provided starting key is outside query boundaries based on provided conditions",
  ],
])("the query %j of an index is refused", async (more, message) => {
  expect(await colours("red", more)).toBe(`ValidationException: ${message}`);
});

test("what cannot stand in the key of an index is refused, in an item as in an update", async () => {
  const key = { pk: S("a"), sk: N(1) };
  expect(await put({ ...key, colour: N(1) })).toBe(
    "ValidationException: One or more parameter values were invalid: Type mismatch for Index Key colour Expected: S Actual: N IndexName: byColour",
  );
  expect(await put({ ...key, colour: S("") })).toBe(
    "ValidationException: One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: byColour, IndexKey: colour",
  );
  const update = call("UpdateItem", {
    TableName: "indexed",
    Key: key,
    UpdateExpression: "SET colour = :c",
    ExpressionAttributeValues: { ":c": N(1) },
  });
  expect(await update).toBe(
    "ValidationException: One or more parameter values were invalid: Type mismatch for Index Key colour Expected: S Actual: N IndexName: byColour",
  );
  const empty = call("UpdateItem", {
    TableName: "indexed",
    Key: key,
    UpdateExpression: "SET colour = :c",
    ExpressionAttributeValues: { ":c": S("") },
  });
  expect(await empty).toBe(
    "ValidationException: One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.",
  );
});

test("a template that comes with another index finds it filled, and the old one gone", async () => {
  await put({ pk: S("a"), sk: N(1), colour: S("red"), size: N(5), shape: S("round") });
  const later = await startTables(opened.records, opened.clock);
  const byShape = {
    name: "byShape",
    scope: "global",
    partitionKey: { name: "shape", type: "S" },
    projection: { type: "INCLUDE", attributes: ["size"] },
  } as const;
  await must(later.define({ ...definition, indexes: [definition.indexes[1], byShape] }));
  await later.settled();
  const page = await must(later.call("Scan", { TableName: "indexed", IndexName: "byShape" }));
  expect(page.Items).toEqual([{ pk: S("a"), sk: N(1), size: N(5), shape: S("round") }]);
  const spaces = await opened.records.range({ space: "tables-dropped", countMax: 10 });
  expect(spaces).toEqual([]);
  const old = await told(later.call("Scan", { TableName: "indexed", IndexName: "byColour" }));
  expect(old).toBe("ValidationException: The table does not have the specified index: byColour");
});

test("tables of the API are there after a start, with the work that was left undone", async () => {
  await call("CreateTable", {
    TableName: "made",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  });
  for (let at = 0; at < 300; at += 1) {
    await must(tables.putItem({ TableName: "made", Item: { pk: S(`k${at}`), kind: S("x") } }));
  }
  await tables.close(); // no job begins any more
  await call("UpdateTable", {
    TableName: "made",
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
  });
  expect(await call("Scan", { TableName: "made", IndexName: "byKind" })).toBe(
    "ValidationException: Cannot read from backfilling global secondary index: byKind",
  );
  const later = await startTables(opened.records, opened.clock);
  await later.settled();
  const page = await must(later.call("Scan", { TableName: "made", IndexName: "byKind" }));
  expect(page.Count).toBe(300);
  await must(later.call("DeleteTable", { TableName: "made" }));
  await later.settled();
  const listed = await must((await startTables(opened.records)).call("ListTables", {}));
  expect(listed.TableNames).toEqual([]);
});

test("tables that were stored before they had ids are read as they are", async () => {
  const { records } = opened;
  const before = { name: "older", partitionKey: { name: "pk", type: "S" }, ttlAttribute: "until" };
  const bytes = (value: object) => utf8(JSON.stringify(value));
  const key = concatBytes([Uint8Array.of(0, 1), utf8("k")]);
  const changes = [
    { space: "tables", key: utf8("older"), value: bytes(before) },
    { space: "table/older/items", key, value: bytes({ pk: S("k"), until: N(5) }) },
  ];
  await records.update([], () => ({ changes, result: undefined }));
  await must(tables.define({ ...before, partitionKey: { name: "pk", type: "S" } }));
  const got = await must(tables.call("GetItem", { TableName: "older", Key: { pk: S("k") } }));
  expect(got.Item).toEqual({ pk: S("k"), until: N(5) });
});

test("what a query fetches for its local index is counted as a read of the table", async () => {
  await must(
    tables.define({
      ...definition,
      name: "fetching",
      indexes: [{ ...definition.indexes[1], projection: { type: "KEYS_ONLY" } }],
    }),
  );
  const item = { pk: S("a"), sk: N(1), size: N(1), text: S("x".repeat(9_000)) };
  for (const sk of [1, 2]) {
    await must(tables.putItem({ TableName: "fetching", Item: { ...item, sk: N(sk) } }));
  }
  const readUnits = () => {
    const isRead = ({ table, direction }: { table: string; direction: string }) =>
      table === "fetching" && direction === "Read";
    return tables.reportCapacity().find(isRead)?.unitsTotal ?? 0;
  };
  const before = readUnits();
  const answer = await call("Query", {
    TableName: "fetching",
    IndexName: "bySize",
    KeyConditionExpression: "pk = :p",
    ExpressionAttributeValues: { ":p": S("a") },
    Select: "ALL_ATTRIBUTES",
    ReturnConsumedCapacity: "TOTAL",
  });
  expect(answer).toMatchObject({ Count: 2, ConsumedCapacity: { CapacityUnits: 3.5 } });
  expect(readUnits() - before).toBe(3.5);
});
