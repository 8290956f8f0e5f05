/** What the operations on backups take. */

import { tableName } from "./parts.ts";
import { choice, integer, list, missing, required, seconds, structure, text } from "./shape.ts";
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

export const restoreTableShape = structure("RestoreTableFromBackupInput", {
  TargetTableName: required(text({ lengthMin: 3, lengthMax: 255, pattern: "[a-zA-Z0-9_.-]+" })),
  BackupArn: required(backupArn),
  BillingModeOverride: billingMode,
  GlobalSecondaryIndexOverride: list(globalIndex),
  LocalSecondaryIndexOverride: list(localIndex),
  ProvisionedThroughputOverride: throughput,
  OnDemandThroughputOverride: onDemandThroughput,
  SSESpecificationOverride: sseSpecification,
  VectorIndexOverride: missing,
});
