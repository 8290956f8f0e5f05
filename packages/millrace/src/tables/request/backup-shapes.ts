/** What the operations on backups take. */

import { recoveryDaysMax } from "../limits.ts";
import { tableName } from "./parts.ts";
import {
  boolean,
  choice,
  type Input,
  integer,
  list,
  missing,
  required,
  seconds,
  structure,
  text,
} from "./shape.ts";
import {
  billingMode,
  globalIndex,
  localIndex,
  onDemandThroughput,
  sseSpecification,
  throughput,
} from "./table-shapes.ts";

const backupArn = text({ lengthMin: 37, lengthMax: 1024 });
const backupName = text({ lengthMin: 3, lengthMax: 255, pattern: "[a-zA-Z0-9_.-]+" });

export const createBackupShape = structure("CreateBackupInput", {
  TableName: tableName,
  BackupName: required(backupName),
});

export const namedBackupShape = structure("DescribeBackupInput", {
  BackupArn: required(backupArn),
});

export const listBackupsShape = structure("ListBackupsInput", {
  TableName: text({ lengthMin: 1, lengthMax: 1024, pattern: "[a-zA-Z0-9_.-]+", orArn: true }),
  Limit: integer({ min: 1, max: 100 }),
  TimeRangeLowerBound: seconds(),
  TimeRangeUpperBound: seconds(),
  ExclusiveStartBackupArn: backupArn,
  BackupType: choice("USER", "SYSTEM", "AWS_BACKUP", "ALL"),
});

const targetName = required(text({ lengthMin: 3, lengthMax: 255, pattern: "[a-zA-Z0-9_.-]+" }));

/** What the new table has otherwise than its source. */
const overrides = {
  BillingModeOverride: billingMode,
  GlobalSecondaryIndexOverride: list(globalIndex),
  LocalSecondaryIndexOverride: list(localIndex),
  ProvisionedThroughputOverride: throughput,
  OnDemandThroughputOverride: onDemandThroughput,
  SSESpecificationOverride: sseSpecification,
  VectorIndexOverride: missing,
} as const;

const overridesShape = structure("RestoreTableFromBackupInput", {
  TargetTableName: targetName,
  ...overrides,
});
export type RestoreInput = Input<typeof overridesShape>;

export const restoreTableShape = structure("RestoreTableFromBackupInput", {
  TargetTableName: targetName,
  BackupArn: required(backupArn),
  ...overrides,
});

export const continuousBackupsShape = structure("DescribeContinuousBackupsInput", {
  TableName: tableName,
});

export const updateContinuousBackupsShape = structure("UpdateContinuousBackupsInput", {
  TableName: tableName,
  PointInTimeRecoverySpecification: required(
    structure("PointInTimeRecoverySpecification", {
      PointInTimeRecoveryEnabled: required(boolean()),
      RecoveryPeriodInDays: integer({ min: 1, max: recoveryDaysMax }),
    }),
  ),
});

export const restoreToPointShape = structure("RestoreTableToPointInTimeInput", {
  SourceTableArn: text({ lengthMin: 1, lengthMax: 1024 }),
  SourceTableName: text({ lengthMin: 3, lengthMax: 255, pattern: "[a-zA-Z0-9_.-]+" }),
  TargetTableName: targetName,
  UseLatestRestorableTime: boolean(),
  RestoreDateTime: seconds(),
  ...overrides,
});
