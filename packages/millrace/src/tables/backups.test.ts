import { beforeEach, expect, test } from "bun:test";
import { textOf, utf8 } from "../base/mod.ts";
import type { Records } from "../storage/mod.ts";
import type { Tables } from "./mod.ts";
import type { TableState } from "./store/table.ts";
import { caller, interrupted, must, openTables, startTables } from "./table-fixture.ts";

let opened: Awaited<ReturnType<typeof openTables>>;
let tables: Tables;
let call: ReturnType<typeof caller>;

const S = (text: string) => ({ S: text });
const definition = {
  name: "kept",
  partitionKey: { name: "pk", type: "S" },
  indexes: [
    {
      name: "byKind",
      scope: "global",
      partitionKey: { name: "kind", type: "S" },
      projection: { type: "ALL" },
    },
  ],
} as const;

beforeEach(async () => {
  opened = await openTables();
  ({ tables } = opened);
  call = caller(tables);
  await must(tables.define(definition));
  for (let at = 0; at < 300; at += 1) {
    const Item = { pk: S(`k${at}`), kind: S(at % 2 ? "odd" : "even") };
    await must(tables.putItem({ TableName: "kept", Item }));
  }
});

async function backUp(BackupName = "first"): Promise<string> {
  const answer = await must(tables.call("CreateBackup", { TableName: "kept", BackupName }));
  return (answer as { BackupDetails: { BackupArn: string } }).BackupDetails.BackupArn;
}

test("a table is restored as it was when it was backed up, with its indexes", async () => {
  const BackupArn = await backUp();
  await call("DeleteItem", { TableName: "kept", Key: { pk: S("k0") } });
  const restored = await call("RestoreTableFromBackup", { TargetTableName: "again", BackupArn });
  const summary = (RestoreInProgress: boolean) => ({
    SourceBackupArn: BackupArn,
    SourceTableArn: "arn:aws:dynamodb:eu-central-1:000000000000:table/kept",
    RestoreDateTime: opened.clock.now() / 1000,
    RestoreInProgress,
  });
  expect(restored).toMatchObject({
    TableDescription: { TableName: "again", ItemCount: 0, RestoreSummary: summary(true) },
  });
  await tables.settled();
  const all = await must(tables.call("Scan", { TableName: "again", Select: "COUNT" }));
  const index = { TableName: "again", IndexName: "byKind", Select: "COUNT" };
  expect([all.Count, (await must(tables.call("Scan", index))).Count]).toEqual([300, 300]);
  const later = await startTables(opened.records, opened.clock);
  expect((await must(later.call("Scan", index))).Count).toBe(300);
  expect(await caller(later)("DescribeTable", { TableName: "again" })).toMatchObject({
    Table: { RestoreSummary: summary(false) },
  });
  expect(await call("RestoreTableFromBackup", { TargetTableName: "again", BackupArn })).toBe(
    "TableAlreadyExistsException: Table already exists: again",
  );
});

test("backups are described, listed in pages, and deleted", async () => {
  const first = await backUp();
  opened.clock.advance(1000);
  const second = await backUp("second");
  expect(await call("DescribeBackup", { BackupArn: first })).toMatchObject({
    BackupDescription: {
      BackupDetails: { BackupName: "first", BackupStatus: "AVAILABLE", BackupType: "USER" },
      SourceTableDetails: { TableName: "kept", ItemCount: 300, BillingMode: "PAY_PER_REQUEST" },
      SourceTableFeatureDetails: { GlobalSecondaryIndexes: [{ IndexName: "byKind" }] },
    },
  });
  const arns = async (more: object) => {
    const answer = await must(tables.call("ListBackups", more));
    const { BackupSummaries } = answer as { BackupSummaries: { BackupArn: string }[] };
    return BackupSummaries.map(({ BackupArn }) => BackupArn);
  };
  expect(await arns({ TableName: "kept" })).toEqual([first, second]);
  expect(await arns({ Limit: 1 })).toEqual([first]);
  expect(await arns({ ExclusiveStartBackupArn: first })).toEqual([second]);
  expect(await arns({ TimeRangeUpperBound: opened.clock.now() / 1000 })).toEqual([first]);
  await call("DeleteBackup", { BackupArn: first });
  expect(await arns({})).toEqual([second]);
  expect(await call("DescribeBackup", { BackupArn: first })).toBe(
    `BackupNotFoundException: Backup not found: ${first}`,
  );
  await tables.settled();
  expect(await itemCount(first)).toBe(0);
  expect(await itemCount(second)).toBe(300);
  expect(await left()).toEqual([]);
});

