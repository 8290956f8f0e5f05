/** Decisions that the store makes twice, as it may, and counts that are asked for at once. */

import { beforeEach, expect, test } from "bun:test";
import { openMemoryRecords, type Records } from "../storage/mod.ts";
import type { OperationName, Tables } from "./mod.ts";
import { caller, interrupted, must, startTables } from "./table-fixture.ts";

let tables: Tables;
let rangeCount: number;

const definition = {
  name: "plain",
  partitionKey: { name: "pk", type: "S" },
  indexes: [
    {
      name: "byKind",
      scope: "global",
      partitionKey: { name: "kind", type: "S" },
      projection: { type: "KEYS_ONLY" },
    },
  ],
} as const;

beforeEach(async () => {
  const memory = openMemoryRecords();
  const update: Records["update"] = (reads, decide) =>
    memory.update(reads, (values) => {
      decide(values);
      return decide(values);
    });
  rangeCount = 0;
  const count = async () => {
    rangeCount += 1;
  };
  tables = await startTables({ ...interrupted(memory, count), update });
  await must(tables.define(definition));
});

const insert = (pk: string) => ({
  Statement: `INSERT INTO plain VALUE {'pk': '${pk}', 'kind': 'x'}`,
});
const put = { PutRequest: { Item: { pk: { S: "d" }, kind: { S: "x" } } } };

test.each<[OperationName, object, number]>([
  ["BatchExecuteStatement", { Statements: [insert("a"), insert("b")] }, 4],
  ["ExecuteTransaction", { TransactStatements: [insert("a"), insert("b")] }, 6],
  ["BatchWriteItem", { RequestItems: { plain: [put] } }, 2],
  [
    "TransactWriteItems",
    { TransactItems: [{ Put: { TableName: "plain", ...put.PutRequest } }] },
    3,
  ],
])("%s charges once for what is decided twice", async (name, request, CapacityUnits) => {
  const answer = await caller(tables)(name, { ...request, ReturnConsumedCapacity: "TOTAL" });
  expect(answer).toMatchObject({ ConsumedCapacity: [{ TableName: "plain", CapacityUnits }] });
  const silent = await caller(tables)(name, { ...request, ReturnConsumedCapacity: "NONE" });
  expect(silent).not.toHaveProperty("ConsumedCapacity");
});

test("a table that is described by many at once is counted once", async () => {
  await must(tables.putItem({ TableName: "plain", Item: { pk: { S: "a" } } }));
  rangeCount = 0;
  const described = await Promise.all(
    Array.from({ length: 5 }, () => caller(tables)("DescribeTable", { TableName: "plain" })),
  );
  for (const one of described) expect(one).toMatchObject({ Table: { ItemCount: 1 } });
  expect(rangeCount).toBe(3); // the items and the end of them, and the index
});
