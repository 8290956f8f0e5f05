import { expect, test } from "bun:test";
import { ManualClock, silentLogger, systemRandom, utf8, WorldError } from "../../base/mod.ts";
import { openMemoryRecords } from "../../storage/mod.ts";
import { createRemoteTables, createTables } from "../../tables/mod.ts";
import type { StreamPorts } from "../../triggers/mod.ts";
import { createStreamSource } from "./stream-source.ts";

const day = 24 * 60 * 60 * 1000;
const TableName = "told";

async function open() {
  const clock = new ManualClock();
  const tables = createTables({
    clock,
    records: openMemoryRecords(),
    random: systemRandom,
    logger: silentLogger,
    account: { region: "eu-central-1", accountId: "000000000000" },
  });
  await tables.start();
  await tables.define({
    name: TableName,
    partitionKey: { name: "pk", type: "S" },
    ttlAttribute: "until",
    streamView: "NEW_AND_OLD_IMAGES",
  });
  const source = createStreamSource(tables);
  const arn = (await source.currentOf(TableName))!;
  const [shard] = (await source.describe(arn))!.shards;
  const put = (pk: string, more = {}) =>
    tables.putItem({ TableName, Item: { pk: { S: pk }, ...more } });
  const openAt = (place: Parameters<StreamPorts["open"]>[2]) => source.open(arn, shard!.id, place);
  const read = async (place: Parameters<StreamPorts["open"]>[2]) => {
    const opened = await openAt(place);
    if (opened.kind !== "open") throw new Error(opened.kind);
    const outcome = await source.read(arn, opened.iterator, 1000);
    if (outcome.kind !== "read") throw new Error(outcome.kind);
    return outcome.records;
  };
  return { clock, tables, source, arn, put, openAt, read };
}

test("a record is as functions get it, with the service that removed an item in lower case", async () => {
  const { clock, tables, arn, put, read } = await open();
  await put("a", { until: { N: String(clock.now() / 1000 + 1) } });
  clock.advance(2000);
  await tables.sweep();
  const records = await read("oldest");
  const shown = records.map(({ json }) => JSON.parse(json));
  expect(shown.map(({ eventName, userIdentity }) => [eventName, userIdentity])).toEqual([
    ["INSERT", undefined],
    ["REMOVE", { principalId: "dynamodb.amazonaws.com", type: "Service" }],
  ]);
  expect(shown[0].eventSourceARN).toBe(arn);
  expect(records[0]!.itemKey).toBe(records[1]!.itemKey);
  expect(records[0]!.createdMs).toBe(clock.now() - 2000);
  expect(records[0]!.bytes).toBe(Buffer.byteLength(records[0]!.json));
});

test("behind a record that is forgotten reading goes on where nothing is missing", async () => {
  const { clock, tables, put, openAt, read } = await open();
  await put("a");
  await put("b");
  const [first, second] = await read("oldest");
  clock.advance(day + 1);
  await put("c");
  await tables.sweep();
  expect(await openAt({ after: first!.sequence })).toEqual({ kind: "trimmed" });
  const rest = await read({ after: second!.sequence });
  expect(rest.map(({ itemKey }) => itemKey)).toEqual(['[["pk",{"S":"c"}]]']);
});

test("an iterator that is too old, and what is not there, are told", async () => {
  const { clock, source, arn, openAt } = await open();
  const opened = await openAt("oldest");
  clock.advance(16 * 60 * 1000);
  const iterator = opened.kind === "open" ? opened.iterator : "";
  expect(await source.read(arn, iterator, 10)).toEqual({ kind: "expired" });
  const other = arn.replace(TableName, "other");
  expect(await source.describe(other)).toBeUndefined();
  expect(await source.open(other, "shardId-00000000000000000000-00000001", "oldest")).toEqual({
    kind: "gone",
  });
  expect(await source.currentOf("other")).toBeUndefined();
});

test("a stream elsewhere is read page by page, and what may pass is the world's", async () => {
  const asked: unknown[] = [];
  const shard = (name: string, more = {}) => ({
    ShardId: name,
    SequenceNumberRange: { StartingSequenceNumber: "1", ...more },
  });
  const source = createStreamSource({
    isRemote: true,
    call: async () => ({ ok: true, value: { Table: {} } as never }),
    async callStreams(operation, request) {
      asked.push(request);
      if (operation === "GetRecords") {
        const message = "Rate exceeded";
        return { ok: false, error: { code: "LimitExceededException", message } };
      }
      const isFirst = asked.length === 1;
      return {
        ok: true,
        value: {
          StreamDescription: {
            StreamStatus: "ENABLED",
            Shards: isFirst
              ? [shard("one", { EndingSequenceNumber: "5" })]
              : [{ ...shard("two"), ParentShardId: "one" }],
            ...(isFirst && { LastEvaluatedShardId: "one" }),
          },
        },
      };
    },
  });
  expect(source.tellsOfChanges).toBe(false);
  expect(await source.describe("arn")).toEqual({
    isOver: false,
    shards: [
      { id: "one", parentId: undefined, isOpen: false },
      { id: "two", parentId: "one", isOpen: true },
    ],
  });
  expect(asked).toEqual([{ StreamArn: "arn" }, { StreamArn: "arn", ExclusiveStartShardId: "one" }]);
  const thrown = await source.read("arn", "iterator", 1).catch((error) => error);
  expect(thrown).toBeInstanceOf(WorldError);
  expect(thrown.message).toBe("GetRecords: LimitExceededException: Rate exceeded");
});

test.each([
  "<html>",
  "null",
  "{}",
  '{"StreamDescription":null,"Records":{},"ShardIterator":1,"Table":null}',
  '{"StreamDescription":{"Shards":[null]},"Records":[{}],"ShardIterator":null}',
])("the answer %s of an endpoint that is no DynamoDB is the world's", async (body) => {
  const remote = {
    endpoint: "https://elsewhere.example",
    region: "eu-central-1",
    credentials: () => ({ accessKeyId: "a", secretAccessKey: "b" }),
  };
  const ports = { clock: new ManualClock(), random: systemRandom, logger: silentLogger };
  const source = createStreamSource(
    createRemoteTables({
      ...ports,
      remote,
      records: openMemoryRecords(),
      send: async () => ({ status: 200, body: utf8(body) }),
    }),
  );
  const asked = [
    source.currentOf(TableName),
    source.describe("arn"),
    source.open("arn", "shard", "oldest"),
    source.read("arn", "iterator", 10),
  ];
  for (const { reason } of (await Promise.allSettled(asked)) as PromiseRejectedResult[]) {
    expect(reason).toBeInstanceOf(WorldError);
  }
});
