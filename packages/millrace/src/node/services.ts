/**
 * The services of a node, wired: where one part needs another, the few functions are handed over
 * here and nowhere else.
 */

import { join } from "node:path";
import { type Figured, type Logger, systemClock, systemRandom } from "../base/mod.ts";
import { Broker, limitsByName } from "../broker/mod.ts";
import {
  type ApiDoorPorts,
  createApiDoor,
  createPublicDoor,
  createTableDoor,
  isPublicPath,
  type TableDoor,
} from "../endpoints/mod.ts";
import { createLifecycleEvents, type EventBuses } from "../events/mod.ts";
import { bundleForBrowser, createFunctions, type Functions } from "../functions/mod.ts";
import { answerOf, checkEdge, createEdge, type Edge } from "../gateway/mod.ts";
import { SignatureRefusals } from "../identity/mod.ts";
import type { Authenticate, RecognizeDevice } from "../listeners/mod.ts";
import { Logs } from "../logs/mod.ts";
import { createObjects, type Objects } from "../objects/mod.ts";
import {
  type Destinations,
  type MetricSeries,
  type RuleManager,
  type Rules,
  Trace,
} from "../rules/mod.ts";
import { isShadowRequest, Shadows } from "../shadows/mod.ts";
import type { Tables } from "../tables/mod.ts";
import type { Application } from "../template/mod.ts";
import type { Triggers } from "../triggers/mod.ts";
import { createFunctionUrls, FunctionAddresses } from "./addresses/function-urls.ts";
import { account, type Configuration } from "./configuration.ts";
import type { Answer } from "./doors.ts";
import { createEndOfTurn } from "./end-of-turn.ts";
import type { Engines } from "./engines.ts";
import { createHouseBuses } from "./events/buses.ts";
import { recordSender } from "./events/call-records.ts";
import { AccessExplainer } from "./identity/access.ts";
import { authorizerCaller } from "./identity/authorizers.ts";
import { FunctionPolicies } from "./identity/function-policies.ts";
import { createIdentity, type Identity } from "./identity/identity.ts";
import { measureLoopDelay } from "./loop-delay.ts";
import { readOpenFilesMax, withinOpenFiles } from "./open-files.ts";
import { placeRuleError, sourceProblem } from "./problems.ts";
import { measureProcess } from "./process-figures.ts";
import { recordRefusal } from "./refusals.ts";
import { createHouseRules } from "./rules/rules.ts";
import { createHouseTables, defineTables } from "./tables/tables.ts";
import { createHouseTriggers, defineTriggers } from "./triggers/triggers.ts";

/** For rules whose messages nobody waits for any more, when the node stops. */
const rulesDrainMsMax = 5_000;

/** For calls of triggers that run when the node stops; what needs longer comes again. */
const triggersDrainMsMax = 5_000;

export interface Services {
  readonly broker: Broker;
  readonly edge: Edge;
  readonly answerApi: Answer;
  readonly tableDoor: TableDoor;
  readonly authenticate: Authenticate;
  readonly recognizeDevice: RecognizeDevice;
  /** Brings back what is stored and prepares handlers and sites; answers with what is wrong. */
  start(options: { readonly endpointUrl: string }): Promise<string[]>;
  /** With the port of the edge, once it is open. */
  setReady(edgePort: number): void;
  readonly functionAddresses: FunctionAddresses;
  readonly isReady: () => boolean;
  /** Ends answers of the API door that would go on for as long as somebody listens. */
  endFollowing(): void;
  /**
   * Triggers begin no more calls, and none that fails from now on counts as an attempt; answers
   * when those that run have ended, or after some seconds. They may need the API door until then.
   */
  endTriggers(): Promise<void>;
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
  const trace = new Trace();
  const identity = createIdentity({
    ...options,
    onDenial: (denial) => recordRefusal(trace, denial),
    expel: (principal) => broker.expel(principal),
    // The functions come later, because they sign with what identities give them.
    callAuthorizer: (call) => callAuthorizer(call),
  });
  const { anonymous } = configuration;
  const trustsAnonymous = anonymous.includes("api");
  const atEndOfTurn = createEndOfTurn(setImmediate);
  const shared = { clock: systemClock, random: systemRandom, atEndOfTurn };
  const later = { buses: () => buses, triggers: () => triggers };
  const built = createParts(options, { ...shared, ...later }, identity);
  const { functions, objects } = built;
  const shadows = createShadows(options, shared, () => broker);
  const policies = policiesOfFunctions(application, functions, identity);
  const { identities, apiAccess: access } = identity;
  const { invoke } = functions;
  const callAuthorizer = authorizerCaller({ invoke, identities, access, policies });
  const rights = { identities, access, policies, trustsAbsentRoles: trustsAnonymous };
  const buses = createHouseBuses({ ...shared, application, records, ...built, rights, loggerOf });
  const triggers = createHouseTriggers({ ...options, ...shared, ...built, records, rights });
  const houseRules = createHouseRules({
    ...shared,
    rights,
    application,
    records,
    ...built,
    shadows,
    trace,
    devices: identity.devices,
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
    limits: withinOpenFiles(limitsByName[configuration.limits], readOpenFilesMax()),
    logger: loggerOf("broker"),
    admit: identity.admit,
    taps: [(message) => shadows.tell(message), (message) => created.rules.tell(message)],
    takesRequests: isShadowRequest,
    ingest: (message) => created.rules.ingest(message),
    observer: createLifecycleEvents({
      clock: systemClock,
      publish: (message) => void broker.publish(message),
      isHeard: (level) => broker.topics.hasRoot(level) || created.rules.hears(level),
    }),
  });
  const { accountId } = account;
  const logger = loggerOf("gateway");
  const asked = { invoke, verifyToken: identities.verifyToken };
  const edge = createEdge({ ...shared, ...application, ...asked, accountId, objects, logger });
  const { rules, manager } = created;
  const own = { shadows, buses, triggers, trace, options, identity, policies, broker, edge };
  const parts = { ...houseRules, ...built, ...own };
  return { ok: true, services: run({ ...parts, rules, manager }) };
}

