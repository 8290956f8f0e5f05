/**
 * What the operations take and give: the shapes of the wire, without HTTP.
 *
 * Members that are not here are refused by name (`members.ts`).
 */

import type { AttributeMap, Item } from "../expressions/mod.ts";

export type ReturnConsumedCapacity = "INDEXES" | "TOTAL" | "NONE";

interface Placeholding {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: AttributeMap;
}

interface Request {
  readonly TableName: string;
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity;
}

interface ConditionalWrite extends Request, Placeholding {
  readonly ConditionExpression?: string;
  readonly ReturnValuesOnConditionCheckFailure?: "ALL_OLD" | "NONE";
  /** Accepted; there are no local indexes, so there is nothing to return. */
  readonly ReturnItemCollectionMetrics?: "SIZE" | "NONE";
}

export interface PutItemInput extends ConditionalWrite {
  readonly Item: Item;
  readonly ReturnValues?: "ALL_OLD" | "NONE";
}

export interface DeleteItemInput extends ConditionalWrite {
  readonly Key: Item;
  readonly ReturnValues?: "ALL_OLD" | "NONE";
}

export interface UpdateItemInput extends ConditionalWrite {
  readonly Key: Item;
  readonly UpdateExpression?: string;
  readonly ReturnValues?: "ALL_NEW" | "UPDATED_OLD" | "ALL_OLD" | "NONE" | "UPDATED_NEW";
}

export interface GetItemInput extends Request {
  readonly Key: Item;
  /** Accepted; every read is consistent. */
  readonly ConsistentRead?: boolean;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
}

export type Select =
  | "SPECIFIC_ATTRIBUTES"
  | "COUNT"
  | "ALL_ATTRIBUTES"
  | "ALL_PROJECTED_ATTRIBUTES";

export interface ScanInput extends Request, Placeholding {
  readonly ConsistentRead?: boolean;
  readonly ExclusiveStartKey?: Item;
  readonly FilterExpression?: string;
  readonly Limit?: number;
  readonly ProjectionExpression?: string;
  readonly Select?: Select;
}

export interface QueryInput extends ScanInput {
  readonly KeyConditionExpression: string;
  readonly ScanIndexForward?: boolean;
}

export interface DescribeTableInput {
  readonly TableName: string;
}

export interface ListTablesInput {
  readonly ExclusiveStartTableName?: string;
  readonly Limit?: number;
}

export interface ConsumedCapacity {
  readonly TableName: string;
  readonly CapacityUnits: number;
  readonly Table?: { readonly CapacityUnits: number };
}

interface Charged {
  readonly ConsumedCapacity?: ConsumedCapacity;
}

export interface WriteOutput extends Charged {
  readonly Attributes?: Item;
}

export interface GetItemOutput extends Charged {
  readonly Item?: Item;
}

export interface PageOutput extends Charged {
  readonly Items?: readonly Item[];
  readonly Count: number;
  readonly ScannedCount: number;
  readonly LastEvaluatedKey?: Item;
}

export interface DescribeTableOutput {
  readonly Table: TableDescription;
}

export interface TableDescription {
  readonly TableName: string;
  readonly TableStatus: "ACTIVE";
  readonly AttributeDefinitions: readonly {
    readonly AttributeName: string;
    readonly AttributeType: "S" | "N" | "B";
  }[];
  readonly KeySchema: readonly {
    readonly AttributeName: string;
    readonly KeyType: "HASH" | "RANGE";
  }[];
  readonly BillingModeSummary: { readonly BillingMode: "PAY_PER_REQUEST" };
}

export interface ListTablesOutput {
  readonly TableNames: readonly string[];
  readonly LastEvaluatedTableName?: string;
}
