/** Operations that the service has and that are not here; they are refused by name. */

export const unimplementedOperations: ReadonlySet<string> = new Set([
  "CancelBulkOperation",
  "CreateGlobalTable",
  "DescribeBulkOperation",
  "DescribeTableReplicaAutoScaling",
  "DisableKinesisStreamingDestination",
  "EnableKinesisStreamingDestination",
  "ExportTableToPointInTime",
  "ImportTable",
  "ListBulkOperations",
  "SearchVectors",
  "StartBulkPutItems",
  "UpdateGlobalTable",
  "UpdateGlobalTableSettings",
  "UpdateKinesisStreamingDestination",
  "UpdateTableReplicaAutoScaling",
]);
