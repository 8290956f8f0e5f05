/**
 * A door on a free port of this machine, over a broker and tables in memory, and doubles of the
 * rest.
 */

import {
  type Figure,
  type LogFields,
  ManualClock,
  silentLogger,
  systemRandom,
} from "../base/mod.ts";
import {
  Broker,
  type BrokerLimits,
  defaultLimits,
  type LifecycleObserver,
  type Message,
} from "../broker/mod.ts";
import { createFunctions, type Functions, type InvokeResult } from "../functions/mod.ts";
import { openMemoryRecords } from "../storage/mod.ts";
import { createTables } from "../tables/mod.ts";
import { createApiDoor } from "./mod.ts";

export interface AsyncCall {
  readonly functionName: string;
  readonly payload: Uint8Array;
}

/** With `functions`, those are called; else `state.invokeResult` is the answer to every call. */
export async function openDoor(brokerLimits: Partial<BrokerLimits> = {}, functions?: Functions) {
  const published: Message[] = [];
  const asyncCalls: AsyncCall[] = [];
  const warnings: LogFields[] = [];
  const state = {
    missing: [] as string[],
    figures: (): Figure[] => [],
    invokeResult: { found: false } as InvokeResult,
  };
  const logger = {
    ...silentLogger,
    warn: (_: string, fields: LogFields = {}) => warnings.push(fields),
  };
  const clock = new ManualClock();
  const records = openMemoryRecords();
  const account = { region: "eu-central-1", accountId: "000000000000" };
  const random = systemRandom;
  const tables = createTables({ records, clock, random, logger: silentLogger, account });
  await tables.start();
  const broker = new Broker({
    records,
    limits: { ...defaultLimits, ...brokerLimits },
    clock,
    random: systemRandom,
    logger: silentLogger,
    admit: () => ({ allowed: true, principal: "tester" }),
    taps: [(message) => void published.push(message)],
    observer: silentObserver,
    atEndOfTurn: (callback) => callback(),
  });
  await broker.start();
  await tables.define({ name: "plain", partitionKey: { name: "pk", type: "S" } });
  await tables.define({
    name: "lines",
    partitionKey: { name: "room", type: "S" },
    sortKey: { name: "at", type: "N" },
  });
  const none = createFunctions({
    definitions: [],
    records,
    workFolder: "",
    region: "eu-central-1",
    accountId: "111122223333",
    clock,
    random: systemRandom,
    logger: silentLogger,
  });
  const door = createApiDoor({
    tables,
    broker,
    functions: functions ?? none,
    invoke: functions?.invoke ?? (async () => state.invokeResult),
    invokeAsync:
      functions?.invokeAsync ??
      (async (functionName, payload) => {
        asyncCalls.push({ functionName, payload });
        return functionName === "greet" ? "8f0b2b57-0000-4000-8000-000000000001" : undefined;
      }),
    missing: () => state.missing,
    figures: () => state.figures(),
    logger: { ...logger, warn: (what, fields) => void logger.warn(what, fields) },
    clock,
    random: systemRandom,
  });
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => door(request, { ip: "127.0.0.1" }),
  });
  const url = `http://127.0.0.1:${server.port}`;
  const close = () => server.stop(true);
  return { url, state, broker, records, clock, published, asyncCalls, warnings, tables, close };
}

const silentObserver: LifecycleObserver = {
  connected() {},
  connectFailed() {},
  disconnected() {},
  subscribed() {},
  unsubscribed() {},
};

/** What every SDK client needs to talk to the door. */
export function clientOptions(url: string) {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
  return { endpoint: url, region: "eu-central-1", credentials, maxAttempts: 1 };
}
