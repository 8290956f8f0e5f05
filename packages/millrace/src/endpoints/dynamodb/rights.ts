/**
 * What each operation of DynamoDB needs leave for. [Service Authorization Reference: DynamoDB]
 *
 * Operations on several tables ask for each of them, those on items through an index for the
 * index. Also operations that are not here yet stand in the table, so that they are checked from
 * their first day.
 */

import type { AccountFacts, Need } from "../../identity/mod.ts";
import { type Tables, tableNameOf } from "../../tables/mod.ts";
import { arnOf, listOf, type Members, membersOf, textOf, unknownRight } from "../rights.ts";
import { answerKeys, batchKeys, itemKeys, queryKeys } from "./leading-keys.ts";
import { statementNeed } from "./statement-rights.ts";

export interface RightsHouse {
  readonly account: AccountFacts;
  readonly tables: Pick<Tables, "definitionOf">;
}

type Right = (input: Members, ask: Asking) => readonly Need[];

/** What the needs of one operation are made from. */
export class Asking {
  readonly house: RightsHouse;
  readonly operation: string;

  constructor(house: RightsHouse, operation: string) {
    this.house = house;
    this.operation = operation;
  }

  /** The operation itself, or another action, on what has this ARN. */
  on(resource: string, action = this.operation): Need {
    return { action: `dynamodb:${action}`, resource };
  }

  tableArn(nameOrArn: unknown, index?: unknown): string {
    const table = `table/${tableNameOf(textOf(nameOrArn))}`;
    const resource = index === undefined ? table : `${table}/index/${textOf(index)}`;
    return arnOf(this.house.account, "dynamodb", resource);
  }
}

const nothing: Right = (_, ask) => [ask.on("*")];
const table: Right = (input, ask) => [ask.on(ask.tableArn(input.TableName))];

/** What belongs to the table that the request names, or to all. */
const below =
  (kind: string): Right =>
  (input, ask) => [
    ask.on(input.TableName === undefined ? "*" : `${ask.tableArn(input.TableName)}/${kind}/*`),
  ];

/** What the member is the ARN of: a backup, a stream, an export. */
const arnIn =
  (member: string): Right =>
  (input, ask) => [ask.on(textOf(input[member]))];

const itemIn =
  (member: "Key" | "Item"): Right =>
  (input, ask) => [
    {
      ...ask.on(ask.tableArn(input.TableName)),
      keys: () => itemKeys(input, ask.house.tables, member),
    },
  ];

const query: Right = (input, ask) => [
  {
    ...ask.on(ask.tableArn(input.TableName, input.IndexName)),
    keys: () => queryKeys(input, ask.house.tables),
  },
];

const scan: Right = (input, ask) => [
  { ...ask.on(ask.tableArn(input.TableName, input.IndexName)), keys: () => answerKeys(input) },
];

const batch: Right = (input, ask) => {
  const needs = Object.entries(membersOf(input.RequestItems)).map(([name, request]) => ({
    ...ask.on(ask.tableArn(name)),
    keys: () => batchKeys(name, request, ask.house.tables),
  }));
  return needs.length > 0 ? needs : [ask.on(ask.tableArn(""))];
};

const globalTable: Right = (input, ask) => {
  const { partition, accountId } = ask.house.account;
  const name = textOf(input.GlobalTableName);
  return [ask.on(`arn:${partition}:dynamodb::${accountId}:global-table/${name}`)];
};

const transactActions: Readonly<Record<string, string>> = {
  ConditionCheck: "ConditionCheckItem",
  Delete: "DeleteItem",
  Get: "GetItem",
  Put: "PutItem",
  Update: "UpdateItem",
};

const transaction: Right = (input, ask) => {
  const needs = listOf(input.TransactItems).flatMap((one) =>
    Object.entries(membersOf(one)).map(([kind, request]) => {
      const members = membersOf(request);
      return {
        ...ask.on(ask.tableArn(members.TableName), transactActions[kind] ?? kind),
        keys: () => ({
          ...itemKeys(members, ask.house.tables, kind === "Put" ? "Item" : "Key"),
          "dynamodb:EnclosingOperation": ask.operation,
        }),
      };
    }),
  );
  return needs.length > 0 ? needs : [ask.on(ask.tableArn(""), "GetItem")];
};

const statements =
  (member: string): Right =>
  (input, ask) => {
    const needs = listOf(input[member]).map((one) => statementNeed(membersOf(one), ask));
    return needs.length > 0 ? needs : [ask.on(ask.tableArn(""), "PartiQLSelect")];
  };

/** A stream's iterator begins with its ARN. */
const iterator: Right = (input, ask) => [ask.on(textOf(input.ShardIterator).split("|")[0] ?? "")];

const itemActions = [
  "BatchWriteItem",
  "DeleteItem",
  "GetItem",
  "PutItem",
  "Query",
  "Scan",
  "UpdateItem",
];

