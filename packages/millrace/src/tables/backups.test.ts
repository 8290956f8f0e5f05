import { beforeEach, expect, test } from "bun:test";
import type { Tables } from "./mod.ts";
import { caller, must, openTables, startTables } from "./table-fixture.ts";

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
  expect(restored).toMatchObject({ TableDescription: { TableName: "again", ItemCount: 0 } });
  await tables.settled();
  const all = await must(tables.call("Scan", { TableName: "again", Select: "COUNT" }));
  const index = { TableName: "again", IndexName: "byKind", Select: "COUNT" };
  expect([all.Count, (await must(tables.call("Scan", index))).Count]).toEqual([300, 300]);
  const later = await startTables(opened.records, opened.clock);
  expect((await must(later.call("Scan", index))).Count).toBe(300);
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
  const later = await startTables(opened.records, opened.clock);
  await later.settled();
  const left = await opened.records.range({ space: "tables-unfinished", countMax: 10 });
  expect(left).toEqual([]);
});

test("a table that is not there is not backed up", async () => {
  expect(await call("CreateBackup", { TableName: "none", BackupName: "first" })).toBe(
    "TableNotFoundException: Table not found: none",
  );
});
