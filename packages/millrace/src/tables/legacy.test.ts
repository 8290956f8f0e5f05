import { beforeEach, expect, test } from "bun:test";
import type { Item } from "../expressions/mod.ts";
import { caller, openTables } from "./table-fixture.ts";

let call: ReturnType<typeof caller>;

const Key = { pk: { S: "k" } };
const invalid = "One or more parameter values were invalid: ";

beforeEach(async () => {
  call = caller((await openTables()).tables);
  await call("PutItem", {
    TableName: "plain",
    Item: { ...Key, n: { N: "5" }, s: { S: "text" }, ss: { SS: ["a", "b"] }, l: { L: [] } },
  });
  for (const sk of ["1", "2", "10"]) {
    await call("PutItem", { TableName: "sorted", Item: { pk: { S: "p" }, sk: { N: sk } } });
  }
});

const failed = "ConditionalCheckFailedException: The conditional request failed";
const one = "ValidationException: 1 validation error detected: ";

test.each([
  [{ n: { Value: { N: "5.0" } } }, {}],
  [{ n: { Value: { N: "6" } } }, failed],
  [{ n: { Exists: false } }, failed],
  [{ x: { Exists: false } }, {}],
  [{ n: { ComparisonOperator: "GT", AttributeValueList: [{ N: "4" }] } }, {}],
  [{ n: { ComparisonOperator: "LT", AttributeValueList: [{ N: "4" }] } }, failed],
  [{ n: { ComparisonOperator: "BETWEEN", AttributeValueList: [{ N: "4" }, { N: "6" }] } }, {}],
  [{ s: { ComparisonOperator: "BEGINS_WITH", Value: { S: "te" } } }, {}],
  [{ ss: { ComparisonOperator: "CONTAINS", Value: { S: "a" } } }, {}],
  [{ ss: { ComparisonOperator: "NOT_CONTAINS", Value: { S: "a" } } }, failed],
  [{ x: { ComparisonOperator: "NULL" } }, {}],
  [{ x: { ComparisonOperator: "NOT_NULL" } }, failed],
  [{ x: { ComparisonOperator: "NE", Value: { S: "a" } } }, {}],
  [{ s: { ComparisonOperator: "IN", AttributeValueList: [{ S: "a" }, { S: "text" }] } }, {}],
  [{ n: {} }, `${one}${invalid}Value must be provided when Exists is null for Attribute: n`],
  [
    { n: { Exists: true } },
    `${one}${invalid}Value must be provided when Exists is true for Attribute: n`,
  ],
  [
    { n: { Exists: false, Value: { N: "1" } } },
    `${one}${invalid}Value cannot be used when Exists is false for Attribute: n`,
  ],
  [
    { n: { ComparisonOperator: "GT" } },
    `${one}${invalid}Value or AttributeValueList must be used with ComparisonOperator: GT for Attribute: n`,
  ],
  [
    { n: { ComparisonOperator: "BETWEEN", AttributeValueList: [{ N: "1" }] } },
    `${one}${invalid}Invalid number of argument(s) for the BETWEEN ComparisonOperator`,
  ],
  [
    { n: { ComparisonOperator: "GT", AttributeValueList: [{ SS: ["a"] }] } },
    `${one}${invalid}ComparisonOperator GT is not valid for SS AttributeValue type`,
  ],
])("what is expected, %j, decides whether the item is put", async (Expected, answer) => {
  expect(await call("PutItem", { TableName: "plain", Item: Key, Expected })).toEqual(answer);
});

test("expectations are joined by AND unless told otherwise", async () => {
  const Expected = { n: { Value: { N: "5" } }, s: { Value: { S: "other" } } };
  const put = (more: object) =>
    call("PutItem", { TableName: "plain", Item: Key, Expected, ...more });
  expect(await put({})).toBe(failed);
  expect(await put({ ConditionalOperator: "OR" })).toEqual({});
  const alone = { Expected: { n: { Exists: false } }, ConditionalOperator: "OR" };
  expect(await put(alone)).toBe(
    `${one}ConditionalOperator can only be used when Filter or Expected has two or more elements`,
  );
  expect(await put({ Expected: undefined, ConditionalOperator: "OR" })).toBe(
    `${one}ConditionalOperator cannot be used without Filter or Expected`,
  );
});

const update = (AttributeUpdates: object, more = {}) =>
  call("UpdateItem", { TableName: "plain", Key, AttributeUpdates, ...more });

