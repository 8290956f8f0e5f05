/**
 * The service: tables over a store of ordered records.
 *
 * Left out, and refused by name: recovery of a point in time, exports and imports, global tables.
 * Capacity is described and charged, never enforced.
 */

import type { Clock, Logger, Random } from "../base/mod.ts";
import type { Records } from "../storage/mod.ts";
import { Catalog, nameOf } from "./catalog/catalog.ts";
import type { TableDefinition } from "./catalog/definition.ts";
import type { Account } from "./catalog/describe.ts";
import { Jobs } from "./catalog/jobs.ts";
import { SizeKeeper } from "./catalog/sizes.ts";
import { answer, type Result } from "./errors.ts";
import {
  type OperationName,
  operations,
  type StreamOperationName,
  streamOperations,
} from "./operations/by-name.ts";
import type { WriteOutput } from "./operations/put-item.ts";
import { trimHistory } from "./recovery/history.ts";
import type { PutItemInput } from "./request/item-shapes.ts";
import { type Sweeping, startSweeping, sweepTable } from "./store/expiry.ts";
import { trimStream } from "./store/stream-log.ts";
import type { Table } from "./store/table.ts";
import { sweepTokens } from "./write/tokens.ts";

export interface Tables {
  /** Once answered, the tables that the API has made are there; called first. */
  start(): Promise<void>;
  /** Once answered, the table is there. Refuses another key than the stored items have. */
  define(definition: TableDefinition): Promise<Result<void>>;
  /** Carries out an operation; the request is any JSON value and is checked as such. */
  call<N extends OperationName>(name: N, request: unknown): Promise<Result<OutputOf<N>>>;
  /** The same for operations on streams. */
  callStreams(name: StreamOperationName, request: unknown): Promise<Result<object>>;
  /** As it is now, by name or ARN; `undefined`: there is no such table. */
  definitionOf(nameOrArn: string): TableDefinition | undefined;
  /** As `call`, for the rest of the house. */
  putItem(input: PutItemInput): Promise<Result<WriteOutput>>;
  /** Deletes what has expired; answers how many items that were. */
  sweep(): Promise<number>;
  /** Sweeps about every second until stopped. */
  startSweeping(): Sweeping;
  /** Answers when no index is being built and nothing is left to be cleared away. */
  settled(): Promise<void>;
  /** Leaves off work that goes on by itself; the next start goes on with it. */
  close(): Promise<void>;
}

type OutputOf<N extends OperationName> = Awaited<ReturnType<(typeof operations)[N]>>;

export interface TablesPorts {
  readonly records: Records;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Whose tables they are. */
  readonly account: Account;
}

/** Knows no table until `start` and `define` have answered. */
export function createTables({ records, clock, random, logger, account }: TablesPorts): Tables {
  const jobs = new Jobs(logger);
  const catalog = new Catalog({ records, clock, random, jobs });
  const context = {
    catalog,
    records,
    clock,
    random,
    account,
    sizes: new SizeKeeper(clock),
    logger,
  };
  const call = <N extends OperationName>(name: N, request: unknown) =>
    answer(() => operations[name](context, request) as Promise<OutputOf<N>>);
  async function sweep(): Promise<number> {
    let deletedCount = 0;
    for (const table of [...catalog.tables()]) {
      deletedCount += await sweepTable(table, clock.now());
      await sweepStreams(table);
      await trimHistory(table);
    }
    await sweepTokens(records, clock.now());
    return deletedCount;
  }
  async function sweepStreams(table: Table): Promise<void> {
    if (table.dropped) return;
    await catalog.dropOldStreams(table);
    for (const stream of table.state.streams ?? []) await trimStream(table, stream);
  }
  return {
    start: () => catalog.load(),
    define: (definition) => answer(() => catalog.define(definition)),
    call,
    callStreams: (name, request) => answer(() => streamOperations[name](context, request)),
    definitionOf: (nameOrArn) => catalog.get(nameOf(nameOrArn))?.definition,
    putItem: (input) => call("PutItem", input),
    sweep,
    startSweeping: () => startSweeping(sweep, clock, logger),
    settled: () => jobs.settled(),
    close: () => jobs.stop(),
  };
}

/** Whether there is such an operation on streams. */
export function isStreamOperation(name: string): name is StreamOperationName {
  return Object.hasOwn(streamOperations, name);
}

/** Whether there is such an operation. */
export function isOperation(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}
