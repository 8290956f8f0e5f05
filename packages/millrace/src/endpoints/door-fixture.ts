/** A door on a free port of this machine, over tables in memory and doubles of the rest. */

import { type LogFields, ManualClock, silentLogger, systemRandom } from "../base/mod.ts";
import type { Message, PublishOutcome } from "../broker/mod.ts";
import type { InvokeResult } from "../functions/mod.ts";
import { openMemoryRecords } from "../storage/mod.ts";
import { createTables } from "../tables/mod.ts";
import { createApiDoor } from "./mod.ts";

export interface AsyncCall {
  readonly functionName: string;
  readonly payload: Uint8Array;
}

export async function openDoor() {
  const published: Message[] = [];
  const asyncCalls: AsyncCall[] = [];
  const warnings: LogFields[] = [];
  const state = {
    missing: [] as string[],
    publishOutcome: { accepted: true } as PublishOutcome,
    invokeResult: { found: false } as InvokeResult,
  };
  const logger = {
    ...silentLogger,
    warn: (_: string, fields: LogFields = {}) => warnings.push(fields),
  };
  const tables = createTables({ records: openMemoryRecords(), clock: new ManualClock(), logger });
  await tables.define({ name: "plain", partitionKey: { name: "pk", type: "S" } });
  await tables.define({
    name: "lines",
    partitionKey: { name: "room", type: "S" },
    sortKey: { name: "at", type: "N" },
  });
  const door = createApiDoor({
    tables,
    publish: (message) => {
      published.push(message);
      return state.publishOutcome;
    },
    payloadBytesMax: 1000,
    invoke: async () => state.invokeResult,
    invokeAsync: async (functionName, payload) => {
      asyncCalls.push({ functionName, payload });
      return functionName === "greet";
    },
    missing: () => state.missing,
    logger: { ...logger, warn: (what, fields) => void logger.warn(what, fields) },
    random: systemRandom,
  });
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => door(request, { ip: "127.0.0.1" }),
  });
  const url = `http://127.0.0.1:${server.port}`;
  return { url, state, published, asyncCalls, warnings, tables, close: () => server.stop(true) };
}

/** What every SDK client needs to talk to the door. */
export function clientOptions(url: string) {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
  return { endpoint: url, region: "eu-central-1", credentials, maxAttempts: 1 };
}
