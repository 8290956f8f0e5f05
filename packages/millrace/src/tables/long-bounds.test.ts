/** Requests that read from, or up to, a place that no key of the store is long enough for. */

import { beforeEach, expect, test } from "bun:test";
import type { Item } from "../expressions/mod.ts";
import { caller, must, openTables } from "./table-fixture.ts";

const TableName = "read";
let call: ReturnType<typeof caller>;

const S = (text: string) => ({ S: text });
const attribute = (name: string) => ({ name, type: "S" }) as const;
const [short, long] = [S("one"), S("x".repeat(3000))];

const index = (name: string, more = {}) =>
  ({
    name,
    scope: "global",
    partitionKey: attribute("a"),
    sortKey: attribute("b"),
    projection: { type: "KEYS_ONLY" },
    ...more,
  }) as const;

beforeEach(async () => {
  const { tables } = await openTables();
  call = caller(tables);
  const several = { furtherKeys: { partition: [], sort: ["c", "d"].map(attribute) } };
  await must(
    tables.define({
      name: TableName,
      partitionKey: attribute("id"),
      sortKey: attribute("sk"),
      indexes: [index("byA"), index("several", several)],
    }),
  );
  const Item = { id: short, sk: short, a: short, b: short, c: short, d: short };
  await must(tables.call("PutItem", { TableName, Item }));
});

const query = (KeyConditionExpression: string, values: Item, more = {}) => {
  const ExpressionAttributeValues = { ":p": short, ...values };
  return call("Query", { TableName, KeyConditionExpression, ExpressionAttributeValues, ...more });
};
const sortKeySize =
  "ValidationException: One or more parameter values were invalid: " +
  "Aggregated size of all range keys has exceeded the size limit of 1024 bytes";

test("begins_with takes what a sort key can begin with", async () => {
  const byA = { IndexName: "byA" };
  expect(await query("id = :p AND begins_with(sk, :v)", { ":v": long })).toBe(sortKeySize);
  expect(await query("a = :p AND begins_with(b, :v)", { ":v": long }, byA)).toBe(sortKeySize);
  const longest = S("x".repeat(1024));
  const found = await query("id = :p AND begins_with(sk, :v)", { ":v": longest });
  expect(found).toMatchObject({ Count: 0 });
});

test("sort keys that are too long together are found nowhere", async () => {
  const values = Object.fromEntries(
    ["b", "c", "d"].map((name) => [`:${name}`, S("x".repeat(900))]),
  );
  const several = { IndexName: "several" };
  const condition = "a = :p AND b = :b AND c = :c AND d";
  for (const operator of ["=", "<", ">"]) {
    const found = await query(`${condition} ${operator} :d`, values, several);
    expect(found).toMatchObject({ Count: 0 });
  }
});

test.each(["b", "a"])("a start key whose %s is too long is refused", async (name) => {
  const ExclusiveStartKey = { id: short, sk: short, a: short, b: short, [name]: long };
  const start = { IndexName: "byA", ExclusiveStartKey };
  const invalid = "ValidationException: The provided starting key is invalid";
  expect(await call("Scan", { TableName, ...start })).toBe(invalid);
  expect(await query("a = :p", {}, start)).toBe(invalid);
});

test("a statement may compare with what no key is", async () => {
  const statement = (where: string) =>
    call("ExecuteStatement", { Statement: `SELECT * FROM "${TableName}"."byA" WHERE ${where}` });
  for (const where of ["a = 'one' AND begins_with(b, ?)", "a = 'one' AND b < ?", "a = ?"]) {
    const Statement = `SELECT * FROM "${TableName}"."byA" WHERE ${where}`;
    expect(await call("ExecuteStatement", { Statement, Parameters: [long] })).toHaveProperty(
      "Items",
    );
  }
  expect(await statement("a = ''")).toHaveProperty("Items");
});
