/** Tables: items under keys, with conditions, queries and expiry. */

export type {
  ConsumedCapacity,
  DeleteItemInput,
  DescribeTableInput,
  DescribeTableOutput,
  GetItemInput,
  GetItemOutput,
  ListTablesInput,
  ListTablesOutput,
  PageOutput,
  PutItemInput,
  QueryInput,
  ScanInput,
  UpdateItemInput,
  WriteOutput,
} from "./api.ts";
export type { KeyAttribute, TableDefinition } from "./definition.ts";
export type { Result, TableError, TableErrorCode } from "./errors.ts";
export type { Sweeping } from "./expiry.ts";
export { createTables, type Tables, type TablesPorts } from "./tables.ts";
