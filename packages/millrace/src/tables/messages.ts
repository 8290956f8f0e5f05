/** What is refused, in the service's words; the one table of this part, odd spellings included. */

const invalid = "One or more parameter values were invalid: ";

export const messages = {
  // The request
  memberMissing: (name: string, structure: string) =>
    `The member "${name}" of ${structure.replace(/Input$/, "")} is not implemented`,
  structureUnexpected: "Start of structure or map found where not expected.",
  violations: (violations: readonly string[]) =>
    `${violations.length} validation error${violations.length > 1 ? "s" : ""} detected: ` +
    violations.join("; "),
  namesWithoutExpression: "ExpressionAttributeNames can only be specified when using expressions",
  valuesWithoutExpression: (expressions: readonly string[]) =>
    "ExpressionAttributeValues can only be specified when using expressions: " +
    `${expressions.join(" and ")} ${expressions.length > 1 ? "are" : "is"} null`,
  emptyPlaceholders: (member: string) => `${member} must not be empty`,
  placeholderSyntax: (member: string, key: string) =>
    `${member} contains invalid key: Syntax error; key: "${key}"`,
  returnOldOnly: "ReturnValues can only be ALL_OLD or NONE",
  keyConditionMissing:
    "Either the KeyConditions or KeyConditionExpression parameter must be specified " +
    "in the request.",
  projectionMissing:
    "Must specify the AttributesToGet or ProjectionExpression when choosing to get " +
    "SPECIFIC_ATTRIBUTES",
  projectionBeside: (select: string) =>
    "Cannot specify the ProjectionExpression when choosing to get " +
    (select === "COUNT" ? "only the Count" : select),
  mixedParameters: (older: readonly string[], expressions: readonly string[]) =>
    "Can not use both expression and non-expression parameters in the same request: " +
    `Non-expression parameters: {${older.join(", ")}} ` +
    `Expression parameters: {${expressions.join(", ")}}`,
  valueInvalid: (member: string, key: string, reason: string) =>
    `${member} contains invalid value: ${reason} for key ${key}`,
  attributesToGetBeside: (select: string) =>
    "Cannot specify the AttributesToGet when choosing to get " +
    (select === "COUNT" ? "only the Count" : select),
  attributeRepeated: (name: string) => `${invalid}Duplicate value in attribute name: ${name}`,
  operatorUnwanted: "ConditionalOperator cannot be used without Filter or Expected",
  operatorAlone:
    "ConditionalOperator can only be used when Filter or Expected has two or more elements",
  indexMissing: "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",

  // Conditions that came before expressions
  valueAndList: (name: string) =>
    `${invalid}Value and AttributeValueList cannot be used together for Attribute: ${name}`,
  existsAndOperator: (name: string) =>
    `${invalid}Exists and ComparisonOperator cannot be used together for Attribute: ${name}`,
  operatorValueMissing: (operator: string, name: string) =>
    `${invalid}Value or AttributeValueList must be used with ComparisonOperator: ${operator} ` +
    `for Attribute: ${name}`,
  listWithoutOperator: (name: string) =>
    `${invalid}AttributeValueList can only be used with a ComparisonOperator ` +
    `for Attribute: ${name}`,
  existsWithoutValue: (exists: boolean | undefined, name: string) =>
    `${invalid}Value must be provided when Exists is ${exists ?? null} for Attribute: ${name}`,
  valueWithoutExists: (name: string) =>
    `${invalid}Value cannot be used when Exists is false for Attribute: ${name}`,
  keyOperatorUnusable: "Attempted conditional constraint is not an indexable operation",

  // Batches and transactions
  // The service words the same of its two batches differently.
  batchGetEmpty:
    "1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: " +
    "Member must have length greater than or equal to 1",
  batchWriteEmpty: "The requestItems parameter is required for BatchWriteItem",
  batchTooLarge: (operation: string) => `Too many items requested for the ${operation} call`,
  keysRepeated: "Provided list of item keys contains duplicates",
  writeRequestEmpty:
    "Supplied WriteRequest is empty, must contain exactly one of PutRequest or DeleteRequest",
  writeRequestMany:
    "Supplied WriteRequest has more than one operations set, " +
    "must contain exactly one of PutRequest or DeleteRequest",
  transactOne: "TransactItems can only contain one of Check, Put, Update or Delete",
  transactRepeated: "Transaction request cannot include multiple operations on one item",
  transactSize: "Transaction request size has exceeded the maximum allowed size",
  tokenReused:
    "Provided idempotent token with parameters that do not match the parameters " +
    "of the earlier request",
  canceled: (codes: readonly string[]) =>
    "Transaction cancelled, please refer cancellation reasons for specific reasons " +
    `[${codes.join(", ")}]`,

  // Policies of resources
  policySize: "The policy is larger than 20 KB",
  policyInvalid: "Invalid policy document: ",
  policyNotFound: (arn: string) => `Resource-based policy not found for the resource: ${arn}`,
  policyRevision: (revision: string) =>
    `The resource has no policy of the expected revision: ${revision}`,

  // Capacity
  provisionExceeded:
    "The level of configured provisioned throughput for the table was exceeded. " +
    "Consider increasing your provisioning level with the UpdateTable API.",
  indexProvisionExceeded:
    "The level of configured provisioned throughput for one or more global secondary indexes of " +
    "the table was exceeded. Consider increasing your provisioning level for the " +
    "under-provisioned global secondary indexes with the UpdateTable API",
  throttled:
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically " +
    "scaling your table or index so please try again shortly. If exceptions persist, check if " +
    "you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/" +
    "bp-partition-key-design.html",
  maxOnDemandExceeded:
    "Throughput exceeds the maximum OnDemandThroughput configured on table or index",

  // Values
  // That names have at least one character is documented; the words are not.
  nameEmpty: `${invalid}Empty attribute name`,
  nameTooLong: "Attribute name is too large, must be less than 65536 bytes",
  noType: "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
  manyTypes:
    "Supplied AttributeValue has more than one datatypes set, " +
    "must contain exactly one of the supported datatypes",
  nullFalse: `${invalid}Null attribute value types must have the value of true`,
  emptyStringSet: `${invalid}An string set  may not be empty`,
  emptyNumberSet: `${invalid}An number set  may not be empty`,
  emptyBinarySet: `${invalid}Binary sets should not be empty`,
  duplicateStrings: (members: readonly string[]) =>
    `${invalid}Input collection [${members.map((member) => `"${member}"`).join(", ")}] ` +
    "contains duplicates.",
  duplicateBinaries: (members: readonly string[]) =>
    `${invalid}Input collection [${members.map((member) => `"${member}"`).join(",")}]` +
    "of type BS contains duplicates.",
  duplicateNumbers: "Input collection contains duplicates",
  nesting:
    "Nesting Levels have exceeded supported limits: " +
    "Attributes in the item have nested levels beyond supported limit",
  itemSize: "Item size has exceeded the maximum allowed size",
  updatedItemSize: "Item size to update has exceeded the maximum allowed size",
  blobLength: (text: string) =>
    `'${text}' can not be converted to a Blob: ` +
    `Base64 encoded length is expected a multiple of 4 bytes but found: ${text.length}`,
  blobCharacter: (text: string, character: string) =>
    `'${text}' can not be converted to a Blob: Invalid Base64 character: '${character}'`,
  blobEnd: (text: string) =>
    `'${text}' can not be converted to a Blob: Invalid last non-pad Base64 character dectected`,

  // Making and changing tables
  tableNameLength: "TableName must be at least 3 characters long and at most 255 characters long",
  tableExists: (name: string) => `Table already exists: ${name}`,
  backupNotFound: (arn: string) => `Backup not found: ${arn}`,
  globalTableNotFound: (name: string) =>
    `Global table not found: Global table with name: '${name}' does not exist.`,
  // That they are not found is documented; the words are those of backups.
  exportNotFound: (arn: string) => `Export not found: ${arn}`,
  importNotFound: (arn: string) => `Import not found: ${arn}`,
  tableNotFoundShort: (name: string) => `Table not found: ${name}`,
  recoveryOff: "Point in time recovery has not yet been enabled for this source table.",
  restoreSourceTwice: "Only one of SourceTableArn and SourceTableName can be specified",
  restoreSourceMissing: "Either SourceTableArn or SourceTableName must be specified",
  restoreTimeTwice: "Only one of UseLatestRestorableTime and RestoreDateTime can be specified",
  restoreTimeMissing: "Either UseLatestRestorableTime or RestoreDateTime must be specified",
  restoreTimeOutside:
    "An invalid restore time was specified. RestoreDateTime must be between " +
    "EarliestRestorableDateTime and LatestRestorableDateTime.",
  tableProtected:
    "Resource cannot be deleted as it is currently protected against deletion. " +
    "Disable deletion protection first.",
  unitsMissing:
    `${invalid}ReadCapacityUnits and WriteCapacityUnits must both be specified ` +
    "when BillingMode is PROVISIONED",
  unitsUnwanted:
    `${invalid}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified ` +
    "when BillingMode is PAY_PER_REQUEST",
  indexUnitsMissing: (index: string) =>
    `${invalid}ProvisionedThroughput must be specified for index: ${index}`,
  indexUnitsUnwanted: (index: string) =>
    `${invalid}ProvisionedThroughput should not be specified for index: ${index} ` +
    "when BillingMode is PAY_PER_REQUEST",
  onDemandUnwanted: (member: string, index: string | undefined) =>
    `${invalid}${member} for OnDemandThroughput ` +
    (index === undefined ? "" : `for index : ${index} `) +
    "cannot be specified when the table BillingMode is PROVISIONED",
  onDemandOutOfBounds: (member: string, index: string | undefined) =>
    `${invalid}Requested ${member} for OnDemandThroughput for ` +
    `${index === undefined ? "table" : `index : ${index}`} is outside of valid range`,
  unitsOutOfBounds: (given: number, member: string, index: string | undefined) =>
    `Given value ${given} for ${member} is out of bounds` +
    (index === undefined ? "" : ` for index ${index}`),
  firstKeyNotHash: "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
  secondKeyNotRange: "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
  hashKeysFirst:
    "Invalid KeySchema: All HASH key attributes must precede RANGE key attributes in the KeySchema",
  tooManyKeyParts: (kind: "HASH" | "RANGE") =>
    "Invalid KeySchema: " +
    `The KeySchema exceeds the maximum allowed number of ${kind} key attributes`,
  keysSameName: "Both the Hash Key and the Range Key element in the KeySchema have the same name",
  keyUndefined: "Invalid KeySchema: Some index key attribute have no definition",
  attributeUndefined: (keys: readonly string[], defined: readonly string[]) =>
    `${invalid}Some index key attributes are not defined in AttributeDefinitions. ` +
    `Keys: [${keys.join(", ")}], AttributeDefinitions: [${defined.join(", ")}]`,
  attributeCount:
    `${invalid}Number of attributes in KeySchema does not exactly match ` +
    "number of attributes defined in AttributeDefinitions",
  attributesUnused: (defined: readonly string[], used: readonly string[]) =>
    `${invalid}Some AttributeDefinitions are not used. ` +
    `AttributeDefinitions: [${defined.join(", ")}], keys used: [${used.join(", ")}]`,
  attributeDefinedTwice: (name: string) =>
    `${invalid}Duplicate AttributeName in AttributeDefinitions: ${name}`,
  indexListEmpty: (scope: "Local" | "Global") =>
    `${invalid}List of ${scope}SecondaryIndexes is empty`,
  indexNameTwice: (index: string) => `${invalid}Duplicate index name: ${index}`,
  localIndexCount: (max: number) =>
    `${invalid}Number of LocalSecondaryIndexes exceeds per-table limit of ${max}`,
  globalIndexCount: (max: number) =>
    `${invalid}GlobalSecondaryIndex count exceeds the per-table limit of ${max}`,
  localIndexNeedsSort:
    `${invalid}Table KeySchema does not have a range key, ` +
    "which is required when specifying a LocalSecondaryIndex",
  localIndexSortMissing: (index: string) =>
    `${invalid}Index KeySchema does not have a range key for index: ${index}`,
  localIndexPartition: (index: string, indexKey: string, tableKey: string) =>
    `${invalid}Index KeySchema does not have the same leading hash key as table KeySchema ` +
    `for index: ${index}. index hash key: ${indexKey}, table hash key: ${tableKey}`,
  // The bound is documented; the words are not.
  projectedNames: (count: number, max: number) =>
    `${invalid}The total number of NonKeyAttributes of all indexes is ${count}, at most ${max}`,
  projectionUnknown: `${invalid}Unknown ProjectionType: null`,
  projectionExtra: (type: string) =>
    `${invalid}ProjectionType is ${type}, but NonKeyAttributes is specified`,
  projectionNothing: `${invalid}ProjectionType is INCLUDE, but NonKeyAttributes is not specified`,
  streamViewMissing: `${invalid}StreamViewType is required when StreamEnabled is true`,
  streamViewUnwanted:
    `${invalid}Table is being created with a stream disabled, ` +
    "UpdateViewType should not be specified",
  streamOn: "Table already has an enabled stream: TableName: ",
  streamOff: "Table has no stream to disable: TableName: ",
  updateNothing:
    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, " +
    "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required",
  updateSameUnits: (read: number, write: number) =>
    "The provisioned throughput for the table will not change. " +
    "The requested value equals the current value. " +
    `Current ReadCapacityUnits provisioned for the table: ${read}. ` +
    `Requested ReadCapacityUnits: ${read}. ` +
    `Current WriteCapacityUnits provisioned for the table: ${write}. ` +
    `Requested WriteCapacityUnits: ${write}. ` +
    "Refer to the Amazon DynamoDB Developer Guide for current limits " +
    "and how to request higher limits.",
  indexUpdateEmpty:
    `${invalid}One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, ` +
    "GlobalSecondaryIndexUpdate.Delete must be specified",
  indexUpdatedTwice: (index: string) =>
    `${invalid}Only one global secondary index update per index is allowed simultaneously. ` +
    `Index: ${index}`,
  indexExists: "Attempting to create an index which already exists",
  indexUpdatesAtOnce:
    "Subscriber limit exceeded: Only 1 online index can be created or deleted " +
    "simultaneously per table",
  indexMany: (max: number) =>
    "Subscriber limit exceeded: " +
    `Number of global secondary indexes exceeds per-table limit of ${max}`,
  indexInUse: (table: string, index: string) =>
    "Attempting to change a resource which is still in use: " +
    `Index is being created: table: ${table}, index: ${index}`,
  ttlAlready: (state: "enabled" | "disabled") => `TimeToLive is already ${state}`,
  ttlElsewhere: (name: string) =>
    `TimeToLive is active on a different AttributeName: current AttributeName is ${name}`,
  tagsMissing: `${invalid}Atleast one Tag needs to be passed`,
  tagKeysMissing: `${invalid}Atleast one Tag Key needs to be passed`,
  // That the prefix is reserved is documented; the words are not.
  tagReserved: (key: string) => `${invalid}Tag keys must not begin with "aws:": ${key}`,
  tagCount: "One or more parameter values were invalid: The number of tags exceeds the limit of 50",
  arnInvalid: (arn: string) => `Invalid TableArn: Invalid ResourceArn provided as input ${arn}`,
  // "ResourcArn" is the service's own.
  arnNotFound: (arn: string) => `Requested resource not found: ResourcArn: ${arn} not found`,

  // Indexes
  indexUnknown: (index: string) => `The table does not have the specified index: ${index}`,
  indexBuilding: (index: string) => `Cannot read from backfilling global secondary index: ${index}`,
  indexStale: "Consistent reads are not supported on global secondary indexes",
  indexNotProjected: (index: string, names: readonly string[]) =>
    `${invalid}Global secondary index ${index} does not project [${names.join(", ")}]`,
  indexNotAll: (index: string) =>
    `${invalid}Select type ALL_ATTRIBUTES is not supported for global secondary index ${index} ` +
    "because its projection type is not ALL",
  indexKeyType: (key: { name: string; type: string; actual: string; index: string }) =>
    `${invalid}Type mismatch for Index Key ${key.name} Expected: ${key.type} ` +
    `Actual: ${key.actual} IndexName: ${key.index}`,
  indexKeyEmpty: (key: { name: string; what: string; index: string }) =>
    "One or more parameter values are not valid. A value specified for a secondary index key is " +
    "not supported. The AttributeValue for a key attribute cannot contain an empty " +
    `${key.what} value. IndexName: ${key.index}, IndexKey: ${key.name}`,
  indexKeyEmptyUpdate: (what: string) =>
    "One or more parameter values are not valid. The update expression attempted to update a " +
    "secondary index key to a value that is not supported. " +
    `The AttributeValue for a key attribute cannot contain an empty ${what} value.`,

  // Statements
  keyNotPinned: "Where clause does not contain a mandatory equality on all key attributes",
  selectNotPinned: (operation: string) =>
    `Select statements within ${operation} must specify the primary key in the where clause.`,
  // The service's words for it are not documented.
  selectPinnedIndex: (index: string) =>
    "Select statements of a batch or transaction read a table by its primary key, " +
    `not the index "${index}"`,
  itemExists: "Duplicate primary key exists in table",
  existsAlone: "EXISTS can only be used in ExecuteTransaction",
  // That a batch does not mix them is documented; the words are those of transactions.
  batchMixed: "BatchExecuteStatement API does not support both read and write operations.",
  transactMixed: "ExecuteTransaction API does not support both read and write operations.",
  returningOldOnly: "RETURNING of a DELETE statement can only be ALL OLD *",
  orderWithoutWhere: "Must have WHERE clause in the statement when using ORDER BY clause.",
  orderWithoutPartition:
    "Must have at least one non-optional hash key condition in WHERE clause when using " +
    "ORDER BY clause.",
  orderOverPartitions:
    "Must have hash key in ORDER BY clause when more than one hash key condition specified in " +
    "WHERE clause.",
  orderElsewhere: (name: string) =>
    `Variable reference ${name} in ORDER BY clause must be part of the primary key`,
  // The service's words for these are not documented.
  orderBothWays: (name: string) =>
    `Variable reference ${name} in ORDER BY clause goes another way than the one before it`,
  tooManyPartitions: (count: number, max: number) =>
    `The WHERE clause names ${count} hash keys; at most ${max} are allowed`,
  orderBehind: (name: string, before: string) =>
    `Variable reference ${name} in ORDER BY clause comes behind ${before}, ` +
    "which the WHERE clause does not fix",
  nextTokenInvalid: "Invalid NextToken",

  // Streams
  streamNotFound: (arn: string) => `Requested resource not found: Stream: ${arn} not found`,
  shardNotFound: "Requested resource not found: Shard does not exist",
  sequenceMissing: (type: string) =>
    `${invalid}SequenceNumber must be provided for ShardIteratorType ${type}`,
  sequenceInvalid: (given: string) => `${invalid}Invalid SequenceNumber: ${given}`,
  trimmed: "The data you are trying to access has been trimmed",
  iteratorInvalid: "Invalid ShardIterator",
  iteratorExpired: "Iterator expired",

  // Parallel scans
  segmentAlone:
    "The TotalSegments parameter is required but was not present in the request " +
    "when Segment parameter is present",
  segmentsAlone:
    "The Segment parameter is required but was not present in the request " +
    "when parameter TotalSegments is present",
  segmentOutside: (segment: number, total: number) =>
    "The Segment parameter is zero-based and must be less than parameter TotalSegments: " +
    `Segment: ${segment} is not less than TotalSegments: ${total}`,
  segmentStart:
    "The provided starting key is invalid: Invalid ExclusiveStartKey. " +
    "Please use ExclusiveStartKey with correct Segment. TotalSegments: ",

  // Tables and keys
  tableNotFound: "Requested resource not found",
  tableNotFoundByName: (name: string) => `Requested resource not found: Table: ${name} not found`,
  keySchemaChanged: (name: string) =>
    `Cannot define table "${name}" with another key: the items stored under it would be lost; ` +
    "KeySchema changes with a new table alone, which --replace-tables makes",
  keyMismatch: "The provided key element does not match the schema",
  keyAttributeMissing: (name: string) => `${invalid}Missing the key ${name} in the item`,
  keyAttributeType: (name: string, expected: string, actual: string) =>
    `${invalid}Type mismatch for key ${name} expected: ${expected} actual: ${actual}`,
  keyEmpty: (name: string, kind: "string" | "binary") =>
    "One or more parameter values are not valid. The AttributeValue for a key attribute " +
    `cannot contain an empty ${kind} value. Key: ${name}`,
  partitionKeySize: `${invalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`,
  sortKeySize:
    "One or more parameter values were invalid: " +
    "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
  keyUpdate: (name: string) =>
    `${invalid}Cannot update attribute ${name}. This attribute is part of the key`,
  filterTooLong: "Invalid FilterExpression: Expression size has exceeded the maximum allowed size;",
  filterOnKey: (filter: "Filter Expression" | "QueryFilter", name: string) =>
    `${filter} can only contain non-primary key attributes: ` + `Primary key attribute: ${name}`,
  startKeyInvalid: "The provided starting key is invalid",
  startKeyMismatch:
    "The provided starting key is invalid: The provided key element does not match the schema",
  startKeyOutside:
    "The provided starting key is outside query boundaries based on provided conditions",
  startKeySort: "The provided starting key does not match the range key predicate",
  conditionFailed: "The conditional request failed",
} as const;
