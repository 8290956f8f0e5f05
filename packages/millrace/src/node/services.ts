/**
 * The services of a node, wired: where one part needs another, the few functions are handed over
 * here and nowhere else.
 */

import { join } from "node:path";
import { type Figured, type Logger, systemClock, systemRandom } from "../base/mod.ts";
import { Broker, limitsByName } from "../broker/mod.ts";
import { createApiDoor, createPublicDoor } from "../endpoints/mod.ts";
import { createLifecycleEvents } from "../events/mod.ts";
import { bundleForBrowser, createFunctions, type Functions } from "../functions/mod.ts";
import { checkEdge, createEdge, type Edge } from "../gateway/mod.ts";
import type { Authenticate } from "../listeners/mod.ts";
import { Logs } from "../logs/mod.ts";
import { createObjects, type Objects } from "../objects/mod.ts";
import type { Destinations, MetricSeries, RuleManager, Rules, RuleTrace } from "../rules/mod.ts";
import { createTables, type Tables } from "../tables/mod.ts";
import type { Application } from "../template/mod.ts";
import { admission, authorizerCaller } from "./authorizers.ts";
import { account, type Configuration } from "./configuration.ts";
import type { Answer } from "./doors.ts";
import { createEndOfTurn } from "./end-of-turn.ts";
import type { Engines } from "./engines.ts";
import { FunctionPolicies } from "./function-policies.ts";
import { createIdentity, type Identity } from "./identity.ts";
import { measureLoopDelay } from "./loop-delay.ts";
import { placed, placeRuleError, sourceProblem } from "./problems.ts";
import { measureProcess } from "./process-figures.ts";
import { createHouseRules } from "./rules.ts";

/** For rules whose messages nobody waits for any more, when the node stops. */
const rulesDrainMsMax = 5_000;

export interface Services {
  readonly broker: Broker;
  readonly edge: Edge;
  readonly answerApi: Answer;
  readonly authenticate: Authenticate;
  /** Brings back what is stored and prepares handlers and sites; answers with what is wrong. */
  start(options: { readonly endpointUrl: string }): Promise<string[]>;
  setReady(): void;
  readonly isReady: () => boolean;
  /** Ends answers of the API door that would go on for as long as somebody listens. */
  endFollowing(): void;
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
  const identity = createIdentity({
    ...options,
    // The functions come later, because they sign with what identities give them.
    callAuthorizer: (call) => callAuthorizer(call),
  });
  const trustsAnonymous = configuration.anonymous.includes("api");
  const atEndOfTurn = createEndOfTurn(setImmediate);
  const shared = { clock: systemClock, random: systemRandom, atEndOfTurn };
  const { tables, logs, functions, objects } = createParts(options, shared, identity);
  const policies = new FunctionPolicies({
    permissions: application.permissions,
    settings: functions.settings,
    account: identity.identities.account,
  });
  const { identities, apiAccess: access } = identity;
  const { invoke } = functions;
  const callAuthorizer = authorizerCaller({ invoke, identities, access, policies });
  const houseRules = createHouseRules({
    ...shared,
    rights: { identities, access, policies, trustsAbsentRoles: trustsAnonymous },
    application,
    records,
    tables,
    functions,
    objects,
    logs,
    broker: () => broker,
    loggerOf,
  });
  const { created } = houseRules;
  const otherProblems = [...checkEdge(application), ...identity.roleProblems];
  if (!created.ok || otherProblems.length > 0) {
    const ruleProblems = created.ok ? [] : created.errors.map(placeRuleError(application));
    return { ok: false, problems: [...ruleProblems, ...otherProblems] };
  }

  const broker = new Broker({
    ...shared,
    records,
    limits: limitsByName[configuration.limits],
    logger: loggerOf("broker"),
    admit: admission(configuration.anonymous, identity.authorizerGate),
    taps: [(message) => created.rules.tell(message)],
    ingest: (message) => created.rules.ingest(message),
    observer: createLifecycleEvents({
      clock: systemClock,
      publish: (message) => void broker.publish(message),
      isHeard: (level) => broker.topics.hasRoot(level) || created.rules.hears(level),
    }),
  });
  const { accountId } = account;
  const logger = loggerOf("gateway");
  const edge = createEdge({ ...shared, ...application, accountId, objects, invoke, logger });
  const parts = {
    ...houseRules,
    options,
    identity,
    policies,
    tables,
    functions,
    objects,
    logs,
    broker,
    edge,
  };
  return { ok: true, services: run({ ...parts, rules: created.rules, manager: created.manager }) };
}

interface Shared {
  readonly clock: typeof systemClock;
  readonly random: typeof systemRandom;
  readonly atEndOfTurn: (callback: () => void) => void;
}