interface Shared {
  readonly clock: typeof systemClock;
  readonly random: typeof systemRandom;
  readonly atEndOfTurn: (callback: () => void) => void;
}

function policiesOfFunctions(
  { permissions }: Application,
  { settings }: Functions,
  { identities }: Identity,
): FunctionPolicies {
  return new FunctionPolicies({ permissions, settings, account: identities.account });
}

/** The broker is asked for only when there is something to answer. */
function createShadows(options: ServicesOptions, shared: Shared, broker: () => Broker): Shadows {
  const { engines, loggerOf } = options;
  return new Shadows({
    ...shared,
    records: engines.records,
    logger: loggerOf("shadows"),
    publish: (message) => broker().publish(message),
  });
}

/** Those that know of no others. */
function createParts(
  options: ServicesOptions,
  shared: Shared & { readonly buses: () => EventBuses; readonly triggers: () => Triggers },
  identity: Identity,
) {
  const { application, engines, configuration, loggerOf } = options;
  const { records } = engines;
  const tables = createHouseTables({
    records,
    configuration,
    logger: loggerOf("tables"),
    onStreamed: (tableName) => shared.triggers().wake(tableName),
  });
  const logs = new Logs({ ...shared, records, logger: loggerOf("logs") });
  const functions = createFunctions({
    ...shared,
    ...account,
    sendToBus: recordSender(shared.buses),
    definitions: application.functions,
    layers: application.layers,
    urls: application.urls,
    records,
    watch: configuration.watch,
    inspectPort: configuration.inspectPort,
    retryDelaysMs: configuration.retryDelaysSeconds?.map((seconds) => seconds * 1000),
    processesMax: configuration.processesMax,
    workFolder: join(engines.workFolder, "functions"),
    dataFolder: engines.dataFolder,
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
  readonly buses: EventBuses;
  readonly triggers: Triggers;
  readonly shadows: Shadows;
  readonly rules: Rules;
  readonly manager: RuleManager;
  readonly trace: Trace;
  readonly metrics: MetricSeries;
  readonly destinations: Destinations;
  readonly broker: Broker;
  readonly edge: Edge;
}

function run(parts: Parts): Services {
  const { identity, tables, functions, rules, trace, broker, logs, shadows, buses } = parts;
  const { triggers } = parts;
  const { engines } = parts.options;
  const loopDelay = measureLoopDelay(systemClock);
  const own: readonly Figured[] = [identity.attempts, loopDelay, measureProcess(systemClock)];
  const services = [rules, parts.metrics, functions, logs, buses, triggers, tables, shadows];
  const figured: readonly Figured[] = [broker, engines, ...services, ...own];
  let missing = ["doors"];
  const addresses = new FunctionAddresses(functions);
  const doorPorts: ApiDoorPorts = {
    ...apiPorts(parts),
    functionUrlOf: (id) => addresses.urlOf(id),
    missing: () => missing,
    figures: () => figured.flatMap((part) => part.figures()),
  };
  let sweeping: { stop(): Promise<void> } | undefined;
  let scaling: { stop(): Promise<void> } | undefined;
  return {
    broker,
    edge: withPublicDoor(parts, () => missing),
    authenticate: identity.authenticate,
    recognizeDevice: identity.recognizeDevice,
    answerApi: createApiDoor(doorPorts),
    tableDoor: createTableDoor(doorPorts),
    async start({ endpointUrl }) {
      const problems = await prepare(parts, endpointUrl);
      if (problems.length > 0) return problems;
      // Wills that were left over are published at once: what their rules need must be there.
      await broker.start();
      shadows.start();
      triggers.begin();
      sweeping = tables.startSweeping();
      scaling = tables.scaling.start();
      return [];
    },
    setReady(edgePort) {
      addresses.edgePort = edgePort;
      missing = [];
    },
    functionAddresses: addresses,
    isReady: () => missing.length === 0,
    endFollowing() {
      trace.endFollowing();
      logs.endFollowing();
    },
    endTriggers: () => within(triggersDrainMsMax, triggers.close()),
    async close() {
      await broker.close();
      // Its last messages are those of everybody's departure.
      await rules.settled(rulesDrainMsMax);
      await shadows.close();
      loopDelay.stop();
      await sweeping?.stop();
      await scaling?.stop();
      await tables.close();
      // Deliveries in flight may wait for functions that have not started, and those for nobody.
      await Promise.all([buses.close(), triggers.close(), functions.close()]);
      await logs.close();
    },
  };
}

/** Answers when it is done, or after the time. */
function within(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = systemClock.after(ms, resolve);
    void work.finally(() => timer.cancel()).then(resolve, reject);
  });
}

