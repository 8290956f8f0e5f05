/**
 * A door on a free port of this machine, over a broker and tables in memory, and doubles of the
 * rest.
 */

import {
  type Clock,
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
  type Tap,
} from "../broker/mod.ts";
import { EventBuses } from "../events/mod.ts";
import { createFunctions, type Functions, type InvokeResult } from "../functions/mod.ts";
import {
  ApiAccess,
  AuthorizerCalls,
  AuthorizerGate,
  Authorizers,
  type CallAuthorizer,
  Denials,
  Devices,
  FailedAttempts,
  Identities,
  MqttAccess,
  makeSecret,
  memoryKeyStore,
  SignatureRefusals,
} from "../identity/mod.ts";
import { Logs } from "../logs/mod.ts";
import {
  createRules,
  Destinations,
  type Republication,
  type RulePorts,
  Trace,
} from "../rules/mod.ts";
import { isShadowRequest, Shadows } from "../shadows/mod.ts";
import { openMemoryRecords, type Records } from "../storage/mod.ts";
import { createTables } from "../tables/mod.ts";
import { Triggers } from "../triggers/mod.ts";
import { identityDefinitions } from "./identity-fixture.ts";
import { createApiDoor, createPublicDoor, createTableDoor } from "./mod.ts";
import type { ApiDoorPorts, PublishPorts } from "./ports.ts";

const account = { region: "eu-central-1", accountId: "000000000000" };

export interface AsyncCall {
  readonly functionName: string;
  readonly payload: Uint8Array;
}

/** With `functions`, those are called; else `state.invokeResult` is the answer to every call. */
export async function openDoor(
  brokerLimits: Partial<BrokerLimits> = {},
  functions?: Functions,
  clock = new ManualClock(),
  ofTables: { readonly enforceCapacity?: boolean; readonly account?: typeof account } = {},
) {
  const [asyncCalls, published]: [AsyncCall[], Message[]] = [[], []];
  const [warnings, errors]: [LogFields[], LogFields[]] = [[], []];
  /** URLs at which destinations were asked to confirm. */
  const questions: string[] = [];
  const state = newState();
  const records = openMemoryRecords();
  const tables = await createTestTables(records, clock, ofTables);
  const trace = new Trace();
  const { rules, manager } = await createTestRules({ records, clock, trace, publish });
  const taps: Tap[] = [(message) => void published.push(message), (message) => rules.tell(message)];
  const { broker, shadows } = await createTestBroker({ records, clock, brokerLimits, taps });
  const denials = new Denials({ clock, logger: silentLogger });
  const custom = await createTestAuthorizers({ records, clock, denials, state });
  const publishing = { broker, missing: () => state.missing, denials, ...custom };
  const { identities, rootKey, edge } = createTestIdentities({ clock, publishing });
  function publish(message: Republication) {
    return broker.publish({ ...message, retain: false });
  }
  const logs = await startTestLogs(records, clock);
  const destinations = await createTestDestinations({ records, clock, questions });
  const doorPorts: ApiDoorPorts = {
    identities,
    denials,
    devices: await createTestDevices(records, clock),
    ...custom,
    access: new ApiAccess({ denials, clock }),
    refusals: new SignatureRefusals({ clock, logger: silentLogger }),
    get trustsAnonymous() {
      return state.trustsAnonymous;
    },
    explainAccess: async (identity) => `nobody is "${identity}"`,
    functionPolicyOf: () => ({ policies: [] }),
    tables,
    broker,
    shadows,
    rules: manager,
    destinations,
    trace,
    logs,
    buses: await startTestBuses(records, clock, asyncCalls),
    triggers: noTriggers(records, clock),
    account,
    functionUrlOf: (id) => `http://${id}.lambda-url.test/`,
    ...(functions ? ofFunctions(functions) : doublesOfFunctions({ state, asyncCalls, records })),
    missing: publishing.missing,
    figures: () => state.figures(),
    logger: {
      ...silentLogger,
      warn: (_, fields = {}) => void warnings.push(fields),
      error: (_, fields = {}) => void errors.push(fields),
    },
    clock,
    random: systemRandom,
  };
  const [server, tableDoor] = [serve(createApiDoor(doorPorts)), createTableDoor(doorPorts)];
  return {
    url: `http://127.0.0.1:${server.port}`,
    edgeUrl: `http://127.0.0.1:${edge.port}`,
    rootKey,
    identities,
    denials,
    state,
    broker,
    trace,
    logs,
    rulesManager: manager,
    records,
    clock,
    published,
    asyncCalls,
    questions,
    warnings,
    errors,
    tables,
    tableDoor,
    close: () => Promise.all([server.stop(true), edge.stop(true)]),
  };
}

