/**
 * The service: tables over a store of ordered records.
 *
 * Left out, and refused by name: indexes, batches, transactions, PartiQL, streams, the legacy
 * parameters, tables made or changed through the API.
 */

import type { Clock, Logger } from "../base/mod.ts";
import type { Records } from "../storage/mod.ts";
import type {
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
import { type Catalog, defineTable, describeTable, findTable, listTables } from "./catalog.ts";
import type { TableDefinition } from "./definition.ts";
import { answer, type Result } from "./errors.ts";
import { type Sweeping, startSweeping, sweepTable } from "./expiry.ts";
import { getItem, query, scan } from "./read-operations.ts";
import { deleteItem, putItem, updateItem } from "./write-operations.ts";

/** Inputs are checked as if they came from outside, whatever their type promises. */
export interface Tables {
  /** Once answered, the table is there. Refuses another key than the stored items have. */
  define(definition: TableDefinition): Promise<Result<void>>;
  putItem(input: PutItemInput): Promise<Result<WriteOutput>>;
  getItem(input: GetItemInput): Promise<Result<GetItemOutput>>;
  updateItem(input: UpdateItemInput): Promise<Result<WriteOutput>>;
  deleteItem(input: DeleteItemInput): Promise<Result<WriteOutput>>;
  query(input: QueryInput): Promise<Result<PageOutput>>;
  scan(input: ScanInput): Promise<Result<PageOutput>>;
  describeTable(input: DescribeTableInput): Promise<Result<DescribeTableOutput>>;
  listTables(input: ListTablesInput): Promise<Result<ListTablesOutput>>;
  /** Deletes what has expired; answers how many items that were. */
  sweep(): Promise<number>;
  /** Sweeps about every second until stopped. */
  startSweeping(): Sweeping;
}

export interface TablesPorts {
  readonly records: Records;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createTables({ records, clock, logger }: TablesPorts): Tables {
  const catalog: Catalog = new Map();
  const find = (name: string) => findTable(catalog, name);
  async function sweep(): Promise<number> {
    let deletedCount = 0;
    for (const table of catalog.values()) deletedCount += await sweepTable(table, clock.now());
    return deletedCount;
  }
  return {
    define: (definition) => answer(() => defineTable(catalog, records, definition)),
    putItem: (input) => answer(() => putItem(find, input)),
    getItem: (input) => answer(() => getItem(find, input)),
    updateItem: (input) => answer(() => updateItem(find, input)),
    deleteItem: (input) => answer(() => deleteItem(find, input)),
    query: (input) => answer(() => query(find, input)),
    scan: (input) => answer(() => scan(find, input)),
    describeTable: (input) => answer(() => describeTable(catalog, input)),
    listTables: (input) => answer(() => listTables(catalog, input)),
    sweep,
    startSweeping: () => startSweeping(sweep, clock, logger),
  };
}
