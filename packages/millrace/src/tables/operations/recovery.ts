/**
 * UpdateContinuousBackups, DescribeContinuousBackups and RestoreTableToPointInTime: a table as it
 * was at any moment of the last days.
 *
 * The latest moment is now, not minutes ago: what a restore reads is in the store, not in a copy
 * that is behind.
 */

import { describe, tableArn } from "../catalog/describe.ts";
import { isStateOf, stateAddress } from "../catalog/state.ts";
import { refuse, refuseInvalid } from "../errors.ts";
import { recoveryDaysMax } from "../limits.ts";
import { messages } from "../messages.ts";
import { earliestMs } from "../recovery/history.ts";
import { copyMoment, type Moment } from "../recovery/moment.ts";
import {
  continuousBackupsShape,
  restoreToPointShape,
  updateContinuousBackupsShape,
} from "../request/backup-shapes.ts";
import { readRequest } from "../request/read.ts";
import type { Input } from "../request/shape.ts";
import type { Table } from "../store/table.ts";
import type { Context, Operation } from "./operation.ts";
import { restoredDefinition } from "./restored-table.ts";

export const updateContinuousBackups: Operation = async (context, request) => {
  const input = readRequest(updateContinuousBackupsShape, request);
  const { PointInTimeRecoveryEnabled: isOn, RecoveryPeriodInDays: days = recoveryDaysMax } =
    input.PointInTimeRecoverySpecification;
  const { catalog } = context;
  const table = findTable(context, input.TableName);
  await catalog.change(table, (state) => {
    const { recoveryDays: _, ...rest } = state.definition;
    return catalog.redefine(state, isOn ? { ...rest, recoveryDays: days } : rest);
  });
  await catalog.beginRecovery(table);
  return { ContinuousBackupsDescription: describeRecovery(table) };
};

export const describeContinuousBackups: Operation = async (context, request) => {
  const { TableName } = readRequest(continuousBackupsShape, request);
  return { ContinuousBackupsDescription: describeRecovery(findTable(context, TableName)) };
};

/** The table, in the words of the operations on backups. */
export function findTable({ catalog }: Context, nameOrArn: string): Table {
  const name = catalog.localName(nameOrArn);
  const table = name === undefined ? undefined : catalog.get(name);
  const message = messages.tableNotFoundShort(name ?? nameOrArn);
  return table ?? refuse("TableNotFoundException", message);
}

/** Backups on demand are there for every table; to restore to a moment is asked for. */
function describeRecovery(table: Table) {
  const { recoveryDays } = table.definition;
  const earliest = earliestMs(table);
  const times = earliest !== undefined && {
    EarliestRestorableDateTime: earliest / 1000,
    LatestRestorableDateTime: Math.max(earliest, table.clock.now()) / 1000,
  };
  return {
    ContinuousBackupsStatus: "ENABLED",
    PointInTimeRecoveryDescription:
      recoveryDays === undefined
        ? { PointInTimeRecoveryStatus: "DISABLED" }
        : {
            PointInTimeRecoveryStatus: "ENABLED",
            RecoveryPeriodInDays: recoveryDays,
            ...times,
          },
  };
}

export const restoreTableToPointInTime: Operation = async (context, request) => {
  const input = readRequest(restoreToPointShape, request);
  const { account, catalog } = context;
  const source = findSource(context, input);
  const moment = readMoment(source, input);
  const definition = restoredDefinition(context, source.definition, input);
  const { name } = source.definition;
  const table = await catalog.restore(definition, {
    restored: { tableArn: tableArn(account, name), momentMs: moment.atMs },
    copyTo: (space) => copyMoment(moment, space),
    address: stateAddress(name),
    check(bytes) {
      if (!isStateOf(source, bytes)) {
        refuse("TableNotFoundException", messages.tableNotFoundShort(name));
      }
      const isKept = source.state.recovery?.space === moment.recovery.space;
      if (!isKept) refuse("PointInTimeRecoveryUnavailableException", messages.recoveryOff);
    },
  });
  return { TableDescription: describe(table.state, { account, status: "CREATING" }) };
};

type RestoreToPoint = Input<typeof restoreToPointShape>;

function findSource(context: Context, input: RestoreToPoint): Table {
  const { SourceTableArn: arn, SourceTableName: name } = input;
  if (arn !== undefined && name !== undefined) refuseInvalid(messages.restoreSourceTwice);
  const given = arn ?? name ?? refuseInvalid(messages.restoreSourceMissing);
  return findTable(context, given);
}

function readMoment(table: Table, input: RestoreToPoint): Moment {
  const { UseLatestRestorableTime: latest, RestoreDateTime: seconds } = input;
  if (latest && seconds !== undefined) refuseInvalid(messages.restoreTimeTwice);
  if (!latest && seconds === undefined) refuseInvalid(messages.restoreTimeMissing);
  const { recovery } = table.state;
  const earliest = earliestMs(table);
  if (!recovery || earliest === undefined) {
    return refuse("PointInTimeRecoveryUnavailableException", messages.recoveryOff);
  }
  const nowMs = table.clock.now();
  const atMs = seconds === undefined ? Math.max(earliest, nowMs) : Math.round(seconds * 1000);
  if (atMs < earliest || atMs > Math.max(earliest, nowMs)) {
    refuse("InvalidRestoreTimeException", messages.restoreTimeOutside);
  }
  return { table, recovery, atMs };
}
