/** Shapes that several operations share. */

import {
  attributes,
  boolean,
  choice,
  integer,
  list,
  map,
  required,
  structure,
  text,
  value,
} from "./shape.ts";

/** A name or an ARN; that names are shorter is said later, by the catalog. */
export const tableName = required(
  text({ lengthMin: 1, lengthMax: 1024, pattern: "[a-zA-Z0-9_.-]+", orArn: true }),
);

export const indexName = text({ lengthMin: 3, lengthMax: 255, pattern: "[a-zA-Z0-9_.-]+" });

export const attributeName = text({ lengthMin: 1, lengthMax: 65_535 });

/** Names of key attributes are held shorter. */
export const keyAttributeName = required(text({ lengthMin: 1, lengthMax: 255 }));

export const returnConsumedCapacity = choice("INDEXES", "TOTAL", "NONE");
export const returnItemCollectionMetrics = choice("SIZE", "NONE");
export const returnValuesOnFailure = choice("ALL_OLD", "NONE");
export const returnValues = choice("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW");
const conditionalOperator = choice("OR", "AND");

const comparisonOperator = choice(
  "IN",
  "NULL",
  "BETWEEN",
  "LT",
  "NOT_CONTAINS",
  "EQ",
  "GT",
  "NOT_NULL",
  "NE",
  "LE",
  "BEGINS_WITH",
  "GE",
  "CONTAINS",
);

export const attributesToGet = list(attributeName, { countMin: 1 });

export const names = { ExpressionAttributeNames: map(text()) } as const;
export const placeholders = { ...names, ExpressionAttributeValues: attributes } as const;

/** A condition of the older kind, in Expected. */
const expectedValue = structure("ExpectedAttributeValue", {
  Value: value,
  Exists: boolean(),
  ComparisonOperator: comparisonOperator,
  AttributeValueList: list(value),
});

/** A condition of the older kind, in KeyConditions, QueryFilter and ScanFilter. */
export const legacyConditions = map(
  structure("Condition", {
    AttributeValueList: list(value),
    ComparisonOperator: required(comparisonOperator),
  }),
  { valueClass: "com.amazonaws.dynamodb.v20120810.Condition" },
);

/** What every write of one item may hold. */
export const conditionalWrite = {
  ReturnConsumedCapacity: returnConsumedCapacity,
  TableName: tableName,
  ReturnValues: returnValues,
  ReturnItemCollectionMetrics: returnItemCollectionMetrics,
  ReturnValuesOnConditionCheckFailure: returnValuesOnFailure,
  Expected: map(expectedValue, {
    valueClass: "com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue",
  }),
  ConditionalOperator: conditionalOperator,
  ConditionExpression: text(),
  ...placeholders,
} as const;

/** What Query and Scan share. */
export const page = {
  ReturnConsumedCapacity: returnConsumedCapacity,
  TableName: tableName,
  IndexName: indexName,
  AttributesToGet: attributesToGet,
  ConditionalOperator: conditionalOperator,
  ConsistentRead: boolean(),
  ExclusiveStartKey: attributes,
  FilterExpression: text(),
  Limit: integer({ min: 1 }),
  ProjectionExpression: text(),
  Select: choice("SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"),
  ...placeholders,
} as const;
