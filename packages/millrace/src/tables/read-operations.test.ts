import { beforeEach, expect, test } from "bun:test";
import type { Item } from "../expressions/mod.ts";
import type { Tables } from "./mod.ts";
import type { QueryInput } from "./request/item-shapes.ts";
import { must, openTables, told } from "./table-fixture.ts";

let tables: Tables;

beforeEach(async () => {
  ({ tables } = await openTables());
  for (const [pk, sk, kind] of lines) {
    await must(tables.putItem({ TableName: "sorted", Item: line(pk, sk, kind) }));
  }
});

const lines = [
  ["a", "-10", "odd"],
  ["a", "-1.5", "even"],
  ["a", "0", "odd"],
  ["a", "2", "even"],
  ["a", "10", "odd"],
  ["aa", "1", "odd"],
] as const;

const line = (pk: string, sk: string, kind: string): Item => ({
  pk: { S: pk },
  sk: { N: sk },
  kind: { S: kind },
});

const input = (more: Partial<QueryInput>): QueryInput => ({
  TableName: "sorted",
  KeyConditionExpression: "pk = :p",
  ...more,
  ExpressionAttributeValues: { ":p": { S: "a" }, ...more.ExpressionAttributeValues },
});
const query = (more: Partial<QueryInput> = {}) => must(tables.call("Query", input(more)));
const refused = (more: object) => told(tables.call("Query", input(more) as QueryInput));
const sortKeys = (items: readonly Item[] = []) => items.map((item) => (item.sk as { N: string }).N);

test("a partition comes in the order of numbers, either way", async () => {
  const page = await query();
  expect(sortKeys(page.Items)).toEqual(["-10", "-1.5", "0", "2", "10"]);
  expect([page.Count, page.ScannedCount, page.LastEvaluatedKey]).toEqual([5, 5, undefined]);
  const reversed = await query({ ScanIndexForward: false });
  expect(sortKeys(reversed.Items)).toEqual(["10", "2", "0", "-1.5", "-10"]);
});

test.each([
  ["sk = :n", ["0"]],
  ["sk < :n", ["-10", "-1.5"]],
  ["sk <= :n", ["-10", "-1.5", "0"]],
  ["sk > :n", ["2", "10"]],
  ["sk >= :n", ["0", "2", "10"]],
  ["sk BETWEEN :n AND :n", ["0"]],
])("%s", async (comparison, expected) => {
  const page = await query({
    KeyConditionExpression: `pk = :p AND ${comparison}`,
    ExpressionAttributeValues: { ":n": { N: "0" } },
  });
  expect(sortKeys(page.Items)).toEqual(expected);
});

test("pages join up to the whole, in both directions, the limit before the filter", async () => {
  for (const ScanIndexForward of [true, false]) {
    const found: string[] = [];
    let ExclusiveStartKey: Item | undefined;
    let pageCount = 0;
    do {
      const page = await query({
        ScanIndexForward,
        Limit: 2,
        ExclusiveStartKey,
        FilterExpression: "kind = :odd",
        ExpressionAttributeValues: { ":odd": { S: "odd" } },
      });
      expect(page.ScannedCount).toBeLessThanOrEqual(2);
      found.push(...sortKeys(page.Items));
      ExclusiveStartKey = page.LastEvaluatedKey;
      pageCount += 1;
    } while (ExclusiveStartKey);
    expect(found).toEqual(ScanIndexForward ? ["-10", "0", "10"] : ["10", "0", "-10"]);
    expect(pageCount).toBe(3);
  }
});

test("a limit that is just met names the last key all the same", async () => {
  const page = await query({ Limit: 5 });
  expect(page.LastEvaluatedKey).toEqual({ pk: { S: "a" }, sk: { N: "10" } });
  expect((await query({ ExclusiveStartKey: page.LastEvaluatedKey })).Items).toEqual([]);
});

test("Select COUNT answers with numbers alone, a projection with its parts", async () => {
  expect(await query({ Select: "COUNT" })).toEqual({ Count: 5, ScannedCount: 5 });
  const page = await query({ ProjectionExpression: "kind", Limit: 1 });
  expect(page.Items).toEqual([{ kind: { S: "odd" } }]);
});

test("a page ends with the item that passes 1 MB", async () => {
  const filler = { S: "x".repeat(300_000) };
  for (let at = 0; at < 6; at += 1) {
    const Item = { pk: { S: "big" }, sk: { N: String(at) }, filler };
    await must(tables.putItem({ TableName: "sorted", Item }));
  }
  const big = { ExpressionAttributeValues: { ":p": { S: "big" } } };
  const page = await query(big);
  expect([page.Count, page.LastEvaluatedKey]).toEqual([4, { pk: { S: "big" }, sk: { N: "3" } }]);
  const rest = await query({ ...big, ExclusiveStartKey: page.LastEvaluatedKey });
  expect([rest.Count, rest.LastEvaluatedKey]).toEqual([2, undefined]);
});

