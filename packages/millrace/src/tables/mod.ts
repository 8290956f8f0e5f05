/** Tables: items under keys, with indexes, conditions, queries, transactions and expiry. */

export type { CapacityReport } from "./capacity/report.ts";
export type {
  IndexDefinition,
  KeyAttribute,
  KeySchema,
  OnDemandMax,
  Projection,
  TableDefinition,
  Throughput,
} from "./catalog/definition.ts";
export type { Account } from "./catalog/describe.ts";
export { nameOf as tableNameOf } from "./catalog/table-names.ts";
export type { CancellationReason, Result, TableError, TableErrorCode } from "./errors.ts";
export { keyPartCountMax } from "./limits.ts";
export { type OperationName, operations, streamOperations } from "./operations/by-name.ts";
export type { WriteOutput } from "./operations/put-item.ts";
export type { RemoteOptions, SendToRemote } from "./remote/endpoint.ts";
export { createRemoteTables } from "./remote/remote-tables.ts";
export type { PutItemInput } from "./request/item-shapes.ts";
export {
  resourceParts,
  type ScalableDimension,
  type ScalableTarget,
  type ScalableTargetName,
  type ScalingPolicy,
  scalableDimensions,
} from "./scaling/definition.ts";
export {
  type Activity,
  alarmName,
  type KeptPolicy,
  type KeptTarget,
  type Scaling,
} from "./scaling/scaling.ts";
export type { Sweeping } from "./store/expiry.ts";
export type { ResourcePolicy } from "./store/table.ts";
export {
  createTables,
  isOperation,
  isStreamOperation,
  type Tables,
  type TablesPorts,
} from "./tables.ts";
