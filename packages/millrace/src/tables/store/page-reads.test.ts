import { expect, test } from "bun:test";
import { openMemoryRecords, type Range, type Records } from "../../storage/mod.ts";
import { must, startTables } from "../table-fixture.ts";

/** A table whose ranges are counted, with the bytes of the values that they give. */
async function openCounted() {
  const records = openMemoryRecords();
  const seen = { ranges: 0, bytes: 0 };
  const counting: Records = {
    get: (address) => records.get(address),
    update: (reads, decide) => records.update(reads, decide),
    close: () => records.close(),
    async range(asked: Range) {
      const entries = await records.range(asked);
      seen.ranges += 1;
      seen.bytes += entries.reduce((sum, { value }) => sum + value.length, 0);
      return entries;
    },
  };
  const tables = await startTables(counting);
  const partitionKey = { name: "pk", type: "S" } as const;
  const sortKey = { name: "sk", type: "N" } as const;
  await tables.define({ name: "table", partitionKey, sortKey });
  const fill = async (pk: string, count: number, text: string) => {
    for (let at = 0; at < count; at += 1) {
      const Item = { pk: { S: pk }, sk: { N: String(at) }, text: { S: text } };
      await must(tables.call("PutItem", { TableName: "table", Item }));
    }
  };
  const query = async (pk: string) => {
    Object.assign(seen, { ranges: 0, bytes: 0 });
    const answered = await must(
      tables.call("Query", {
        TableName: "table",
        KeyConditionExpression: "pk = :p",
        ExpressionAttributeValues: { ":p": { S: pk } },
      }),
    );
    return { count: answered.Count, ...seen };
  };
  return { fill, query };
}

test("a page of small items is read at once, when a page was read before", async () => {
  const { fill, query } = await openCounted();
  await fill("small", 50, "x");
  expect(await query("small")).toMatchObject({ count: 50, ranges: 2 });
  expect(await query("small")).toMatchObject({ count: 50, ranges: 1 });
});

test("of large items not many more are read than the page has", async () => {
  const { fill, query } = await openCounted();
  await fill("small", 50, "x");
  await fill("large", 40, "x".repeat(100_000));
  await query("small");
  expect((await query("large")).count).toBe(11);
  const { count, ranges, bytes } = await query("large");
  expect([count, ranges]).toEqual([11, 1]);
  expect(bytes).toBeLessThan(1_300_000);
});
