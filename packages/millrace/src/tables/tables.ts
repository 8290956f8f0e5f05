/**
 * The service: tables over a store of ordered records.
 *
 * Left out, and refused by name: exports and imports, global tables.
 * Capacity is described, charged and counted; it is enforced when that is asked for.
 */

import {
  type Awaitable,
  assert,
  type Clock,
  type Figured,
  type Logger,
  type Random,
  utf8,
} from "../base/mod.ts";
import type { Records } from "../storage/mod.ts";
import { type CapacityReport, capacityFigures, reportCapacity } from "./capacity/report.ts";
import { Catalog } from "./catalog/catalog.ts";
import type { TableDefinition } from "./catalog/definition.ts";
import type { Account } from "./catalog/describe.ts";
import { Jobs } from "./catalog/jobs.ts";
import { SizeKeeper } from "./catalog/sizes.ts";
import { nameOf } from "./catalog/table-names.ts";
import { answer, answerAtOnce, type Result } from "./errors.ts";
import {
  encoders,
  type OperationName,
  operations,
  type StreamOperationName,
  streamOperations,
} from "./operations/by-name.ts";
import type { WriteOutput } from "./operations/put-item.ts";
import { policyOfArn } from "./operations/resource-policies.ts";
import { trimHistory } from "./recovery/history.ts";
import type { PutItemInput } from "./request/item-shapes.ts";
import { Scaling } from "./scaling/scaling.ts";
import { type Sweeping, startSweeping, sweepTable } from "./store/expiry.ts";
import { trimStream } from "./store/stream-log.ts";
import type { ResourcePolicy, Table } from "./store/table.ts";
import { sweepTokens } from "./write/tokens.ts";

export interface Tables extends Figured {
  /** They live elsewhere, and so operations are known there that are not known here. */
  readonly isRemote?: boolean;
  /** Moves capacity by what is spent. */
  readonly scaling: Scaling;
  /** What is spent on each table and index, and on what of it most. */
  reportCapacity(): CapacityReport[];
  /** Once answered, the tables that the API has made are there; called first. */
  start(): Promise<void>;
  /**
   * Once answered, the table is there. Refuses another key than the stored items have, unless
   * `replaces`: then they go.
   */
  define(definition: TableDefinition, replaces?: boolean): Promise<Result<void>>;
  /** Tells the log which tables the template has no more; called after the last `define`. */
  tellUnseen(): void;
  /** Carries out an operation; the request is any JSON value and is checked as such. */
  call<N extends OperationName>(name: N, request: unknown): Promise<Result<OutputOf<N>>>;
  /** As `call`, with the answer as its JSON in UTF-8; at once where nothing is waited for. */
  answer(name: string, request: unknown): Awaitable<Result<Uint8Array>>;
  /** As `call`, for operations on streams. */
  callStreams(name: StreamOperationName, request: unknown): Promise<Result<object>>;
  /** The policy of a table and its indexes, or of a stream; `undefined`: there is none. */
  resourcePolicyOf(arn: string): ResourcePolicy | undefined;
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
  /** Whether requests are refused for want of capacity; absent: it is only counted. */
  readonly enforceCapacity?: boolean | undefined;
  /** Told after each change that a stream has a record of, and when a stream begins or ends. */
  readonly onStreamed?: ((tableName: string) => void) | undefined;
}

/** Knows no table until `start` and `define` have answered. */
export function createTables(ports: TablesPorts): Tables {
  const { records, clock, random, logger, account, enforceCapacity = false, onStreamed } = ports;
  const jobs = new Jobs(logger);
  const capacity = { enforced: enforceCapacity, account };
  const catalog = new Catalog({ records, clock, random, jobs, capacity, onStreamed });
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
  const scaling = new Scaling({
    ...{ records, clock, random, logger, catalog },
    update: async (request) => {
      const updated = await call("UpdateTable", request);
      return updated.ok ? undefined : updated.error.message;
    },
  });
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
    scaling,
    async start() {
      await catalog.load();
      await scaling.load();
    },
    define: (definition, replaces) => answer(() => catalog.define(definition, replaces)),
    tellUnseen: () => tellUnseen(catalog, logger),
    call,
    answer: (name, request) =>
      answerAtOnce(() => {
        assert(isOperation(name), `there is no operation "${name}"`);
        const encode = encoders[name];
        if (encode) return encode(context, request);
        const called: Promise<object> = operations[name](context, request);
        return called.then((output) => utf8(JSON.stringify(output)));
      }),
    callStreams: (name, request) => answer(() => streamOperations[name](context, request)),
    resourcePolicyOf: (arn) => policyOfArn({ catalog, account }, arn),
    definitionOf: (nameOrArn) => catalog.get(nameOf(nameOrArn))?.definition,
    putItem: (input) => call("PutItem", input),
    sweep,
    startSweeping: () => startSweeping(sweep, clock, logger),
    reportCapacity: () => reportCapacity(catalog.tables()),
    figures: () => capacityFigures(catalog.tables()),
    settled: () => jobs.settled(),
    close: () => jobs.stop(),
  };
}

/** Each table by its name: a change of a template that was not meant so is seen here alone. */
function tellUnseen(catalog: Catalog, logger: Logger): void {
  for (const table of catalog.unseen()) {
    logger.warn("table unseen, the template has it no more; its items stay", { table });
  }
}

/** Whether there is such an operation on streams. */
export function isStreamOperation(name: string): name is StreamOperationName {
  return Object.hasOwn(streamOperations, name);
}

/** Whether there is such an operation. */
export function isOperation(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}
