/**
 * The services of a node, wired: where one part needs another, the few functions are handed over
 * here and nowhere else.
 */

import { join } from "node:path";
import { type Figured, type Logger, systemClock, systemRandom, WorldError } from "../base/mod.ts";
import { type Admission, Broker, limitsByName } from "../broker/mod.ts";
import { createApiDoor } from "../endpoints/mod.ts";
import { createLifecycleEvents } from "../events/mod.ts";
import { bundleForBrowser, createFunctions, type Functions } from "../functions/mod.ts";
import { checkEdge, createEdge, type Edge } from "../gateway/mod.ts";
import { createObjects, type Objects } from "../objects/mod.ts";
import {
  type AttributeMap,
  createRules,
  type Publication,
  type Republication,
  type Rules,
} from "../rules/mod.ts";
import { createTables, type Tables } from "../tables/mod.ts";
import type { Application } from "../template/mod.ts";
import { type Anonymous, account, type Configuration } from "./configuration.ts";
import type { Answer } from "./doors.ts";
import type { Engines } from "./engines.ts";
import { measureLoopDelay } from "./loop-delay.ts";
import { placed, placeRuleError, sourceProblem } from "./problems.ts";
import { measureProcess } from "./process-figures.ts";

export interface Services {
  readonly broker: Broker;
  readonly edge: Edge;
  readonly answerApi: Answer;
  /** Brings back what is stored and prepares handlers and sites; answers with what is wrong. */
  start(options: { readonly endpointUrl: string }): Promise<string[]>;
  setReady(): void;
  close(): Promise<void>;
}

export interface ServicesOptions {
  readonly application: Application;
  readonly engines: Engines;
  readonly configuration: Configuration;
  readonly loggerOf: (part: string) => Logger;
}

type ServicesResult =
  | { readonly ok: true; readonly services: Services }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The services of the application, or what is wrong with its rules and its front. */
export function createServices(options: ServicesOptions): ServicesResult {
  const { application, engines, configuration, loggerOf } = options;
  const { records } = engines;
  const shared = { clock: systemClock, random: systemRandom, atEndOfTurn };
  const tables = createTables({ ...shared, records, account, logger: loggerOf("tables") });
  const functions = createFunctions({
    ...shared,
    ...account,
    definitions: application.functions,
    records,
    watch: configuration.watch,
    retryDelaysMs: configuration.retryDelaysSeconds?.map((seconds) => seconds * 1000),
    workFolder: join(engines.workFolder, "functions"),
    logger: loggerOf("functions"),
  });
  const objects = createObjects({
    definitions: application.buckets,
    build: bundleForBrowser,
    workFolder: join(engines.workFolder, "objects"),
    logger: loggerOf("objects"),
  });

  const created = createRules({
    ...shared,
    definitions: application.rules,
    accountId: account.accountId,
    logger: loggerOf("rules"),
    ports: {
      publish: (message) => publishFromRule(broker, message),
      invokeAsync: (name, event) => invokeFromRule(functions, name, event),
      putItem: (tableName, item) => putFromRule(tables, tableName, item),
    },
  });
  const frontProblems = checkEdge(application);
  if (!created.ok || frontProblems.length > 0) {
    const ruleProblems = created.ok ? [] : created.errors.map(placeRuleError(application));
    return { ok: false, problems: [...ruleProblems, ...frontProblems] };
  }

  const broker = new Broker({
    ...shared,
    records,
    limits: limitsByName[configuration.limits],
    logger: loggerOf("broker"),
    admit: admission(configuration.anonymous),
    taps: [(message) => created.rules.tell(message)],
    observer: createLifecycleEvents({
      clock: systemClock,
      publish: (message) => void broker.publish(message),
    }),
  });
  const edge = createEdge({
    ...shared,
    ...application,
    accountId: account.accountId,
    objects,
    invoke: functions.invoke,
    logger: loggerOf("gateway"),
  });
  const { rules } = created;
  return { ok: true, services: run({ options, tables, functions, objects, rules, broker, edge }) };
}

interface Parts {
  readonly options: ServicesOptions;
  readonly tables: Tables;
  readonly functions: Functions;
  readonly objects: Objects;
  readonly rules: Rules;
  readonly broker: Broker;
  readonly edge: Edge;
}

function run({ options, tables, functions, objects, rules, broker, edge }: Parts): Services {
  const { application, engines, loggerOf } = options;
  const loopDelay = measureLoopDelay(systemClock);
  const figured: readonly Figured[] = [
    broker,
    engines,
    rules,
    functions,
    loopDelay,
    measureProcess(systemClock),
  ];
  let missing = ["doors"];
  let sweeping: { stop(): Promise<void> } | undefined;
  return {
    broker,
    edge,
    answerApi: createApiDoor({
      tables,
      broker,
      invoke: functions.invoke,
      invokeAsync: functions.invokeAsync,
      functions,
      missing: () => missing,
      figures: () => figured.flatMap((part) => part.figures()),
      logger: loggerOf("endpoints"),
      clock: systemClock,
      random: systemRandom,
    }),
    async start({ endpointUrl }) {
      const [tableProblems, functionProblems, bucketProblems] = await Promise.all([
        defineTables(tables, application),
        functions.start({ endpointUrl }),
        objects.start(),
        broker.start(),
      ]);
      sweeping = tables.startSweeping();
      return [
        ...tableProblems,
        ...functionProblems.map(sourceProblem(({ functionName }) => `function ${functionName}`)),
        ...bucketProblems.map(sourceProblem(({ bucketName }) => `bucket ${bucketName}`)),
      ];
    },
    setReady() {
      missing = [];
    },
    async close() {
      await broker.close();
      loopDelay.stop();
      await sweeping?.stop();
      await tables.close();
      await functions.close();
    },
  };
}

async function defineTables(tables: Tables, application: Application): Promise<string[]> {
  const problems: string[] = [];
  await tables.start();
  for (const definition of application.tables) {
    const result = await tables.define(definition);
    if (result.ok) continue;
    problems.push(placed(application, `table:${definition.name}`, result.error.message));
  }
  return problems;
}

/** Until identities are enforced, a client is let in by where it comes from or not at all. */
function admission(anonymous: Anonymous): Admission {
  return ({ transport }) =>
    anonymous === "all" || (anonymous === "tcp" && transport !== "websocket")
      ? { allowed: true, principal: "anonymous" }
      : { allowed: false };
}

/** What could not be stored may be stored at the next attempt; any other refusal is final. */
async function publishFromRule(broker: Broker, message: Republication): Promise<Publication> {
  const outcome = await broker.publish({ ...message, retain: false });
  if (outcome.accepted || outcome.refusal !== "not-stored") return outcome;
  throw new WorldError("NOT_STORED", outcome.reason);
}

async function invokeFromRule(functions: Functions, name: string, event: Uint8Array) {
  const found = await functions.invokeAsync(name, event);
  if (!found) throw new Error(`there is no function "${name}"`);
}

async function putFromRule(tables: Tables, tableName: string, item: AttributeMap) {
  const result = await tables.putItem({ TableName: tableName, Item: item });
  if (result.ok) return;
  const { code, message } = result.error;
  throw new Error(`${code}: ${message}`);
}

/** The broker's bytes and the rules' work leave after all the input that is at hand. */
function atEndOfTurn(callback: () => void): void {
  setImmediate(callback);
}