test("updates put, add and delete", async () => {
  const updated = await update(
    {
      n: { Action: "ADD", Value: { N: "2" } },
      m: { Action: "ADD", Value: { N: "1" } },
      s: { Value: { S: "new" } },
      ss: { Action: "DELETE", Value: { SS: ["a"] } },
      l: { Action: "DELETE" },
    },
    { ReturnValues: "ALL_NEW" },
  );
  expect(updated as unknown).toEqual({
    Attributes: { ...Key, n: { N: "7" }, m: { N: "1" }, s: { S: "new" }, ss: { SS: ["b"] } },
  });
});

test.each([
  [
    { n: { Action: "PUT" } },
    `${one}${invalid}Only DELETE action is allowed when no attribute value is specified`,
  ],
  [
    { n: { Action: "DELETE", Value: { N: "1" } } },
    `${one}${invalid}DELETE action with value is not supported for the type N`,
  ],
  [
    { n: { Action: "ADD", Value: { S: "x" } } },
    `${one}${invalid}ADD action is not supported for the type S`,
  ],
  [
    { s: { Action: "ADD", Value: { N: "1" } } },
    "ValidationException: Type mismatch for attribute to update",
  ],
  [
    { pk: { Value: { S: "x" } } },
    `ValidationException: ${invalid}Cannot update attribute pk. This attribute is part of the key`,
  ],
])("the update %j is refused", async (updates, message) => {
  expect(await update(updates)).toBe(message);
});

const query = async (more: object) => {
  const page = await call("Query", { TableName: "sorted", ...more });
  return typeof page === "string" ? page : page.Items?.map((item: Item) => item.sk);
};
const eq = (value: object) => ({ ComparisonOperator: "EQ", AttributeValueList: [value] });

test("key conditions and filters of the older kind find what expressions would", async () => {
  const pk = eq({ S: "p" });
  const gt = { ComparisonOperator: "GT", AttributeValueList: [{ N: "1" }] };
  expect(await query({ KeyConditions: { pk, sk: gt } })).toEqual([{ N: "2" }, { N: "10" }]);
  const scanned = await call("Scan", {
    TableName: "sorted",
    ScanFilter: { sk: gt },
    AttributesToGet: ["sk"],
  });
  expect(scanned).toMatchObject({ Items: [{ sk: { N: "2" } }, { sk: { N: "10" } }] });
});

test.each([
  [
    {},
    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
  ],
  [{ KeyConditions: {} }, "Conditions can be of length 1 or 2 only"],
  [{ KeyConditions: { sk: eq({ N: "1" }) } }, "Query condition missed key schema element: pk"],
  [
    { KeyConditions: { pk: { ComparisonOperator: "NE", AttributeValueList: [{ S: "p" }] } } },
    "Attempted conditional constraint is not an indexable operation",
  ],
  [
    { KeyConditions: { pk: { ComparisonOperator: "GT", AttributeValueList: [{ S: "p" }] } } },
    "Query key condition not supported",
  ],
  [
    { KeyConditions: { pk: eq({ S: "p" }) }, QueryFilter: { sk: eq({ N: "1" }) } },
    "QueryFilter can only contain non-primary key attributes: Primary key attribute: sk",
  ],
])("the query %j is refused", async (more, message) => {
  expect(await query(more)).toBe(`ValidationException: ${message}`);
});

test("a parallel scan has every item in one of its segments", async () => {
  const found: unknown[] = [];
  for (let at = 0; at < 40; at += 1) {
    await call("PutItem", { TableName: "sorted", Item: { pk: { S: `p${at}` }, sk: { N: "1" } } });
  }
  for (const Segment of [0, 1, 2]) {
    const page = await call("Scan", { TableName: "sorted", Segment, TotalSegments: 3, Limit: 100 });
    const items = typeof page === "string" ? [] : (page.Items ?? []);
    expect(items.length).toBeLessThan(43);
    found.push(...items);
  }
  expect(found).toHaveLength(43);
});

test.each([
  [
    { Segment: 1 },
    "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
  ],
  [
    { TotalSegments: 1 },
    "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
  ],
  [
    { Segment: 2, TotalSegments: 2 },
    "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less than TotalSegments: 2",
  ],
])("the scan %j is refused", async (more, message) => {
  expect(await call("Scan", { TableName: "sorted", ...more })).toBe(
    `ValidationException: ${message}`,
  );
});
