import { expect, test } from "bun:test";
import { ManualClock, silentLogger, systemRandom } from "../../base/mod.ts";
import { openMemoryRecords } from "../../storage/mod.ts";
import type { TableDefinition, Throughput } from "../mod.ts";
import { createTables, type OperationName } from "../mod.ts";
import { account, must, told } from "../table-fixture.ts";

interface Options {
  readonly throughput?: Throughput;
  readonly enforceCapacity?: boolean;
  readonly more?: Partial<TableDefinition>;
}

async function openTable({ throughput, enforceCapacity = true, more }: Options) {
  const clock = new ManualClock();
  const records = openMemoryRecords();
  const ports = { records, clock, random: systemRandom, logger: silentLogger, account };
  const tables = createTables({ ...ports, enforceCapacity });
  await tables.define({
    name: "held",
    partitionKey: { name: "pk", type: "S" },
    ...(throughput && { throughput }),
    ...more,
  });
  const call = <N extends OperationName>(name: N, input: object) =>
    told(tables.call(name, { TableName: "held", ...input }));
  const put = (pk: string, bytes = 1) =>
    call("PutItem", { Item: { pk: { S: pk }, v: { S: "x".repeat(bytes) } } });
  /** How many puts in a row are taken; each costs a unit. */
  const puts = async (name = (at: number) => `p${at}`, countMax = 20_000) => {
    for (let count = 0; count < countMax; count += 1) {
      if (typeof (await put(name(count))) === "string") return count;
    }
    return countMax;
  };
  return { tables, clock, call, put, puts };
}

const provisionText =
  "ProvisionedThroughputExceededException: The level of configured provisioned throughput for the " +
  "table was exceeded. Consider increasing your provisioning level with the UpdateTable API.";

test("a table has what a second brings, then as much as flows in, up to five minutes of it", async () => {
  const { clock, puts, put } = await openTable({ throughput: { readUnits: 1, writeUnits: 5 } });
  expect(await puts()).toBe(5);
  expect(await put("more")).toBe(provisionText);
  clock.advance(1_000);
  expect(await puts()).toBe(5);
  clock.advance(299_000);
  expect(await puts()).toBe(1_000); // as many as its one partition takes in a second
  clock.advance(1_000);
  expect(await puts()).toBe(500);
});

test("a large item is paid for afterwards", async () => {
  const { clock, put } = await openTable({ throughput: { readUnits: 1, writeUnits: 5 } });
  expect(await put("large", 10_000)).toEqual({});
  expect(await put("small")).toBe(provisionText);
  clock.advance(1_000);
  expect(await put("small")).toBe(provisionText);
  clock.advance(1);
  expect(await put("small")).toEqual({});
});

test("reads are held to theirs, half of it when they may be stale", async () => {
  const { call, clock } = await openTable({ throughput: { readUnits: 2, writeUnits: 5 } });
  const get = (ConsistentRead: boolean) =>
    call("GetItem", { Key: { pk: { S: "a" } }, ConsistentRead });
  for (let count = 0; count < 4; count += 1) expect(await get(false)).toEqual({});
  expect(await get(false)).toBe(provisionText);
  clock.advance(1_000);
  for (let count = 0; count < 2; count += 1) expect(await get(true)).toEqual({});
  expect(await call("Scan", {})).toBe(provisionText);
  const found = {
    KeyConditionExpression: "pk = :p",
    ExpressionAttributeValues: { ":p": { S: "a" } },
  };
  expect(await call("Query", found)).toBe(provisionText);
});

test("what is not held is counted and never refused", async () => {
  const throughput = { readUnits: 1, writeUnits: 1 };
  const { puts } = await openTable({ throughput, enforceCapacity: false });
  expect(await puts(undefined, 50)).toBe(50);
});

test("a condition that is not met costs as a write of what is there", async () => {
  const { call, put } = await openTable({ throughput: { readUnits: 1, writeUnits: 5 } });
  await put("a", 3_500);
  const refused = { Item: { pk: { S: "a" } }, ConditionExpression: "attribute_not_exists(pk)" };
  expect(await call("PutItem", refused)).toStartWith("ConditionalCheckFailedException");
  expect(await put("b")).toBe(provisionText);
});