test("an ARN that no backup can have, however long, is one of none", async () => {
  await backUp();
  const BackupArn = `arn:aws:dynamodb:eu-central-1:0:table/kept/backup/${"\u20ac".repeat(900)}`;
  for (const name of ["DescribeBackup", "DeleteBackup"] as const) {
    expect(await call(name, { BackupArn })).toStartWith("BackupNotFoundException");
  }
});

/** Of a backup, in the store. */
async function itemCount(arn: string): Promise<number> {
  const space = `backup/${arn.slice(arn.lastIndexOf("/") + 1)}/items`;
  return (await opened.records.range({ space, countMax: 1000 })).length;
}

/** Notes of what is still to be cleared. */
const left = () => opened.records.range({ space: "tables-unfinished", countMax: 10 });

/** Tables over the same store, in which something happens before each range of a space is read. */
async function interruptedTables(isMeant: (space: string) => boolean, work: () => Promise<void>) {
  let done = false;
  const records = interrupted(opened.records, async ({ space, from }) => {
    if (done || !from || !isMeant(space)) return; // in the midst of a copy
    done = true;
    await work();
  });
  const later = await startTables(records, opened.clock);
  await must(later.define(definition));
  return later;
}

test("a table that goes while it is backed up leaves no backup and nothing behind", async () => {
  const later = await interruptedTables(
    (space) => space.endsWith("/items"),
    async () => {
      await must(later.call("DeleteTable", { TableName: "kept" }));
    },
  );
  const made = await caller(later)("CreateBackup", { TableName: "kept", BackupName: "first" });
  expect(made).toBe("TableNotFoundException: Table not found: kept");
  expect(await caller(later)("ListBackups", {})).toEqual({ BackupSummaries: [] });
  await later.settled();
  expect(await left()).toEqual([]);
});

test("a backup that goes while it is restored leaves no table and nothing behind", async () => {
  const BackupArn = await backUp();
  const filled = new Set<string>();
  const later = await interruptedTables(
    (space) => space.startsWith("backup/"),
    async () => {
      for (const { key } of await left()) filled.add(new TextDecoder().decode(key));
      await must(later.call("DeleteBackup", { BackupArn }));
    },
  );
  const restored = { TargetTableName: "again", BackupArn };
  expect(await caller(later)("RestoreTableFromBackup", restored)).toBe(
    `BackupNotFoundException: Backup not found: ${BackupArn}`,
  );
  await later.settled();
  expect(await left()).toEqual([]);
  expect(filled.size).toBe(1);
  for (const space of filled) {
    expect(await opened.records.range({ space, countMax: 1 })).toEqual([]);
  }
  expect(await caller(later)("DescribeTable", { TableName: "again" })).toStartWith(
    "ResourceNotFoundException",
  );
});

test("large items are copied and indexed in batches that memory can hold", async () => {
  const large = { ...definition, name: "large" };
  await must(tables.define(large));
  const text = S("x".repeat(350_000));
  for (let at = 0; at < 60; at += 1) {
    const Item = { pk: S(`k${at}`), kind: S("x"), text };
    await must(tables.putItem({ TableName: "large", Item }));
  }
  let largest = 0;
  const records: Records = {
    ...interrupted(opened.records, async () => {}),
    async range(range) {
      const entries = await opened.records.range(range);
      const bytes = entries.reduce((sum, { value }) => sum + value.length, 0);
      largest = Math.max(largest, bytes);
      return entries;
    },
  };
  const later = await startTables(records, opened.clock);
  await must(later.define(large));
  const answer = await must(later.call("CreateBackup", { TableName: "large", BackupName: "all" }));
  const { BackupArn } = (answer as { BackupDetails: { BackupArn: string } }).BackupDetails;
  await must(later.call("RestoreTableFromBackup", { TargetTableName: "again", BackupArn }));
  await later.settled();
  expect(largest).toBeGreaterThan(1_000_000);
  expect(largest).toBeLessThan(8_000_000);
  const [copy] = await opened.records.range({ space: "tables", from: utf8("again"), countMax: 1 });
  const { space, indexes } = JSON.parse(textOf(copy!.value)) as TableState;
  for (const one of [`${space}/items`, indexes.byKind!.space]) {
    expect(await opened.records.range({ space: one, countMax: 100 })).toHaveLength(60);
  }
});

test("a table that is not there is not backed up", async () => {
  expect(await call("CreateBackup", { TableName: "none", BackupName: "first" })).toBe(
    "TableNotFoundException: Table not found: none",
  );
});