test("a scan goes over every item once, page by page", async () => {
  const found: string[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await must(
      tables.call("Scan", { TableName: "sorted", Limit: 4, ExclusiveStartKey }),
    );
    found.push(...sortKeys(page.Items));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  expect(found.sort()).toEqual(lines.map(([, sk]) => sk).sort());
});

test("a read costs half a unit for each 4 KB, a consistent one the whole", async () => {
  const charge = { ReturnConsumedCapacity: "TOTAL" } as const;
  const units = (page: { ConsumedCapacity?: { CapacityUnits: number } }) =>
    page.ConsumedCapacity?.CapacityUnits;
  expect(units(await query(charge))).toBe(0.5);
  expect(units(await query({ ...charge, ConsistentRead: true }))).toBe(1);
  const Key = { pk: { S: "a" }, sk: { N: "99" } };
  expect(units(await must(tables.call("GetItem", { TableName: "sorted", Key, ...charge })))).toBe(
    0.5,
  );
});

test("a projection of an item that has none of it is an empty item", async () => {
  const Key = { pk: { S: "a" }, sk: { N: "0" } };
  const got = await must(
    tables.call("GetItem", { TableName: "sorted", Key, ProjectionExpression: "nothing" }),
  );
  expect(got).toEqual({ Item: {} });
});

test("a query without a key condition is refused", async () => {
  expect(await told(tables.call("Query", { TableName: "sorted" } as QueryInput))).toBe(
    "ValidationException: Either the KeyConditions or KeyConditionExpression parameter must be " +
      "specified in the request.",
  );
});

test("what is wrong with a value of a read comes without the envelope of writes", async () => {
  const Key = { pk: { S: "a" }, sk: { N: "abc" } };
  const message = "ValidationException: The parameter cannot be converted to a numeric value: abc";
  expect(await told(tables.call("GetItem", { TableName: "sorted", Key }))).toBe(message);
  const ExpressionAttributeValues = { ":n": { N: "abc" } };
  expect(await refused({ FilterExpression: "kind = :n", ExpressionAttributeValues })).toBe(
    "ValidationException: ExpressionAttributeValues contains invalid value: " +
      "The parameter cannot be converted to a numeric value: abc for key :n",
  );
});

const start = "ValidationException: The provided starting key";

test.each([
  [{ IndexName: "none" }, "The table does not have the specified index: none"],
  [
    { KeyConditions: {} },
    "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {KeyConditions} Expression parameters: {KeyConditionExpression}",
  ],
  [
    { FilterExpression: "sk > :p" },
    "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk",
  ],
  [
    { Select: "SPECIFIC_ATTRIBUTES" },
    "1 validation error detected: Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
  ],
  [
    { Select: "COUNT", ProjectionExpression: "kind" },
    "1 validation error detected: Cannot specify the ProjectionExpression when choosing to get only the Count",
  ],
  [
    { Select: "ALL_PROJECTED_ATTRIBUTES" },
    "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
  ],
  [
    { Limit: 0 },
    "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    { ExpressionAttributeValues: { ":p": { S: "" } } },
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
  ],
])("the query %j is refused", async (more, message) => {
  expect(await refused(more)).toBe(`ValidationException: ${message}`);
});

test.each([
  [{ pk: { S: "a" } }, `${start} is invalid`],
  [
    { pk: { S: "b" }, sk: { N: "1" } },
    `${start} is outside query boundaries based on provided conditions`,
  ],
  [{ pk: { S: "a" }, sk: { N: "-11" } }, `${start} does not match the range key predicate`],
])("the starting key %j is refused", async (ExclusiveStartKey, message) => {
  const result = refused({
    ExclusiveStartKey,
    KeyConditionExpression: "pk = :p AND sk > :n",
    ExpressionAttributeValues: { ":n": { N: "-10" } },
  });
  expect(await result).toBe(message);
});

test("a batch names an item once, be its table named by name or by ARN", async () => {
  const arn = "arn:aws:dynamodb:eu-central-1:000000000000:table/sorted";
  const batch = (sk: string) => {
    const Keys = (at: string) => [{ pk: { S: "a" }, sk: { N: at } }];
    const RequestItems = { sorted: { Keys: Keys("0") }, [arn]: { Keys: Keys(sk) } };
    return told(tables.call("BatchGetItem", { RequestItems }));
  };
  expect(await batch("0.0")).toBe(
    "ValidationException: Provided list of item keys contains duplicates",
  );
  expect(await batch("2")).toMatchObject({
    Responses: { sorted: [line("a", "0", "odd")], [arn]: [line("a", "2", "even")] },
  });
});
