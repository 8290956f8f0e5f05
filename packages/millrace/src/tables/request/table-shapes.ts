/** What the operations on tables take. */

import { indexName, keyAttributeName, tableName } from "./parts.ts";
import {
  boolean,
  choice,
  type Input,
  integer,
  list,
  long,
  missing,
  required,
  structure,
  text,
} from "./shape.ts";

const attributeDefinitions = list(
  structure("AttributeDefinition", {
    AttributeName: keyAttributeName,
    AttributeType: required(choice("B", "N", "S")),
  }),
);

const keySchemaElement = structure("KeySchemaElement", {
  AttributeName: keyAttributeName,
  KeyType: required(choice("HASH", "RANGE")),
});
const keySchema = required(list(keySchemaElement, { countMin: 1, countMax: 2 }));
/** How many there may be of each kind is said of the kind. */
const globalKeySchema = required(list(keySchemaElement, { countMin: 1 }));
export type KeySchemaInput = Input<typeof keySchema>;

const projection = required(
  structure("Projection", {
    ProjectionType: choice("ALL", "INCLUDE", "KEYS_ONLY"),
    NonKeyAttributes: list(text(), {
      countMin: 1,
      countMax: 20,
      memberLength: { min: 1, max: 255 },
    }),
  }),
);

export const throughput = structure("ProvisionedThroughput", {
  ReadCapacityUnits: required(long({ min: 1 })),
  WriteCapacityUnits: required(long({ min: 1 })),
});
export type ThroughputInput = Input<typeof throughput>;

export const onDemandThroughput = structure("OnDemandThroughput", {
  MaxReadRequestUnits: long(),
  MaxWriteRequestUnits: long(),
});

export type OnDemandInput = Input<typeof onDemandThroughput>;

export const localIndex = structure("LocalSecondaryIndex", {
  IndexName: required(indexName),
  KeySchema: keySchema,
  Projection: projection,
});

const globalIndexMembers = {
  IndexName: required(indexName),
  KeySchema: globalKeySchema,
  Projection: projection,
  ProvisionedThroughput: throughput,
  OnDemandThroughput: onDemandThroughput,
  WarmThroughput: missing,
} as const;

export const globalIndex = structure("GlobalSecondaryIndex", globalIndexMembers);
export type IndexInput = Input<typeof globalIndex>;

const streamSpecification = structure("StreamSpecification", {
  StreamEnabled: required(boolean()),
  StreamViewType: choice("NEW_AND_OLD_IMAGES", "OLD_IMAGE", "NEW_IMAGE", "KEYS_ONLY"),
});
export type StreamInput = Input<typeof streamSpecification>;

export const sseSpecification = structure("SSESpecification", {
  Enabled: boolean(),
  SSEType: choice("AES256", "KMS"),
  KMSMasterKeyId: text(),
});

const tag = structure("Tag", {
  Key: required(text({ lengthMin: 1, lengthMax: 128 })),
  Value: required(text({ lengthMin: 0, lengthMax: 256 })),
});

export const billingMode = choice("PROVISIONED", "PAY_PER_REQUEST");
const tableClass = choice("STANDARD", "STANDARD_INFREQUENT_ACCESS");

export const createTableShape = structure("CreateTableInput", {
  AttributeDefinitions: required(attributeDefinitions),
  TableName: tableName,
  KeySchema: keySchema,
  LocalSecondaryIndexes: list(localIndex),
  GlobalSecondaryIndexes: list(globalIndex),
  BillingMode: billingMode,
  ProvisionedThroughput: throughput,
  OnDemandThroughput: onDemandThroughput,
  StreamSpecification: streamSpecification,
  SSESpecification: sseSpecification,
  Tags: list(tag),
  TableClass: tableClass,
  DeletionProtectionEnabled: boolean(),
  WarmThroughput: missing,
  ResourcePolicy: text(),
  GlobalTableSourceArn: missing,
  GlobalTableSettingsReplicationMode: missing,
  VectorIndexes: missing,
});
export type CreateTableInput = Input<typeof createTableShape>;

export const updateTableShape = structure("UpdateTableInput", {
  AttributeDefinitions: attributeDefinitions,
  TableName: tableName,
  BillingMode: billingMode,
  ProvisionedThroughput: throughput,
  OnDemandThroughput: onDemandThroughput,
  GlobalSecondaryIndexUpdates: list(
    structure("GlobalSecondaryIndexUpdate", {
      Update: structure("UpdateGlobalSecondaryIndexAction", {
        IndexName: required(indexName),
        ProvisionedThroughput: throughput,
        OnDemandThroughput: onDemandThroughput,
        WarmThroughput: missing,
      }),
      Create: structure("CreateGlobalSecondaryIndexAction", globalIndexMembers),
      Delete: structure("DeleteGlobalSecondaryIndexAction", { IndexName: required(indexName) }),
    }),
  ),
  StreamSpecification: streamSpecification,
  SSESpecification: sseSpecification,
  TableClass: tableClass,
  DeletionProtectionEnabled: boolean(),
  ReplicaUpdates: missing,
  MultiRegionConsistency: missing,
  GlobalTableWitnessUpdates: missing,
  WarmThroughput: missing,
  GlobalTableSettingsReplicationMode: missing,
  DisassociationProtectionEnabled: missing,
  VectorIndexUpdates: missing,
});
export type UpdateTableInput = Input<typeof updateTableShape>;

export const namedTableShape = structure("DescribeTableInput", { TableName: tableName });

export const listTablesShape = structure("ListTablesInput", {
  ExclusiveStartTableName: text({ lengthMin: 3, lengthMax: 255, pattern: "[a-zA-Z0-9_.-]+" }),
  Limit: integer({ min: 1, max: 100 }),
});

export const updateTimeToLiveShape = structure("UpdateTimeToLiveInput", {
  TableName: tableName,
  TimeToLiveSpecification: required(
    structure("TimeToLiveSpecification", {
      Enabled: required(boolean()),
      AttributeName: required(text({ lengthMin: 1, lengthMax: 255 })),
    }),
  ),
});

const resourceArn = required(text({ lengthMin: 1, lengthMax: 1283 }));

export const tagResourceShape = structure("TagResourceInput", {
  ResourceArn: resourceArn,
  Tags: required(list(tag)),
});

export const untagResourceShape = structure("UntagResourceInput", {
  ResourceArn: resourceArn,
  TagKeys: required(list(text(), { memberLength: { min: 1, max: 128 } })),
});

export const listTagsShape = structure("ListTagsOfResourceInput", {
  ResourceArn: resourceArn,
  NextToken: text(),
});

export const emptyShape = structure("DescribeLimitsInput", {});

const revisionId = text({ lengthMin: 1, lengthMax: 255 });

export const putResourcePolicyShape = structure("PutResourcePolicyInput", {
  ResourceArn: resourceArn,
  Policy: required(text()),
  ExpectedRevisionId: revisionId,
  ConfirmRemoveSelfResourceAccess: boolean(),
});

export const getResourcePolicyShape = structure("GetResourcePolicyInput", {
  ResourceArn: resourceArn,
});

export const deleteResourcePolicyShape = structure("DeleteResourcePolicyInput", {
  ResourceArn: resourceArn,
  ExpectedRevisionId: revisionId,
});
