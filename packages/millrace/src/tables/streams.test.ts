import { beforeEach, expect, test } from "bun:test";
import { textOf, utf8 } from "../base/mod.ts";
import type { Item } from "../expressions/mod.ts";
import type { Records } from "../storage/mod.ts";
import type { Tables } from "./mod.ts";
import { caller, interrupted, must, openTables, startTables, told } from "./table-fixture.ts";

let opened: Awaited<ReturnType<typeof openTables>>;
let tables: Tables;
let call: ReturnType<typeof caller>;

const TableName = "told";
const key = (name: string): Item => ({ pk: { S: name } });

beforeEach(async () => {
  opened = await openTables();
  ({ tables } = opened);
  call = caller(tables);
  await call("CreateTable", {
    TableName,
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  });
});

interface Shown {
  readonly eventName: string;
  readonly userIdentity?: object;
  readonly dynamodb: { Keys: Item; NewImage?: Item; OldImage?: Item; SequenceNumber: string };
}

const ask = (name: Parameters<Tables["callStreams"]>[0], request: object, of = tables) =>
  told(of.callStreams(name, request)) as Promise<Record<string, never>>;

async function place(more: object = { ShardIteratorType: "TRIM_HORIZON" }, of = tables) {
  const { Streams } = await ask("ListStreams", { TableName }, of);
  const { StreamArn } = (Streams as unknown as { StreamArn: string }[]).at(-1)!;
  const { StreamDescription } = await ask("DescribeStream", { StreamArn }, of);
  const { ShardId } = (StreamDescription as unknown as { Shards: { ShardId: string }[] })
    .Shards[0]!;
  const answer = await ask("GetShardIterator", { StreamArn, ShardId, ...more }, of);
  return typeof answer === "string" ? answer : String(answer.ShardIterator);
}

async function read(ShardIterator: string, of = tables) {
  const answer = await ask("GetRecords", { ShardIterator }, of);
  return answer as unknown as { Records: Shown[]; NextShardIterator?: string };
}

const put = (name: string, more = {}) =>
  must(tables.putItem({ TableName, Item: { ...key(name), ...more } }));

test("a stream tells what became of each item, in order, and nothing of what changed nothing", async () => {
  await put("a", { n: { N: "1" } });
  await put("a", { n: { N: "1" } });
  await put("a", { n: { N: "2" } });
  await call("DeleteItem", { TableName, Key: key("nobody") });
  await call("DeleteItem", { TableName, Key: key("a") });
  const { Records, NextShardIterator } = await read(await place());
  const one = { ...key("a"), n: { N: "1" } };
  const two = { ...key("a"), n: { N: "2" } };
  expect(
    Records.map(({ eventName, dynamodb }) => [eventName, dynamodb.OldImage, dynamodb.NewImage]),
  ).toEqual([
    ["INSERT", undefined, one],
    ["MODIFY", one, two],
    ["REMOVE", two, undefined],
  ]);
  expect((await read(NextShardIterator!)).Records).toEqual([]);
  await put("b");
  expect((await read(NextShardIterator!)).Records.map(({ dynamodb }) => dynamodb.Keys)).toEqual([
    key("b"),
  ]);
});

test("concurrent writes, batches and transactions leave no gap and no number twice", async () => {
  await Promise.all([
    ...Array.from({ length: 20 }, (_, at) => put(`k${at}`)),
    call("TransactWriteItems", {
      TransactItems: ["x", "y"].map((name) => ({ Put: { TableName, Item: key(name) } })),
    }),
    call("BatchWriteItem", {
      RequestItems: { [TableName]: [{ PutRequest: { Item: key("z") } }] },
    }),
  ]);
  const { Records } = await read(await place());
  const numbers = Records.map(({ dynamodb }) => BigInt(dynamodb.SequenceNumber));
  expect(numbers).toHaveLength(23);
  expect(numbers.every((number, at) => number === numbers[0]! + BigInt(at))).toBe(true);
});

test("reading begins where it was asked to", async () => {
  await put("a");
  const latest = await place({ ShardIteratorType: "LATEST" });
  await put("b");
  const { Records } = await read(await place());
  const SequenceNumber = Records[0]!.dynamodb.SequenceNumber;
  const from = async (ShardIteratorType: string) =>
    (await read(await place({ ShardIteratorType, SequenceNumber }))).Records.length;
  expect((await read(latest)).Records).toHaveLength(1);
  expect(await from("AT_SEQUENCE_NUMBER")).toBe(2);
  expect(await from("AFTER_SEQUENCE_NUMBER")).toBe(1);
});

test("an item that expires is told as removed by the service", async () => {
  const TimeToLiveSpecification = { Enabled: true, AttributeName: "until" };
  await call("UpdateTimeToLive", { TableName, TimeToLiveSpecification });
  await tables.settled();
  await put("a", { until: { N: String(opened.clock.now() / 1000 + 1) } });
  opened.clock.advance(2000);
  expect(await tables.sweep()).toBe(1);
  const { Records } = await read(await place());
  expect(Records.map(({ eventName, userIdentity }) => [eventName, userIdentity])).toEqual([
    ["INSERT", undefined],
    ["REMOVE", { PrincipalId: "dynamodb.amazonaws.com", Type: "Service" }],
  ]);
});