interface TestBrokerOptions {
  readonly records: Records;
  readonly clock: Clock;
  readonly brokerLimits: Partial<BrokerLimits>;
  readonly taps: readonly Tap[];
}

/** With shadows behind it. */
async function createTestBroker({ records, clock, brokerLimits, taps }: TestBrokerOptions) {
  const shared = { records, clock, random: systemRandom, logger: silentLogger };
  const publish = (message: Message) => broker.publish(message);
  const shadows = new Shadows({ ...shared, publish });
  const broker = new Broker({
    ...shared,
    limits: { ...defaultLimits, ...brokerLimits },
    admit: () => ({ allowed: true, principal: "tester" }),
    taps: [(message) => shadows.tell(message), ...taps],
    takesRequests: isShadowRequest,
    observer: silentObserver,
    atEndOfTurn: (callback) => callback(),
  });
  await broker.start();
  return { broker, shadows };
}

function newState() {
  return {
    missing: [] as string[],
    trustsAnonymous: true,
    figures: (): Figure[] => [],
    invokeResult: { found: false } as InvokeResult,
    /** What functions of authorizers answer. */
    authorize: (async () => ({ ok: false, reason: "no function" })) as CallAuthorizer,
  };
}

function serve(door: ReturnType<typeof createApiDoor>) {
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => door(request, { ip: "127.0.0.1" }),
  });
}

async function startTestLogs(records: Records, clock: Clock) {
  const logs = new Logs({ records, clock, logger: silentLogger });
  await logs.start();
  return logs;
}

async function startTestBuses(records: Records, clock: Clock, asyncCalls: AsyncCall[]) {
  const buses = new EventBuses({
    buses: [],
    rules: [],
    records,
    account,
    clock,
    random: systemRandom,
    logger: silentLogger,
    ports: {
      callFunction: async ({ name: functionName, payload }) => {
        asyncCalls.push({ functionName, payload });
      },
      writeLog: async () => {},
      busRefusal: () => undefined,
    },
  });
  await buses.start();
  return buses;
}

/** No stream is there to be read. */
function noTriggers(records: Records, clock: Clock): Triggers {
  return new Triggers({
    records,
    clock,
    random: systemRandom,
    logger: silentLogger,
    ports: {
      streams: {
        tellsOfChanges: true,
        isGapless: true,
        currentOf: async () => undefined,
        describe: async () => undefined,
        open: async () => ({ kind: "gone" }),
        read: async () => ({ kind: "gone" }),
      },
      payloadBytesMax: 1,
      hasFunction: () => true,
      functionArn: (name) => name,
      call: async () => ({ kind: "not-run", reason: "there are no functions" }),
      streamRefusal: async () => undefined,
      bucketProblem: async () => undefined,
      keepDiscarded: async () => {},
    },
  });
}

async function createTestTables(records: Records, clock: Clock, options: object) {
  const ports = { records, clock, random: systemRandom, logger: silentLogger, account };
  const tables = createTables({ ...ports, ...options });
  await tables.start();
  await tables.define({ name: "plain", partitionKey: { name: "pk", type: "S" } });
  await tables.define({
    name: "lines",
    partitionKey: { name: "room", type: "S" },
    sortKey: { name: "at", type: "N" },
  });
  return tables;
}

