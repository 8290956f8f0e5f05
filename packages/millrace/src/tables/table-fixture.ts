/** Tables in memory with a clock that stands still, and shorthands for tests. */

import { type Awaitable, ManualClock, silentLogger, systemRandom } from "../base/mod.ts";
import { openMemoryRecords, type Range, type Records } from "../storage/mod.ts";
import {
  createTables,
  type OperationName,
  type Result,
  type Tables,
  type TablesPorts,
} from "./mod.ts";

export const account = { region: "eu-central-1", accountId: "000000000000" };

/** Fresh tables over a store, as after a start. */
export async function startTables(
  records: Records,
  clock = new ManualClock(),
  more: Partial<Pick<TablesPorts, "onStreamed" | "logger">> = {},
) {
  const ports = { records, clock, random: systemRandom, logger: silentLogger, account };
  const tables = createTables({ ...ports, ...more });
  await tables.start();
  return tables;
}

export async function openTables() {
  const clock = new ManualClock();
  const records = openMemoryRecords();
  const tables = await startTables(records, clock);
  await tables.define({
    name: "plain",
    partitionKey: { name: "pk", type: "S" },
    ttlAttribute: "expires",
  });
  await tables.define({
    name: "sorted",
    partitionKey: { name: "pk", type: "S" },
    sortKey: { name: "sk", type: "N" },
  });
  return { tables, clock, records };
}

/** The value, or the refusal as `code: message`. */
export async function told<T>(result: Awaitable<Result<T>>): Promise<T | string> {
  const settled = await result;
  return settled.ok ? settled.value : `${settled.error.code}: ${settled.error.message}`;
}

/** The value; fails the test on a refusal. */
export async function must<T>(result: Awaitable<Result<T>>): Promise<T> {
  const settled = await result;
  if (!settled.ok) throw new Error(settled.error.message);
  return settled.value;
}

/** Calls operations on a table and takes their answers, or refusals, as `told` gives them. */
export function caller(tables: Tables) {
  return <N extends OperationName>(name: N, request: object) => told(tables.call(name, request));
}

/** The same records, which let something happen before each range is read. */
export function interrupted(
  records: Records,
  beforeRange: (range: Range) => Promise<unknown>,
): Records {
  return {
    get: (address) => records.get(address),
    update: (reads, decide) => records.update(reads, decide),
    close: () => records.close(),
    async range(range) {
      await beforeRange(range);
      return records.range(range);
    },
  };
}