test("behind records that are too old no more are read at a time than at first", async () => {
  for (let at = 0; at < 40; at += 1) await put(`k${at}`);
  const counts: number[] = [];
  const watched = interrupted(opened.records, async ({ space, countMax }) => {
    if (space.includes("/stream")) counts.push(countMax!);
  });
  opened.clock.advance(24 * 60 * 60 * 1000 + 1);
  const later = await startTables(watched, opened.clock);
  counts.length = 0;
  await read(await place(undefined, later), later);
  expect(counts).toEqual([16, 16, 16]);
});

test("records go after a day, iterators after a quarter of an hour", async () => {
  await put("a");
  const iterator = await place();
  opened.clock.advance(15 * 60 * 1000 + 1);
  expect((await ask("GetRecords", { ShardIterator: iterator })) as unknown).toBe(
    "ExpiredIteratorException: Iterator expired",
  );
  const SequenceNumber = (await read(await place())).Records[0]!.dynamodb.SequenceNumber;
  opened.clock.advance(24 * 60 * 60 * 1000);
  await put("b");
  await tables.sweep();
  expect((await read(await place())).Records.map(({ dynamodb }) => dynamodb.Keys)).toEqual([
    key("b"),
  ]);
  expect(await place({ ShardIteratorType: "AT_SEQUENCE_NUMBER", SequenceNumber })).toBe(
    "TrimmedDataAccessException: The data you are trying to access has been trimmed",
  );
});

test("a stream that was ended is read to its end, and goes when its last record does", async () => {
  await put("a");
  const off = { StreamSpecification: { StreamEnabled: false } };
  await call("UpdateTable", { TableName, ...off });
  await put("b");
  const { Records, NextShardIterator } = await read(await place());
  expect(Records).toHaveLength(1);
  expect(NextShardIterator).toBeUndefined();
  expect(await call("UpdateTable", { TableName, ...off })).toBe(
    `ValidationException: Table has no stream to disable: TableName: ${TableName}`,
  );
  const { Streams } = await ask("ListStreams", { TableName });
  const [{ StreamArn }] = Streams as unknown as [{ StreamArn: string }];
  opened.clock.advance(24 * 60 * 60 * 1000 - 1);
  await tables.sweep();
  expect(await ask("DescribeStream", { StreamArn })).toMatchObject({
    StreamDescription: { StreamStatus: "DISABLED" },
  });
  opened.clock.advance(1);
  const listed = { Streams: [] };
  expect((await ask("ListStreams", { TableName })) as unknown).toEqual(listed);
  expect((await ask("DescribeStream", { StreamArn })) as unknown).toBe(
    `ResourceNotFoundException: Requested resource not found: Stream: ${StreamArn} not found`,
  );
  await tables.sweep();
  await tables.settled();
  const bytes = await opened.records.get({ space: "tables", key: utf8(TableName) });
  expect(JSON.parse(textOf(bytes!))).toMatchObject({ streams: [] });
  expect(await opened.records.range({ space: "tables-dropped", countMax: 1 })).toEqual([]);
});

test("a write under way when its stream ends is in it, and the end is told behind it", async () => {
  const held = Promise.withResolvers<void>();
  let isHeld = false;
  const other = await startTables({
    ...opened.records,
    get: (address) => opened.records.get(address),
    range: (range) => opened.records.range(range),
    async update(reads, decide) {
      if (isHeld) await held.promise;
      return opened.records.update(reads, decide);
    },
  });
  const iterator = await place(undefined, other);
  isHeld = true;
  const write = must(other.putItem({ TableName, Item: key("a") }));
  isHeld = false;
  await must(
    other.call("UpdateTable", { TableName, StreamSpecification: { StreamEnabled: false } }),
  );
  const page = read(iterator, other);
  const { Streams } = await ask("ListStreams", { TableName }, other);
  const { StreamArn } = (Streams as unknown as { StreamArn: string }[])[0]!;
  const described = ask("DescribeStream", { StreamArn }, other);
  held.resolve();
  await write;
  const { Records, NextShardIterator } = await page;
  expect(Records.map(({ dynamodb }) => dynamodb.Keys)).toEqual([key("a")]);
  expect(NextShardIterator).toBeUndefined();
  expect(await described).toMatchObject({
    StreamDescription: {
      Shards: [
        { SequenceNumberRange: { EndingSequenceNumber: Records[0]!.dynamodb.SequenceNumber } },
      ],
    },
  });
});

test("a table that goes while its old streams are given up does not stop the sweep", async () => {
  await put("a");
  await call("UpdateTable", { TableName, StreamSpecification: { StreamEnabled: false } });
  opened.clock.advance(24 * 60 * 60 * 1000);
  let isDue = false;
  const records: Records = {
    ...interrupted(opened.records, async () => {}),
    async update(reads, decide) {
      if (isDue && reads[0]?.space === "tables") {
        isDue = false;
        await must(later.call("DeleteTable", { TableName }));
      }
      return opened.records.update(reads, decide);
    },
  };
  const later = await startTables(records, opened.clock);
  isDue = true;
  expect(await later.sweep()).toBe(0);
  expect(isDue).toBe(false);
  await later.settled();
  expect(await opened.records.range({ space: "tables-dropped", countMax: 1 })).toEqual([]);
});