/** Those that know of no others. */
function createParts(options: ServicesOptions, shared: Shared, identity: Identity) {
  const { application, engines, configuration, loggerOf } = options;
  const { records } = engines;
  const tables = createTables({ ...shared, records, account, logger: loggerOf("tables") });
  const logs = new Logs({ ...shared, records, logger: loggerOf("logs") });
  const functions = createFunctions({
    ...shared,
    ...account,
    definitions: application.functions,
    records,
    watch: configuration.watch,
    retryDelaysMs: configuration.retryDelaysSeconds?.map((seconds) => seconds * 1000),
    workFolder: join(engines.workFolder, "functions"),
    credentialsFor: identity.functionCredentials,
    logger: loggerOf("functions"),
    keepLine: (line) => logs.write(line),
  });
  const objects = createObjects({
    definitions: application.buckets,
    build: bundleForBrowser,
    workFolder: join(engines.workFolder, "objects"),
    storeFolder: join(engines.filesFolder, "objects"),
    logger: loggerOf("objects"),
  });
  return { tables, logs, functions, objects };
}

interface Parts {
  readonly options: ServicesOptions;
  readonly identity: Identity;
  readonly policies: FunctionPolicies;
  readonly tables: Tables;
  readonly functions: Functions;
  readonly objects: Objects;
  readonly logs: Logs;
  readonly rules: Rules;
  readonly manager: RuleManager;
  readonly trace: RuleTrace;
  readonly metrics: MetricSeries;
  readonly destinations: Destinations;
  readonly broker: Broker;
  readonly edge: Edge;
}

function run(parts: Parts): Services {
  const { options, identity, tables, functions, rules, manager, trace, broker, logs } = parts;
  const { engines, loggerOf } = options;
  const loopDelay = measureLoopDelay(systemClock);
  const figured: readonly Figured[] = [
    broker,
    engines,
    rules,
    parts.metrics,
    functions,
    identity.attempts,
    logs,
    loopDelay,
    measureProcess(systemClock),
  ];
  let missing = ["doors"];
  let sweeping: { stop(): Promise<void> } | undefined;
  return {
    broker,
    edge: withPublicDoor(parts, () => missing),
    authenticate: identity.authenticate,
    answerApi: createApiDoor({
      ...identityPorts(parts),
      tables,
      broker,
      rules: manager,
      destinations: parts.destinations,
      trace,
      account,
      invoke: functions.invoke,
      invokeAsync: functions.invokeAsync,
      functions,
      logs,
      missing: () => missing,
      figures: () => figured.flatMap((part) => part.figures()),
      logger: loggerOf("endpoints"),
      clock: systemClock,
      random: systemRandom,
    }),
    async start({ endpointUrl }) {
      const problems = await prepare(parts, endpointUrl);
      if (problems.length > 0) return problems;
      // Wills that were left over are published at once: what their rules need must be there.
      await broker.start();
      sweeping = tables.startSweeping();
      return [];
    },
    setReady() {
      missing = [];
    },
    isReady: () => missing.length === 0,
    endFollowing() {
      trace.endFollowing();
      logs.endFollowing();
    },
    async close() {
      await broker.close();
      // Its last messages are those of everybody's departure.
      await rules.settled(rulesDrainMsMax);
      loopDelay.stop();
      await sweeping?.stop();
      await tables.close();
      await functions.close();
      await logs.close();
    },
  };
}

/** What the API door asks about who calls and what that lets them do. */
function identityPorts({ identity, options, policies }: Parts) {
  const { identities, denials, attempts, authorizers, authorizerGate, apiAccess } = identity;
  return {
    identities,
    denials,
    attempts,
    authorizers,
    authorizerGate,
    access: apiAccess,
    trustsAnonymous: options.configuration.anonymous.includes("api"),
    functionPolicyOf: (name: string, qualifier: string | undefined) => policies.of(name, qualifier),
  };
}

/** Everything but the broker; answers with what is wrong. */
async function prepare(parts: Parts, endpointUrl: string): Promise<string[]> {
  const { tables, functions, objects, identity, manager, destinations } = parts;
  await identity.start();
  await parts.logs.start(parts.options.application.logGroups); // handlers write at once
  const [tableProblems, functionProblems, bucketProblems] = await Promise.all([
    defineTables(tables, parts.options.application),
    functions.start({ endpointUrl }),
    objects.start(),
    manager.start(),
  ]);
  await destinations.start({ endpointUrl });
  return [
    ...tableProblems,
    ...functionProblems.map(sourceProblem(({ functionName }) => `function ${functionName}`)),
    ...bucketProblems.map(sourceProblem(({ bucketName }) => `bucket ${bucketName}`)),
  ];
}

/** The few APIs that browsers call come before the application's own paths. */
function withPublicDoor(parts: Parts, missing: () => readonly string[]): Edge {
  const { edge, identity, options, broker } = parts;
  const answerPublic = createPublicDoor({
    identities: identity.identities,
    authorizerGate: identity.authorizerGate,
    attempts: identity.attempts,
    denials: identity.denials,
    broker,
    missing,
    logger: options.loggerOf("endpoints"),
    random: systemRandom,
  });
  return {
    fetch: (request, client) => answerPublic(request, client) ?? edge.fetch(request, client),
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
