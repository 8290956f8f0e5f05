/** What the operations on items take. */

import {
  attributesToGet,
  conditionalWrite,
  legacyConditions,
  names,
  page,
  placeholders,
  returnConsumedCapacity,
  returnItemCollectionMetrics,
  returnValuesOnFailure,
  tableName,
} from "./parts.ts";
import {
  attributes,
  boolean,
  choice,
  type Input,
  integer,
  list,
  map,
  required,
  structure,
  text,
  value,
} from "./shape.ts";

/** In the order of the service's model, as what stops at the first goes by it. */
const updateMembers = {
  TableName: tableName,
  Key: required(attributes),
  AttributeUpdates: map(
    structure("AttributeValueUpdate", { Value: value, Action: choice("ADD", "DELETE", "PUT") }),
    { valueClass: "com.amazonaws.dynamodb.v20120810.AttributeValueUpdate" },
  ),
  Expected: conditionalWrite.Expected,
  ConditionalOperator: conditionalWrite.ConditionalOperator,
  ReturnValues: conditionalWrite.ReturnValues,
} as const;

export const putItemShape = structure(
  "PutItemInput",
  { ...conditionalWrite, Item: required(attributes) },
  { stopsAt: "TableName" },
);
export type PutItemInput = Input<typeof putItemShape>;

export const deleteItemShape = structure("DeleteItemInput", {
  ...conditionalWrite,
  Key: required(attributes),
});

export const updateItemShape = structure(
  "UpdateItemInput",
  { ...updateMembers, ...conditionalWrite, UpdateExpression: text() },
  { stopsAt: "first" },
);
export type UpdateItemInput = Input<typeof updateItemShape>;

const getMembers = {
  ConsistentRead: boolean(),
  AttributesToGet: attributesToGet,
  ProjectionExpression: text(),
  ...names,
} as const;

export const getItemShape = structure("GetItemInput", {
  ReturnConsumedCapacity: returnConsumedCapacity,
  TableName: tableName,
  Key: required(attributes),
  ...getMembers,
});

export const queryShape = structure("QueryInput", {
  ...page,
  KeyConditions: legacyConditions,
  QueryFilter: legacyConditions,
  KeyConditionExpression: text(),
  ScanIndexForward: boolean(),
});
export type QueryInput = Input<typeof queryShape>;

export const scanShape = structure("ScanInput", {
  ...page,
  ScanFilter: legacyConditions,
  Segment: integer({ min: 0, max: 999_999 }),
  TotalSegments: integer({ min: 1, max: 1_000_000 }),
});
export type ScanInput = Input<typeof scanShape>;

export const keysAndAttributesShape = structure("KeysAndAttributes", {
  Keys: required(list(attributes, { countMin: 1, countMax: 100, asModelled: true })),
  ...getMembers,
});

export const batchGetItemShape = structure("BatchGetItemInput", {
  ReturnConsumedCapacity: returnConsumedCapacity,
  RequestItems: required(
    map(keysAndAttributesShape, {
      countMax: 100,
      valueClass: "com.amazonaws.dynamodb.v20120810.KeysAndAttributes",
    }),
  ),
});
export type BatchGetItemInput = Input<typeof batchGetItemShape>;

const writeRequest = structure("WriteRequest", {
  PutRequest: structure("PutRequest", { Item: required(attributes) }),
  DeleteRequest: structure("DeleteRequest", { Key: required(attributes) }),
});

export const batchWriteItemShape = structure("BatchWriteItemInput", {
  ReturnConsumedCapacity: returnConsumedCapacity,
  ReturnItemCollectionMetrics: returnItemCollectionMetrics,
  RequestItems: required(
    map(list(writeRequest), {
      countMax: 25,
      valueCount: { min: 1, max: 25 },
      valueClass: "java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>",
    }),
  ),
});
export type BatchWriteItemInput = Input<typeof batchWriteItemShape>;

export const transactGetShape = structure("Get", {
  Key: required(attributes),
  TableName: tableName,
  ProjectionExpression: text(),
  ...names,
});

export const transactGetItemsShape = structure("TransactGetItemsInput", {
  ReturnConsumedCapacity: returnConsumedCapacity,
  TransactItems: required(
    list(
      structure("TransactGetItem", {
        Get: required(transactGetShape),
      }),
      { countMin: 1, countMax: 100 },
    ),
  ),
});
export type TransactGetItemsInput = Input<typeof transactGetItemsShape>;

const transactMembers = {
  TableName: tableName,
  ...placeholders,
  ReturnValuesOnConditionCheckFailure: returnValuesOnFailure,
} as const;

const conditionCheckShape = structure("ConditionCheck", {
  Key: required(attributes),
  ConditionExpression: required(text()),
  ...transactMembers,
});
export const transactPutShape = structure("Put", {
  Item: required(attributes),
  ConditionExpression: text(),
  ...transactMembers,
});
const transactDeleteShape = structure("Delete", {
  Key: required(attributes),
  ConditionExpression: text(),
  ...transactMembers,
});
export const transactUpdateShape = structure("Update", {
  Key: required(attributes),
  UpdateExpression: required(text()),
  ConditionExpression: text(),
  ...transactMembers,
});

export const transactWriteItemsShape = structure("TransactWriteItemsInput", {
  ReturnConsumedCapacity: returnConsumedCapacity,
  ReturnItemCollectionMetrics: returnItemCollectionMetrics,
  ClientRequestToken: text({ lengthMin: 1, lengthMax: 36 }),
  TransactItems: required(
    list(
      structure("TransactWriteItem", {
        ConditionCheck: conditionCheckShape,
        Put: transactPutShape,
        Delete: transactDeleteShape,
        Update: transactUpdateShape,
      }),
      { countMin: 1, countMax: 100 },
    ),
  ),
});
type TransactWriteItemsInput = Input<typeof transactWriteItemsShape>;
export type TransactWriteItem = TransactWriteItemsInput["TransactItems"][number];
