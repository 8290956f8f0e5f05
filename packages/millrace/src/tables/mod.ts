/** Tables: items under keys, with indexes, conditions, queries, transactions and expiry. */

export { nameOf as tableNameOf } from "./catalog/catalog.ts";
export type {
  IndexDefinition,
  KeyAttribute,
  KeySchema,
  Projection,
  TableDefinition,
  Throughput,
} from "./catalog/definition.ts";
export type { Account } from "./catalog/describe.ts";
export type { CancellationReason, Result, TableError, TableErrorCode } from "./errors.ts";
export { type OperationName, operations, streamOperations } from "./operations/by-name.ts";
export type { WriteOutput } from "./operations/put-item.ts";
export type { PutItemInput } from "./request/item-shapes.ts";
export type { Sweeping } from "./store/expiry.ts";
export {
  createTables,
  isOperation,
  isStreamOperation,
  type Tables,
  type TablesPorts,
} from "./tables.ts";
