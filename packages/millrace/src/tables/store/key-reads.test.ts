import { expect, test } from "bun:test";
import { ManualClock, silentLogger, systemRandom, utf8 } from "../../base/mod.ts";
import { openMemoryRecords, type Range, type Records } from "../../storage/mod.ts";
import { createTables } from "../mod.ts";
import { account, must } from "../table-fixture.ts";
import { clearSpace } from "./building.ts";

/** Records that count the bytes of values that ranges give. */
function countingRecords() {
  const records = openMemoryRecords();
  let readBytes = 0;
  const range = async (asked: Range) => {
    const entries = await records.range(asked);
    readBytes += entries.reduce((sum, { value }) => sum + value.length, 0);
    return entries;
  };
  const counting: Records = {
    get: (address) => records.get(address),
    update: (reads, decide) => records.update(reads, decide),
    close: () => records.close(),
    range,
  };
  return { records: counting, readBytes: () => readBytes };
}

const large = "x".repeat(100_000);

test("a space is cleared without reading what is in it", async () => {
  const { records, readBytes } = countingRecords();
  const changes = [1, 2, 3].map((number) => ({
    space: "old",
    key: Uint8Array.of(number),
    value: utf8(large),
  }));
  await records.update([], () => ({ changes, result: undefined }));
  expect(await clearSpace(records, "old", () => false)).toBe(true);
  expect(readBytes()).toBe(0);
  expect(await records.range({ space: "old", countMax: 9 })).toEqual([]);
});

async function openLarge() {
  const { records, readBytes } = countingRecords();
  const clock = new ManualClock();
  const ports = { records, clock, random: systemRandom, logger: silentLogger, account };
  const tables = createTables(ports);
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: "S" });
  const hash = (AttributeName: string) => [{ AttributeName, KeyType: "HASH" }];
  const index = { IndexName: "by-room", KeySchema: hash("room") };
  await must(
    tables.call("CreateTable", {
      TableName: "large",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [attribute("pk"), attribute("room")],
      KeySchema: hash("pk"),
      GlobalSecondaryIndexes: [{ ...index, Projection: { ProjectionType: "ALL" } }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
    }),
  );
  await tables.settled();
  for (const pk of ["a", "b"]) {
    const Item = { pk: { S: pk }, room: { S: "r" }, text: { S: large } };
    await must(tables.call("PutItem", { TableName: "large", Item }));
  }
  return { tables, clock, readBytes };
}

test("a table is measured by the beginnings of its items and entries", async () => {
  const { tables, clock, readBytes } = await openLarge();
  clock.advance(7 * 3_600_000); // the count of the new table is too old by then
  const before = readBytes();
  const described = await must(tables.call("DescribeTable", { TableName: "large" }));
  const { Table } = described as { Table: { TableSizeBytes: number; ItemCount: number } };
  const itemBytes = "pk".length + 1 + "room".length + 1 + "text".length + large.length;
  expect(Table).toMatchObject({
    TableSizeBytes: 2 * itemBytes,
    ItemCount: 2,
    GlobalSecondaryIndexes: [{ IndexSizeBytes: 2 * itemBytes, ItemCount: 2 }],
  });
  expect(readBytes() - before).toBeLessThan(10_000);
});

test("records of a stream are forgotten by their beginnings", async () => {
  const { tables, clock, readBytes } = await openLarge();
  clock.advance(25 * 3_600_000);
  const before = readBytes();
  await tables.sweep();
  expect(readBytes() - before).toBeLessThan(10_000);
});
