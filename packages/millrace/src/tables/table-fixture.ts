/** Tables in memory with a clock that stands still, and shorthands for tests. */

import { ManualClock, silentLogger } from "../base/mod.ts";
import { openMemoryRecords } from "../storage/mod.ts";
import { createTables, type Result } from "./mod.ts";

export async function openTables() {
  const clock = new ManualClock();
  const records = openMemoryRecords();
  const tables = createTables({ records, clock, logger: silentLogger });
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
export async function told<T>(result: Promise<Result<T>>): Promise<T | string> {
  const settled = await result;
  return settled.ok ? settled.value : `${settled.error.code}: ${settled.error.message}`;
}

/** The value; fails the test on a refusal. */
export async function must<T>(result: Promise<Result<T>>): Promise<T> {
  const settled = await result;
  if (!settled.ok) throw new Error(settled.error.message);
  return settled.value;
}