test("large records are read as far as the answer has room, and no further", async () => {
  const text = { S: "x".repeat(200_000) };
  for (let at = 0; at < 60; at += 1) await put(`k${at}`, { text });
  let readBytes = 0;
  const records: Records = {
    ...interrupted(opened.records, async () => {}),
    async range(range) {
      const entries = await opened.records.range(range);
      readBytes += entries.reduce((sum, { value }) => sum + value.length, 0);
      return entries;
    },
  };
  const later = await startTables(records, opened.clock);
  let iterator: string | undefined = await place(undefined, later);
  const counts: number[] = [];
  const names: unknown[] = [];
  while (names.length < 60) {
    readBytes = 0;
    const { Records, NextShardIterator } = await read(iterator!, later);
    expect(readBytes).toBeLessThan(4 * 1024 * 1024);
    counts.push(Records.length);
    names.push(...Records.map(({ dynamodb }) => dynamodb.Keys.pk));
    iterator = NextShardIterator;
  }
  expect(counts).toEqual(Array.from({ length: 12 }, () => 5));
  expect(names).toEqual(Array.from({ length: 60 }, (_, at) => ({ S: `k${at}` })));
});

test("who waits for changes is told once they can be read, and of nothing else", async () => {
  const seen: unknown[] = [];
  const later = await startTables(opened.records, opened.clock, {
    onStreamed: (name) => void seen.push(name),
  });
  const iterator = await place(undefined, later);
  const write = must(later.putItem({ TableName, Item: key("a") }));
  expect(seen).toEqual([]);
  await write;
  expect(seen).toEqual([TableName]);
  expect((await read(iterator, later)).Records).toHaveLength(1);
  await caller(later)("CreateTable", {
    TableName: "quiet",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  });
  await must(later.putItem({ TableName: "quiet", Item: key("a") }));
  const condition = { TableName, Item: key("a"), ConditionExpression: "attribute_not_exists(pk)" };
  await told(later.putItem(condition));
  expect(seen).toEqual([TableName]);
  const off = { TableName, StreamSpecification: { StreamEnabled: false } };
  await must(later.call("UpdateTable", off));
  expect(seen).toEqual([TableName, TableName]);
});

test("a stream goes on after a start", async () => {
  await put("a");
  const iterator = await place();
  const later = await startTables(opened.records, opened.clock);
  await must(later.putItem({ TableName, Item: key("b") }));
  expect((await read(iterator, later)).Records).toHaveLength(2);
});

test.each([
  ["GetRecords", { ShardIterator: "nonsense" }, "ValidationException: Invalid ShardIterator"],
  ["GetRecords", { ShardIterator: "arn|1|bm8" }, "ValidationException: Invalid ShardIterator"],
  ["GetRecords", { ShardIterator: "arn|1|bnVsbA" }, "ValidationException: Invalid ShardIterator"],
  ["GetRecords", { ShardIterator: "arn|1|e30" }, "ValidationException: Invalid ShardIterator"],
  [
    "DescribeStream",
    { StreamArn: `arn:aws:dynamodb:eu-central-1:000000000000:table/none/stream/x` },
    "ResourceNotFoundException: Requested resource not found: Stream: arn:aws:dynamodb:eu-central-1:000000000000:table/none/stream/x not found",
  ],
] as const)("%s of %j is refused", async (operation, request, message) => {
  expect((await ask(operation, request)) as unknown).toBe(message);
});

test("the one shard of a stream has no children", async () => {
  const { Streams } = await ask("ListStreams", { TableName });
  const { StreamArn } = (Streams as unknown as { StreamArn: string }[])[0]!;
  const { StreamDescription } = await ask("DescribeStream", { StreamArn });
  const [shard] = (StreamDescription as unknown as { Shards: { ShardId: string }[] }).Shards;
  const ShardFilter = { Type: "CHILD_SHARDS", ShardId: shard!.ShardId };
  expect(await ask("DescribeStream", { StreamArn, ShardFilter })).toMatchObject({
    StreamDescription: { StreamArn, Shards: [] },
  } as object);
  expect((await ask("DescribeStream", { StreamArn, ShardFilter: { Type: "X" } })) as unknown).toBe(
    "ValidationException: 1 validation error detected: Value 'X' at 'shardFilter.type' failed to " +
      "satisfy constraint: Member must satisfy enum value set: [CHILD_SHARDS]",
  );
});

test("a shard that there is not is told", async () => {
  const { Streams } = await ask("ListStreams", { TableName });
  const { StreamArn } = (Streams as unknown as { StreamArn: string }[])[0]!;
  const ShardId = "shardId-00000001414562045508-2bac9cd2";
  const request = { StreamArn, ShardId, ShardIteratorType: "LATEST" };
  expect((await ask("GetShardIterator", request)) as unknown).toBe(
    "ResourceNotFoundException: Requested resource not found: Shard does not exist",
  );
});