const index = {
  name: "byKind",
  scope: "global",
  partitionKey: { name: "kind", type: "S" },
  projection: { type: "ALL" },
  throughput: { readUnits: 1, writeUnits: 1 },
} as const;

test("an index that has nothing left holds back the writes that change it", async () => {
  const throughput = { readUnits: 5, writeUnits: 5 };
  const { call, put } = await openTable({ throughput, more: { indexes: [index] } });
  const putKind = (pk: string) => call("PutItem", { Item: { pk: { S: pk }, kind: { S: "k" } } });
  expect(await putKind("a")).toEqual({});
  expect(await putKind("b")).toBe(
    "ProvisionedThroughputExceededException: The level of configured provisioned throughput for " +
      "one or more global secondary indexes of the table was exceeded. Consider increasing your " +
      "provisioning level for the under-provisioned global secondary indexes with the UpdateTable API",
  );
  expect(await put("c")).toEqual({});
});

test("a table on demand is held by its partitions, and says so", async () => {
  const { clock, puts, tables } = await openTable({});
  expect(await puts(() => "hot")).toBe(1_000);
  const settled = await tables.putItem({ TableName: "held", Item: { pk: { S: "hot" } } });
  expect(settled).toMatchObject({
    ok: false,
    error: {
      code: "ThrottlingException",
      message: expect.stringContaining("check if you have a hot key"),
      throttling: [
        {
          reason: "TableWriteKeyRangeThroughputExceeded",
          resource: "arn:aws:dynamodb:eu-central-1:000000000000:table/held",
        },
      ],
    },
  });
  clock.advance(1_000);
  expect(await puts(() => "hot")).toBe(1_000);
});

test("a table on demand is held to the most that was set for it", async () => {
  const { clock, puts, put } = await openTable({ more: { onDemandMax: { writeUnits: 7 } } });
  clock.advance(100_000);
  expect(await puts()).toBe(7);
  expect(await put("more")).toBe(
    "ThrottlingException: Throughput exceeds the maximum OnDemandThroughput configured on table " +
      "or index",
  );
});

test("a batch leaves unprocessed what there is no capacity for, and fails when that is all", async () => {
  const { call } = await openTable({ throughput: { readUnits: 2, writeUnits: 2 } });
  const Item = (at: number) => ({ pk: { S: `b${at}` } });
  const writes = [0, 1, 2, 3].map((at) => ({ PutRequest: { Item: Item(at) } }));
  const RequestItems = { held: writes };
  expect(await call("BatchWriteItem", { RequestItems })).toMatchObject({
    UnprocessedItems: { held: writes.slice(2) },
  });
  expect(await call("BatchWriteItem", { RequestItems })).toBe(provisionText);
  const Keys = [0, 1, 2, 3].map(Item);
  const reads = { RequestItems: { held: { Keys, ConsistentRead: true } } };
  expect(await call("BatchGetItem", reads)).toMatchObject({
    Responses: { held: Keys.slice(0, 2) },
    UnprocessedKeys: { held: { Keys: Keys.slice(2), ConsistentRead: true } },
  });
  expect(await call("BatchGetItem", reads)).toBe(provisionText);
});

test("a table may be named as what every object has", async () => {
  const { tables, call } = await openTable({});
  const name = "__proto__";
  const throughput = { readUnits: 1, writeUnits: 1 };
  await must(tables.define({ name, partitionKey: { name: "pk", type: "S" }, throughput }));
  const writes = ["a", "b"].map((pk) => ({ PutRequest: { Item: { pk: { S: pk } } } }));
  const asked = { RequestItems: { [name]: writes } };
  const answer = (await call("BatchWriteItem", asked)) as { UnprocessedItems: object };
  expect(Object.entries(answer.UnprocessedItems)).toEqual([[name, writes.slice(1)]]);
});

