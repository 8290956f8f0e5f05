/** What a parallel scan reads of the store for each of its requests. */

import { beforeEach, expect, test } from "bun:test";
import { crc32 } from "node:zlib";
import { utf8 } from "../base/mod.ts";
import type { Item } from "../expressions/mod.ts";
import type { Entry } from "../storage/mod.ts";
import type { Tables } from "./mod.ts";
import { interrupted, must, openTables, startTables } from "./table-fixture.ts";

let opened: Awaited<ReturnType<typeof openTables>>;
let tables: Tables;
let readCount: number;
let readBytes: number;

const megabyte = 1024 * 1024;
const definition = {
  name: "wide",
  partitionKey: { name: "pk", type: "S" },
  sortKey: { name: "sk", type: "N" },
} as const;

beforeEach(async () => {
  opened = await openTables();
  const count = (entries: Entry[]) => {
    readCount += entries.length;
    readBytes += entries.reduce((sum, { value }) => sum + value.length, 0);
    return entries;
  };
  const records = {
    ...interrupted(opened.records, async () => {}),
    range: async (range: Parameters<typeof opened.records.range>[0]) =>
      count(await opened.records.range(range)),
  };
  tables = await startTables(records, opened.clock);
  await must(tables.define(definition));
});

const put = (pk: string, sk: number, more: Item = {}) =>
  must(
    tables.putItem({ TableName: "wide", Item: { pk: { S: pk }, sk: { N: String(sk) }, ...more } }),
  );

const segmentOf = (pk: string, total: number) => crc32(utf8(pk)) % total;

async function scan(more: object) {
  [readCount, readBytes] = [0, 0];
  const page = await must(tables.call("Scan", { TableName: "wide", ...more }));
  return { keys: page.Items!.map((item) => (item.pk as { S: string }).S), ...page };
}

test("a large partition of another segment is passed over, not read", async () => {
  for (let sk = 0; sk < 2000; sk += 1) await put("large", sk);
  for (const pk of ["a", "b", "zzzzzzz"]) await put(pk, 0);
  const Segment = 1 - segmentOf("large", 2);
  const { keys } = await scan({ Segment, TotalSegments: 2 });
  const wanted = ["a", "b", "zzzzzzz"].filter((pk) => segmentOf(pk, 2) === Segment);
  expect(keys).toEqual(wanted);
  expect(readCount).toBeLessThan(200);
});

test("a request ends when it has read enough of other segments, and loses nothing", async () => {
  const text = { S: "x".repeat(100_000) };
  const names = Array.from({ length: 400 }, (_, at) => `k${String(at).padStart(3, "0")}`);
  for (const pk of names) await put(pk, 0, { text });
  for (const Segment of [0, 1].map((at) => segmentOf(names[at]!, 40))) {
    const found: string[] = [];
    let start: Item | undefined;
    do {
      const more = start && { ExclusiveStartKey: start };
      const page = await scan({ Segment, TotalSegments: 40, ...more });
      found.push(...page.keys);
      start = page.LastEvaluatedKey;
      expect(readBytes).toBeLessThan(24 * megabyte);
    } while (start);
    expect(found).toEqual(names.filter((pk) => segmentOf(pk, 40) === Segment));
    expect(found.length).toBeGreaterThan(1);
  }
});

test("a page of large items reads hardly more than it shows", async () => {
  const text = { S: "x".repeat(megabyte / 5) };
  for (let sk = 0; sk < 60; sk += 1) await put("large", sk, { text });
  expect((await scan({})).keys).toHaveLength(5);
  expect(readCount).toBe(16);
  expect((await scan({ Limit: 2 })).keys).toHaveLength(2);
  expect(readCount).toBe(2);
});

test("behind its first batch a page reads as much as it can still take", async () => {
  const text = { S: "x".repeat(megabyte / 50) };
  for (let sk = 0; sk < 120; sk += 1) await put("middling", sk, { text });
  const { keys } = await scan({});
  expect(keys.length).toBeGreaterThan(40);
  expect(readCount).toBeLessThanOrEqual(keys.length + 1);
});

test("an index with several partition keys is divided by all of them", async () => {
  const index = {
    name: "several",
    scope: "global",
    partitionKey: { name: "same", type: "S" },
    furtherKeys: { partition: [{ name: "pk", type: "S" }], sort: [] },
    projection: { type: "KEYS_ONLY" },
  } as const;
  await must(tables.define({ ...definition, indexes: [index] }));
  for (let at = 0; at < 60; at += 1) await put(`p${at}`, at, { same: { S: "x" } });
  const segments = [0, 1, 2].map((Segment) => {
    return scan({ IndexName: "several", Segment, TotalSegments: 3 });
  });
  const found = (await Promise.all(segments)).map(({ keys }) => keys);
  for (const keys of found) expect(keys.length).toBeGreaterThan(0);
  expect(new Set(found.flat()).size).toBe(60);
  expect(found.flat().length).toBe(60);
});
