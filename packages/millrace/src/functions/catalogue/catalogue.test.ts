import { expect, test } from "bun:test";
import { openMemoryRecords } from "../../storage/mod.ts";
import { Catalogue } from "./catalogue.ts";

test("every entry is read at a start, however many there are", async () => {
  const records = openMemoryRecords();
  const first = new Catalogue(records);
  const count = 10_001;
  for (let at = 0; at < count; at += 1) await first.change(`f${at}`, (entry) => ({ entry }));
  const second = new Catalogue(records);
  await second.load();
  expect(second.entries).toHaveLength(count);
});
