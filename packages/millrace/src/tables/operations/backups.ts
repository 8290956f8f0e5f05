/**
 * CreateBackup, DescribeBackup, ListBackups, DeleteBackup and RestoreTableFromBackup.
 *
 * A backup is answered as CREATING when all of its items are copied, and is AVAILABLE with the next
 * request. What is restored has the keys and indexes of the table, not its stream, expiry or tags.
 */

import { newHexId } from "../../base/mod.ts";
import {
  type Backup,
  findBackup,
  listBackups as listAll,
  sourceOfBackup,
} from "../catalog/backups.ts";
import { type Account, describe, keySchema, tableArn, throughput } from "../catalog/describe.ts";
import { refuse } from "../errors.ts";
import { messages } from "../messages.ts";
import {
  createBackupShape,
  listBackupsShape,
  namedBackupShape,
  restoreTableShape,
} from "../request/backup-shapes.ts";
import { readRequest } from "../request/read.ts";
import type { Input } from "../request/shape.ts";
import type { Context, Operation } from "./operation.ts";
import { findTable } from "./recovery.ts";
import { restoredDefinition } from "./restored-table.ts";

const listMax = 100;

export const createBackup: Operation = async (context, request) => {
  const { catalog, clock, random, account } = context;
  const input = readRequest(createBackupShape, request);
  const table = findTable(context, input.TableName);
  const createdMs = clock.now();
  const id = `${String(createdMs).padStart(14, "0")}-${newHexId(random, 4)}`;
  const backup = await catalog.backUp(table, { id, name: input.BackupName, createdMs });
  return { BackupDetails: showDetails(backup, account, "CREATING") };
};

export const describeBackup: Operation = async (context, request) => {
  const { BackupArn } = readRequest(namedBackupShape, request);
  const backup = await find(context, BackupArn);
  return { BackupDescription: showBackup(backup, context.account, "AVAILABLE") };
};

export const deleteBackup: Operation = async (context, request) => {
  const { BackupArn } = readRequest(namedBackupShape, request);
  const backup = await find(context, BackupArn);
  await context.catalog.forget(backup);
  return { BackupDescription: showBackup(backup, context.account, "DELETED") };
};

export const listBackups: Operation = async ({ records, account, catalog }, request) => {
  const input = readRequest(listBackupsShape, request);
  const { ExclusiveStartBackupArn: start, Limit = listMax, TableName } = input;
  const all = await listAll(records);
  const name = TableName === undefined ? undefined : catalog.localName(TableName);
  const isOf = (one: Backup) => TableName === undefined || one.state.definition.name === name;
  const startAt = start === undefined ? -1 : all.findIndex((one) => arnOf(one, account) === start);
  const found = all.slice(startAt + 1).filter((one) => isOf(one) && isWanted(one, input));
  const page = found.slice(0, Limit);
  const cut = found.length > page.length;
  return {
    BackupSummaries: page.map((backup) => ({
      ...showSource(backup, account),
      ...showDetails(backup, account, "AVAILABLE"),
    })),
    ...(cut && { LastEvaluatedBackupArn: arnOf(page.at(-1)!, account) }),
  };
};

function isWanted({ createdMs }: Backup, input: Input<typeof listBackupsShape>): boolean {
  const { BackupType = "ALL" } = input;
  const { TimeRangeLowerBound: from = 0, TimeRangeUpperBound: to = Number.MAX_VALUE } = input;
  if (BackupType !== "ALL" && BackupType !== "USER") return false;
  return createdMs / 1000 >= from && createdMs / 1000 < to;
}

export const restoreTableFromBackup: Operation = async (context, request) => {
  const input = readRequest(restoreTableShape, request);
  const backup = await find(context, input.BackupArn);
  const definition = restoredDefinition(context, backup.state.definition, input);
  const restored = {
    tableArn: tableArn(context.account, backup.state.definition.name),
    backupArn: input.BackupArn,
    momentMs: backup.createdMs,
  };
  const gone = () => refuseMissing(input.BackupArn);
  const source = sourceOfBackup(context.records, backup, { restored, gone });
  const table = await context.catalog.restore(definition, source);
  const shown = { account: context.account, status: "CREATING" } as const;
  return { TableDescription: describe(table.state, shown) };
};

/** As `createBackup` makes them: whatever else stands in an ARN is not looked for. */
const idPattern = /^\d+-[0-9a-f]{8}$/;

/** The backup of an ARN. */
async function find({ records, account }: Context, arn: string): Promise<Backup> {
  const id = arn.slice(arn.lastIndexOf("/") + 1);
  const backup = idPattern.test(id) ? await findBackup(records, id) : undefined;
  if (backup && arnOf(backup, account) === arn) return backup;
  return refuseMissing(arn);
}

function refuseMissing(arn: string): never {
  refuse("BackupNotFoundException", messages.backupNotFound(arn));
}

function arnOf({ id, state }: Backup, account: Account): string {
  return `${tableArn(account, state.definition.name)}/backup/${id}`;
}

function showDetails(backup: Backup, account: Account, status: string) {
  return {
    BackupArn: arnOf(backup, account),
    BackupName: backup.name,
    BackupSizeBytes: backup.bytes,
    BackupStatus: status,
    BackupType: "USER",
    BackupCreationDateTime: backup.createdMs / 1000,
  };
}

function showSource({ state }: Backup, account: Account) {
  const { name } = state.definition;
  return { TableName: name, TableId: state.id, TableArn: tableArn(account, name) };
}

function showBackup(backup: Backup, account: Account, status: string) {
  const { state, itemCount, bytes } = backup;
  const { definition, createdMs } = state;
  const whole = describe(state, { account }) as Record<string, readonly object[] | undefined>;
  const { LocalSecondaryIndexes, GlobalSecondaryIndexes } = whole;
  return {
    BackupDetails: showDetails(backup, account, status),
    SourceTableDetails: {
      ...showSource(backup, account),
      TableSizeBytes: bytes,
      KeySchema: keySchema(definition),
      TableCreationDateTime: createdMs / 1000,
      ProvisionedThroughput: throughput(definition.throughput),
      ItemCount: itemCount,
      BillingMode: definition.throughput ? "PROVISIONED" : "PAY_PER_REQUEST",
    },
    SourceTableFeatureDetails: {
      ...(LocalSecondaryIndexes && { LocalSecondaryIndexes }),
      ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
    },
  };
}
