import { expect, test } from "bun:test";
import { textOf, utf8 } from "../base/mod.ts";
import { entriesOf } from "./entries.ts";
import { openMemoryRecords } from "./memory/records.ts";
import type { Records } from "./records.ts";

const space = "s";

async function filled(count: number): Promise<Records> {
  const records = openMemoryRecords();
  const changes = Array.from({ length: count }, (_, index) => {
    return { space, key: utf8(`${index}`.padStart(5, "0")), value: utf8(`value ${index}`) };
  });
  await records.update([], () => ({ changes, result: undefined }));
  return records;
}

async function keysOf(records: Records, span: { from?: string; to?: string } = {}) {
  const keys: string[] = [];
  const from = span.from === undefined ? {} : { from: utf8(span.from) };
  const to = span.to === undefined ? {} : { to: utf8(span.to) };
  for await (const { key } of entriesOf(records, { space, ...from, ...to })) keys.push(textOf(key));
  return keys;
}

for (const count of [0, 1, 999, 1_000, 1_001, 2_000, 2_500]) {
  test(`${count} entries come, each once and in order`, async () => {
    const keys = await keysOf(await filled(count));
    expect(keys).toEqual(Array.from({ length: count }, (_, index) => `${index}`.padStart(5, "0")));
  });
}

test("a part begins with its first key and ends before its last", async () => {
  const records = await filled(2_500);
  const keys = await keysOf(records, { from: "00300", to: "02400" });
  expect([keys[0], keys.at(-1), keys.length]).toEqual(["00300", "02399", 2_100]);
  expect(await keysOf(records, { from: "02500" })).toEqual([]);
});

test("a key that continues the last one of a page is not passed over", async () => {
  const records = await filled(1_500);
  const change = { space, key: utf8("00999\0"), value: utf8("") };
  await records.update([], () => ({ changes: [change], result: undefined }));
  expect((await keysOf(records)).slice(999, 1_002)).toEqual(["00999", "00999\0", "01000"]);
});
