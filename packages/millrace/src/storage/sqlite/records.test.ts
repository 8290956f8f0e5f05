import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  type HistogramFigure,
  type NumberFigure,
  silentLogger,
  utf8,
  WorldError,
} from "../../base/mod.ts";
import type { Records } from "../records.ts";
import { recordsSuite } from "../records-suite.ts";
import { openSqliteRecords } from "./records.ts";

const root = mkdtempSync(join(tmpdir(), "millrace-records-"));
afterAll(() => rmSync(root, { recursive: true }));

const onStopped = (error: WorldError): void => {
  throw error;
};

let folderCount = 0;
const newPath = (): string => {
  folderCount += 1;
  return join(root, `${folderCount}`, "records.db");
};
const open = (path: string, fileBytesMax?: number): Promise<Records> =>
  openSqliteRecords({ path, logger: silentLogger, fileBytesMax, onStopped });

let latest = "";
const create = (fileBytesMax?: number): Promise<Records> => {
  latest = newPath();
  return open(latest, fileBytesMax);
};

recordsSuite("sqlite", {
  create: () => create(),
  reopen: () => open(latest),
  createSmall: () => create(500_000),
});

async function refusalOf(path: string): Promise<WorldError> {
  const refused = await open(path).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(WorldError);
  return refused as WorldError;
}

async function filledStore(): Promise<string> {
  const path = newPath();
  const records = await open(path);
  await records.update([], () => ({
    changes: Array.from({ length: 500 }, (_, index) => ({
      space: "s",
      key: utf8(`key ${index}`),
      value: utf8("value"),
    })),
    result: undefined,
  }));
  await records.close();
  return path;
}

test("a folder in use is refused by name, and free again after close", async () => {
  const path = newPath();
  const records = await open(path);
  const refused = await refusalOf(path);
  expect(refused.code).toBe("DATA_IN_USE");
  expect(refused.message).toContain(join(path, ".."));
  await records.close();
  await (await open(path)).close();
});

test("a schema of a newer version is refused by its number", async () => {
  const path = await filledStore();
  const database = new Database(path);
  database.run("PRAGMA user_version = 7");
  database.close();
  const refused = await refusalOf(path);
  expect(refused.code).toBe("DATA_TOO_NEW");
  expect(refused.message).toContain("version 7");
});

test("a file that is no database is refused by name, and stays as it is", async () => {
  const path = await filledStore();
  const garbage = "not a database ".repeat(1_000);
  writeFileSync(path, garbage);
  const refused = await refusalOf(path);
  expect(refused.code).toBe("DATA_CORRUPT");
  expect(refused.message).toContain(path);
  expect(await Bun.file(path).text()).toBe(garbage);
});

test("a file that was cut short is refused by name", async () => {
  const path = await filledStore();
  truncateSync(path, 8_192);
  const refused = await refusalOf(path);
  expect(refused.code).toBe("DATA_CORRUPT");
  expect(refused.message).toContain(path);
});

test("another program's database is refused", async () => {
  const path = await filledStore();
  const database = new Database(path);
  database.run("DROP TABLE records");
  database.run("CREATE TABLE theirs (a)");
  database.run("PRAGMA user_version = 0");
  database.close();
  expect((await refusalOf(path)).code).toBe("DATA_CORRUPT");
});

test("close leaves one file without a log beside it", async () => {
  const path = await filledStore();
  expect(await Bun.file(`${path}-wal`).exists()).toBe(false);
  expect(await Bun.file(path).exists()).toBe(true);
});

test("a new folder is its owner's alone; one that is there keeps its mode", async () => {
  const made = newPath();
  const known = newPath();
  mkdirSync(dirname(known), { mode: 0o750 });
  for (const path of [made, known]) await (await open(path)).close();
  expect(statSync(dirname(made)).mode & 0o777).toBe(0o700);
  expect(statSync(dirname(known)).mode & 0o777).toBe(0o750);
});

test("a folder that cannot be made is refused", async () => {
  const path = await filledStore();
  expect((await refusalOf(join(path, "below", "records.db"))).message).toContain(path);
});

test("each batch is counted once, with its changes, and so is one that fails", async () => {
  const records = await openSqliteRecords({
    path: newPath(),
    logger: silentLogger,
    fileBytesMax: 100_000,
    onStopped,
  });
  const put = (keys: string[], bytes = 1) => {
    const value = new Uint8Array(bytes);
    const changes = keys.map((key) => ({ space: "s", key: utf8(key), value }));
    return records.update([], () => ({ changes, result: undefined }));
  };
  const figure = (name: string) => records.figures().find((one) => one.name === name)!;
  const histogram = (name: string) => (figure(name) as HistogramFigure).histogram;
  const value = (name: string) => (figure(name) as NumberFigure).samples[0]?.value;

  await Promise.all([put(["a", "b"]), put(["b", "c"])]);
  await put(["d"]);
  expect(histogram("millrace_storage_commit_changes").count).toBe(2);
  expect(histogram("millrace_storage_commit_changes").sum).toBe(4); // a, b and c; then d
  expect(histogram("millrace_storage_sync_seconds").count).toBe(2);
  expect(histogram("millrace_storage_sync_seconds").sum).toBeGreaterThan(0);
  expect(value("millrace_storage_commits_failed_total")).toBe(0);
  const refused = await put(["e"], 200_000).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "DISK_FULL" });
  expect(value("millrace_storage_commits_failed_total")).toBe(1);
  expect(value("millrace_storage_updates_pending")).toBe(0);
  expect(histogram("millrace_storage_commit_changes").count).toBe(2);
  await records.close();
});

test("a store that is closed right after it was opened keeps what is there", async () => {
  const path = await filledStore();
  for (let round = 0; round < 20; round += 1) await (await open(path)).close();
  const records = await open(path);
  expect(await records.range({ space: "s", countMax: 1_000 })).toHaveLength(500);
  await records.close();
});
