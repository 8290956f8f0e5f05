/** The operations, by their names on the wire. */

import {
  describeExport,
  describeGlobalTable,
  describeGlobalTableSettings,
  describeImport,
  describeKinesisStreamingDestination,
  listExports,
  listGlobalTables,
  listImports,
} from "./absent-features.ts";
import {
  createBackup,
  deleteBackup,
  describeBackup,
  listBackups,
  restoreTableFromBackup,
} from "./backups.ts";
import { batchExecuteStatement } from "./batch-execute-statement.ts";
import { batchGetItem } from "./batch-get-item.ts";
import { batchWriteItem } from "./batch-write-item.ts";
import {
  describeContributorInsights,
  listContributorInsights,
  updateContributorInsights,
} from "./contributor-insights.ts";
import { createTable } from "./create-table.ts";
import { deleteItem } from "./delete-item.ts";
import { deleteTable } from "./delete-table.ts";
import { describeLimits } from "./describe-limits.ts";
import { describeTable } from "./describe-table.ts";
import { executeStatement } from "./execute-statement.ts";
import { executeTransaction } from "./execute-transaction.ts";
import { encodeGetItem, getItem } from "./get-item.ts";
import { listTables } from "./list-tables.ts";
import type { Encoder } from "./operation.ts";
import { encodePutItem, putItem } from "./put-item.ts";
import { encodeQuery, query } from "./query.ts";
import {
  describeContinuousBackups,
  restoreTableToPointInTime,
  updateContinuousBackups,
} from "./recovery.ts";
import { deleteResourcePolicy, getResourcePolicy, putResourcePolicy } from "./resource-policies.ts";
import { encodeScan, scan } from "./scan.ts";
import { describeStream, getRecords, getShardIterator, listStreams } from "./streams.ts";
import { listTagsOfResource, tagResource, untagResource } from "./tags.ts";
import { transactGetItems } from "./transact-get-items.ts";
import { transactWriteItems } from "./transact-write-items.ts";
import { updateItem } from "./update-item.ts";
import { updateTable } from "./update-table.ts";
import { describeTimeToLive, updateTimeToLive } from "./update-time-to-live.ts";

export const operations = {
  BatchExecuteStatement: batchExecuteStatement,
  BatchGetItem: batchGetItem,
  BatchWriteItem: batchWriteItem,
  CreateBackup: createBackup,
  CreateTable: createTable,
  DeleteBackup: deleteBackup,
  DeleteItem: deleteItem,
  DeleteResourcePolicy: deleteResourcePolicy,
  DeleteTable: deleteTable,
  DescribeBackup: describeBackup,
  DescribeContinuousBackups: describeContinuousBackups,
  DescribeContributorInsights: describeContributorInsights,
  DescribeExport: describeExport,
  DescribeGlobalTable: describeGlobalTable,
  DescribeGlobalTableSettings: describeGlobalTableSettings,
  DescribeImport: describeImport,
  DescribeKinesisStreamingDestination: describeKinesisStreamingDestination,
  DescribeLimits: describeLimits,
  DescribeTable: describeTable,
  DescribeTimeToLive: describeTimeToLive,
  ExecuteStatement: executeStatement,
  ExecuteTransaction: executeTransaction,
  GetItem: getItem,
  GetResourcePolicy: getResourcePolicy,
  ListBackups: listBackups,
  ListContributorInsights: listContributorInsights,
  ListExports: listExports,
  ListGlobalTables: listGlobalTables,
  ListImports: listImports,
  ListTables: listTables,
  ListTagsOfResource: listTagsOfResource,
  PutItem: putItem,
  PutResourcePolicy: putResourcePolicy,
  Query: query,
  RestoreTableFromBackup: restoreTableFromBackup,
  RestoreTableToPointInTime: restoreTableToPointInTime,
  Scan: scan,
  TagResource: tagResource,
  TransactGetItems: transactGetItems,
  TransactWriteItems: transactWriteItems,
  UntagResource: untagResource,
  UpdateContinuousBackups: updateContinuousBackups,
  UpdateContributorInsights: updateContributorInsights,
  UpdateItem: updateItem,
  UpdateTable: updateTable,
  UpdateTimeToLive: updateTimeToLive,
} as const;

/** Those whose answers are put together as JSON at once: of bytes as they are stored, or none. */
export const encoders: Readonly<Partial<Record<OperationName, Encoder>>> = {
  GetItem: encodeGetItem,
  PutItem: encodePutItem,
  Query: encodeQuery,
  Scan: encodeScan,
};

/** The same of the service's other half, which has a target of its own. */
export const streamOperations = {
  DescribeStream: describeStream,
  GetRecords: getRecords,
  GetShardIterator: getShardIterator,
  ListStreams: listStreams,
} as const;

export type OperationName = keyof typeof operations;
export type StreamOperationName = keyof typeof streamOperations;