test("a transaction is canceled with the reason in the place of each item", async () => {
  const { tables, put } = await openTable({ throughput: { readUnits: 1, writeUnits: 1 } });
  await tables.define({ name: "other", partitionKey: { name: "pk", type: "S" } });
  await put("a");
  const items = ["other", "held"].map((TableName) => ({
    Put: { TableName, Item: { pk: { S: "t" } } },
  }));
  const settled = await tables.call("TransactWriteItems", { TransactItems: items });
  expect(settled).toMatchObject({
    ok: false,
    error: {
      code: "TransactionCanceledException",
      reasons: [{ Code: "None" }, { Code: "ProvisionedThroughputExceeded" }],
    },
  });
  expect(
    await must(tables.call("GetItem", { TableName: "other", Key: { pk: { S: "t" } } })),
  ).toEqual({});
});

test("a transaction that is repeated under its token spends reads and no writes", async () => {
  const { call } = await openTable({ throughput: { readUnits: 3, writeUnits: 1 } });
  const asked = {
    TransactItems: [{ Put: { TableName: "held", Item: { pk: { S: "a" } } } }],
    ClientRequestToken: "token",
  };
  for (let count = 0; count < 3; count += 1) {
    expect(await call("TransactWriteItems", asked)).toEqual({});
  }
  expect(await call("TransactWriteItems", asked)).toStartWith("TransactionCanceledException");
});

test("a repeated transaction spends by what it was charged for, not by what is there now", async () => {
  const { call, put } = await openTable({ throughput: { readUnits: 6, writeUnits: 100 } });
  const asked = {
    TransactItems: [{ Put: { TableName: "held", Item: { pk: { S: "a" } } } }],
    ClientRequestToken: "token",
    ReturnConsumedCapacity: "TOTAL",
  };
  await call("TransactWriteItems", asked);
  await put("a", 80_000);
  const charged = { TableName: "held", CapacityUnits: 2, ReadCapacityUnits: 2 };
  for (let count = 0; count < 3; count += 1) {
    expect(await call("TransactWriteItems", asked)).toEqual({ ConsumedCapacity: [charged] });
  }
  expect(await call("TransactWriteItems", asked)).toStartWith("TransactionCanceledException");
});

test("what UpdateTable gives counts from then on", async () => {
  const { call, puts } = await openTable({ throughput: { readUnits: 1, writeUnits: 5 } });
  expect(await puts()).toBe(5);
  await call("UpdateTable", {
    ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 100 },
  });
  expect(await puts()).toBe(0);
});

test("what goes because of its age costs nothing", async () => {
  const more = { ttlAttribute: "until" };
  const { tables, clock, call, put } = await openTable({
    throughput: { readUnits: 1, writeUnits: 1 },
    more,
  });
  const until = { N: String(Math.floor(clock.now() / 1000) + 1) };
  expect(await call("PutItem", { Item: { pk: { S: "old" }, until } })).toEqual({});
  clock.advance(2_000);
  expect(await put("one")).toEqual({});
  expect(await tables.sweep()).toBe(1);
  expect(await put("two")).toEqual({});
});

test("a SELECT spends of the partitions that it names, as a Query does", async () => {
  const throughput = { readUnits: 10_000, writeUnits: 10_000 };
  const { call, put } = await openTable({ throughput });
  for (const pk of ["a", "b"]) await put(pk, 390_000); // 96 read units
  const select = (where: string) =>
    call("ExecuteStatement", {
      Statement: `SELECT pk FROM held WHERE ${where}`,
      ConsistentRead: true,
    });
  let count = 0;
  while (typeof (await select("pk = 'a'")) !== "string") count += 1;
  expect(count).toBe(32); // of the 3,000 units of a partition; the last goes beyond
  expect(await select("pk IN ['b', 'a']")).toContain("ProvisionedThroughputExceededException");
  expect(await select("pk = 'b'")).toMatchObject({ Items: [{ pk: { S: "b" } }] });
});