const restore =
  (source: string): Right =>
  (input, ask) => {
    const given = textOf(input[source]);
    const isTable = source !== "BackupArn";
    const target = ask.tableArn(input.TargetTableName);
    return [
      ask.on(isTable ? ask.tableArn(given || input.SourceTableArn) : given),
      ask.on(target),
      ...itemActions.map((action) => ask.on(target, action)),
    ];
  };

/** All objects whose keys begin so. */
function objectsOf(bucket: unknown, prefix: string, { house }: Asking): string {
  return arnOf(house.account, "s3", `${textOf(bucket)}/${prefix}*`);
}

function folderOf(prefix: unknown): string {
  return textOf(prefix) === "" ? "" : `${textOf(prefix)}/`;
}

const rights: Readonly<Record<string, Right>> = {
  BatchExecuteStatement: statements("Statements"),
  BatchGetItem: batch,
  BatchWriteItem: batch,
  CancelBulkOperation: arnIn("BulkOperationArn"),
  CreateBackup: table,
  CreateTable: (input, ask) => {
    const arn = ask.tableArn(input.TableName);
    return [
      ask.on(arn),
      ...(input.ResourcePolicy === undefined ? [] : [ask.on(arn, "PutResourcePolicy")]),
      ...(input.Tags === undefined ? [] : [ask.on(arn, "TagResource")]),
    ];
  },
  DeleteBackup: arnIn("BackupArn"),
  DeleteItem: itemIn("Key"),
  DeleteResourcePolicy: arnIn("ResourceArn"),
  DeleteTable: table,
  DescribeBackup: arnIn("BackupArn"),
  DescribeBulkOperation: arnIn("BulkOperationArn"),
  DescribeContinuousBackups: table,
  DescribeContributorInsights: table,
  DescribeEndpoints: nothing,
  DescribeExport: arnIn("ExportArn"),
  DescribeGlobalTable: globalTable,
  DescribeGlobalTableSettings: globalTable,
  DescribeImport: arnIn("ImportArn"),
  DescribeKinesisStreamingDestination: table,
  DescribeLimits: nothing,
  DescribeStream: arnIn("StreamArn"),
  DescribeTable: table,
  DescribeTableReplicaAutoScaling: table,
  DescribeTimeToLive: table,
  DisableKinesisStreamingDestination: table,
  EnableKinesisStreamingDestination: table,
  ExecuteStatement: (input, ask) => [statementNeed(input, ask)],
  ExecuteTransaction: statements("TransactStatements"),
  ExportTableToPointInTime: (input, ask) => [
    ask.on(ask.tableArn(input.TableArn)),
    {
      action: "s3:PutObject",
      resource: objectsOf(input.S3Bucket, `${folderOf(input.S3Prefix)}AWSDynamoDB/`, ask),
    },
  ],
  GetItem: itemIn("Key"),
  GetRecords: iterator,
  GetResourcePolicy: arnIn("ResourceArn"),
  GetShardIterator: arnIn("StreamArn"),
  ImportTable: (input, ask) => {
    const { S3Bucket, S3KeyPrefix } = membersOf(input.S3BucketSource);
    const { TableName } = membersOf(input.TableCreationParameters);
    return [
      ask.on(ask.tableArn(TableName)),
      { action: "s3:GetObject", resource: objectsOf(S3Bucket, textOf(S3KeyPrefix), ask) },
    ];
  },
  ListBackups: below("backup"),
  ListBulkOperations: nothing,
  ListContributorInsights: nothing,
  ListExports: nothing,
  ListGlobalTables: nothing,
  ListImports: nothing,
  ListStreams: below("stream"),
  ListTables: nothing,
  ListTagsOfResource: arnIn("ResourceArn"),
  PutItem: itemIn("Item"),
  PutResourcePolicy: arnIn("ResourceArn"),
  Query: query,
  RestoreTableFromBackup: restore("BackupArn"),
  RestoreTableToPointInTime: restore("SourceTableName"),
  Scan: scan,
  SearchVectors: (input, ask) => [ask.on(ask.tableArn(input.TableName, input.IndexName))],
  StartBulkPutItems: table,
  TagResource: arnIn("ResourceArn"),
  TransactGetItems: transaction,
  TransactWriteItems: transaction,
  UntagResource: arnIn("ResourceArn"),
  UpdateContinuousBackups: table,
  UpdateContributorInsights: table,
  UpdateItem: itemIn("Key"),
  UpdateKinesisStreamingDestination: table,
  UpdateTable: table,
  UpdateTableReplicaAutoScaling: table,
  UpdateTimeToLive: table,
};

/** Whether the operation has an entry. */
export function hasRight(operation: string): boolean {
  return Object.hasOwn(rights, operation);
}

/** What the caller of the operation must be allowed to. */
export function needsOf(operation: string, input: unknown, house: RightsHouse): readonly Need[] {
  const right = hasRight(operation) ? rights[operation] : undefined;
  if (!right) return unknownRight("dynamodb", operation);
  return right(membersOf(input), new Asking(house, operation));
}