/** Those of the ports that are not fixed at the start. */
type ApiState = "functionUrlOf" | "missing" | "figures";

/** What the API door needs of the parts. */
function apiPorts(parts: Parts): Omit<ApiDoorPorts, ApiState> {
  const { options, identity, tables, functions, manager, trace, broker } = parts;
  const { loggerOf } = options;
  const explainer = new AccessExplainer({
    application: options.application,
    identities: identity.identities,
    functions,
    rules: manager,
    policies: parts.policies,
    clock: systemClock,
  });
  return {
    identities: identity.identities,
    logs: parts.logs,
    buses: parts.buses,
    triggers: parts.triggers,
    denials: identity.denials,
    devices: identity.devices,
    explainAccess: (who, question) => explainer.explain(who, question),
    attempts: identity.attempts,
    authorizers: identity.authorizers,
    authorizerGate: identity.authorizerGate,
    access: identity.apiAccess,
    refusals: new SignatureRefusals(
      { clock: systemClock, logger: loggerOf("endpoints") },
      "request refused",
    ),
    trustsAnonymous: options.configuration.anonymous.includes("api"),
    functionPolicyOf: (name, qualifier) => parts.policies.of(name, qualifier),
    tables,
    broker,
    shadows: parts.shadows,
    rules: manager,
    destinations: parts.destinations,
    trace,
    account,
    invoke: functions.invoke,
    invokeAsync: functions.invokeAsync,
    functions,
    logger: loggerOf("endpoints"),
    clock: systemClock,
    random: systemRandom,
  };
}

/** Everything but the broker; answers with what is wrong. */
async function prepare(parts: Parts, endpointUrl: string): Promise<string[]> {
  const { tables, functions, objects, identity, manager, destinations } = parts;
  await parts.logs.start(parts.options.application.logGroups); // handlers write at once
  const [tableProblems, functionProblems, bucketProblems, deviceProblems] = await Promise.all([
    defineTables(tables, parts.options.application, parts.options.configuration),
    functions.start({ endpointUrl }),
    objects.start(),
    identity.start(),
    manager.start(),
    parts.buses.start(),
  ]);
  await destinations.start({ endpointUrl });
  const problems = [
    ...tableProblems,
    ...deviceProblems,
    ...functionProblems.map(sourceProblem(({ functionName }) => `function ${functionName}`)),
    ...bucketProblems.map(sourceProblem(({ bucketName }) => `bucket ${bucketName}`)),
  ];
  // Their streams and functions must be there first.
  if (problems.length > 0) return problems;
  return defineTriggers(parts.triggers, parts.options.application);
}

/**
 * Functions' own addresses come first, as they are names of their own; then the few APIs that
 * browsers call, before the application's own paths.
 */
function withPublicDoor(parts: Parts, missing: () => readonly string[]): Edge {
  const { edge, identity, options, broker } = parts;
  const answerUrl = createFunctionUrls({ ...parts, loggerOf: options.loggerOf });
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
    answer(request) {
      const answered = answerUrl(request);
      if (answered) return answered;
      const { client } = request;
      const found = isPublicPath(request) && answerPublic(request.asRequest(), client);
      return found ? found.then(answerOf) : edge.answer(request);
    },
  };
}