/** With the edge, where they are asked for in public. */
function createTestIdentities({
  clock,
  publishing,
}: {
  readonly clock: Clock;
  readonly publishing: Omit<PublishPorts, "logger"> & Pick<ApiDoorPorts, "attempts" | "denials">;
}) {
  const identities = new Identities({
    ...identityDefinitions,
    secret: makeSecret(systemRandom),
    keys: memoryKeyStore(),
    clock,
    random: systemRandom,
  });
  const rootKey = identities.ownKey();
  const ports = { ...publishing, identities, logger: silentLogger, random: systemRandom };
  const answerPublic = createPublicDoor(ports);
  const edge = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => {
      const answer = answerPublic(request, { ip: "127.0.0.1" });
      return answer ?? new Response("the application", { status: 404 });
    },
  });
  return { identities, rootKey, edge };
}

async function createTestAuthorizers(options: {
  readonly records: Records;
  readonly clock: Clock;
  readonly denials: Denials;
  readonly state: { readonly authorize: CallAuthorizer };
}) {
  const { clock, denials, state } = options;
  const call: CallAuthorizer = (asked) => state.authorize(asked);
  const arnOf = (name: string) =>
    `arn:aws:iot:eu-central-1:${account.accountId}:authorizer/${name}`;
  const authorizers = new Authorizers({ ...options, definitions: [] });
  await authorizers.start();
  const attempts = new FailedAttempts(clock);
  const facts = { partition: "aws", ...account };
  const authorizerGate = new AuthorizerGate({
    authorizers,
    calls: new AuthorizerCalls({ call, clock, arnOf, accountId: account.accountId }),
    access: new MqttAccess({ account: facts, denials, clock }),
    denials,
    attempts,
    refreshing: { clock },
    random: systemRandom,
    arnOf,
  });
  return { authorizers, authorizerGate, attempts };
}

async function createTestDevices(records: Records, clock: Clock): Promise<Devices> {
  const devices = new Devices({
    account: { partition: "aws", ...account },
    records,
    authorityPath: undefined,
    clock,
    random: systemRandom,
    logger: silentLogger,
    onDeactivated() {},
  });
  await devices.start();
  return devices;
}

async function createTestRules({ records, clock, trace, publish }: TestRulesOptions) {
  const created = createRules({
    definitions: [],
    records,
    clock,
    random: systemRandom,
    logger: silentLogger,
    accountId: account.accountId,
    atEndOfTurn: (callback) => setImmediate(callback),
    onExecution: (execution) => trace.record(execution),
    ports: {
      publish,
      invokeAsync: nothing,
      putItem: nothing,
      updateItem: nothing,
      deleteItem: nothing,
    },
  });
  if (!created.ok) throw new Error("without definitions nothing can be wrong with them");
  await created.manager.start();
  return created;
}

async function createTestDestinations(options: {
  readonly records: Records;
  readonly clock: Clock;
  readonly questions: string[];
}) {
  const destinations = new Destinations({
    ...options,
    random: systemRandom,
    logger: silentLogger,
    send: async ({ url }) => {
      options.questions.push(url);
      return { status: 200, isLong: false };
    },
    arnOf: (id) => id,
  });
  await destinations.start({ endpointUrl: "http://door.test" });
  return destinations;
}

const nothing = async () => {};

interface TestRulesOptions {
  readonly records: Records;
  readonly clock: Clock;
  readonly trace: Trace;
  readonly publish: RulePorts["publish"];
}

function ofFunctions(functions: Functions) {
  return { functions, invoke: functions.invoke, invokeAsync: functions.invokeAsync };
}

interface Doubled {
  readonly state: { readonly invokeResult: InvokeResult };
  readonly asyncCalls: AsyncCall[];
  readonly records: Records;
}

/** Every call has the same answer, and there is one function, `greet`, for asynchronous ones. */
function doublesOfFunctions({ state, asyncCalls, records }: Doubled) {
  const functions = createFunctions({
    ...account,
    definitions: [],
    records,
    workFolder: "",
    clock: new ManualClock(),
    random: systemRandom,
    atEndOfTurn: setImmediate,
    logger: silentLogger,
  });
  return {
    functions,
    invoke: async () => state.invokeResult,
    async invokeAsync(functionName: string, payload: Uint8Array) {
      asyncCalls.push({ functionName, payload });
      return functionName === "greet" ? "8f0b2b57-0000-4000-8000-000000000001" : undefined;
    },
  };
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
