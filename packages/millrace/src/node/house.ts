/**
 * The assembly: engines, then services, then doors, each handed what it needs of the others.
 *
 * Nothing is opened for a template with a problem. The API door opens before the handlers are
 * bundled, because their environment holds its address; it answers `/_millrace/ready` with 503
 * until all doors are open. Whatever is wrong with the application is told at once and nothing
 * stays open.
 */

import { createLogger, errorText, type Logger, systemClock, WorldError } from "../base/mod.ts";
import type { Inspector } from "../functions/mod.ts";
import { type Credentials, loadCredentials } from "../listeners/mod.ts";
import type { Application } from "../template/mod.ts";
import { formatProblems, loadTemplate } from "../template/mod.ts";
import type { FunctionAddress } from "./addresses/function-urls.ts";
import { account, type Configuration } from "./configuration.ts";
import { openApiDoor, openEdge, openMqtt } from "./doors.ts";
import { openEngines } from "./engines.ts";
import { createServices, type Services } from "./services.ts";

export interface Addresses {
  readonly edge: string;
  readonly api: string;
  readonly mqtt: string;
  /** MQTT over TLS, where it is on. */
  readonly mqtts?: string | undefined;
  readonly websocket: string;
}

export interface House {
  readonly applicationName: string;
  readonly addresses: Addresses;
  /** Functions' own addresses at the edge. */
  readonly functionUrls: readonly FunctionAddress[];
  /** Where debuggers find functions, where that is on. */
  readonly inspectors: readonly Inspector[];
  /** What the template asks for and this version does not enforce, a sentence each. */
  readonly notes: readonly string[];
  /** Stops accepting, lets what runs finish within bounds, then closes. */
  close(): Promise<void>;
}

export type StartResult =
  | { readonly ok: true; readonly house: House }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Starts a whole node in this process. Never rejects for what the world or a template does. */
export async function startHouse(configuration: Configuration): Promise<StartResult> {
  const closers: (() => Promise<void>)[] = [];
  try {
    const result = await assemble(configuration, closers);
    if (!result.ok) await closeAll(closers);
    return result;
  } catch (error) {
    await closeAll(closers);
    if (!(error instanceof WorldError)) throw error;
    return { ok: false, problems: [`millrace: ${errorText(error)}`] };
  }
}

async function assemble(
  configuration: Configuration,
  closers: (() => Promise<void>)[],
): Promise<StartResult> {
  const loggerOf = (part: string) =>
    createLogger({
      part,
      clock: systemClock,
      levelMin: "info",
      write: configuration.writeLog,
    });
  const template = await loadTemplate({
    path: configuration.template,
    parameters: configuration.parameters,
    ...account,
  });
  if (!template.ok) return { ok: false, problems: [formatProblems(template.problems)] };
  const engines = await openEngines(configuration.dataFolder, loggerOf("storage"));
  closers.push(() => engines.close());

  const { application } = template;
  const created = createServices({ application, engines, configuration, loggerOf });
  if (!created.ok) return created;
  const { services } = created;
  closers.push(() => services.close());
  const logger = loggerOf("listeners");
  return openDoors({ configuration, application, services, closers, logger });
}

interface Opening {
  readonly configuration: Configuration;
  readonly application: Application;
  readonly services: Services;
  readonly closers: (() => Promise<void>)[];
  readonly logger: Logger;
}

async function openDoors(opening: Opening): Promise<StartResult> {
  const { configuration, application, services, closers, logger } = opening;
  const { host, anonymous } = configuration;
  const credentials = await watchCredentials(opening);
  const apiDoor = openApiDoor({
    port: configuration.apiPort,
    answer: services.answerApi,
    tables: services.tableDoor,
    broker: services.broker,
    authenticate: services.authenticate,
    isReady: services.isReady,
    logger,
  });
  closers.push(async () => {
    services.endFollowing();
    await services.endTriggers();
    await apiDoor.stop();
  });
  const api = `http://127.0.0.1:${apiDoor.port}`;

  const problems = await services.start({ endpointUrl: api });
  if (problems.length > 0) return { ok: false, problems };

  const listeners = openListeners(opening, credentials);
  closers.push(listeners.stop);
  const edge = openEdge({
    host,
    port: configuration.port,
    broker: services.broker,
    edge: services.edge,
    anyOrigin: !anonymous.includes("websocket"),
    authenticate: services.authenticate,
    proxyProtocol: configuration.proxyProtocol,
    logger,
  });
  closers.push(async () => {
    // They are done once their clients are gone, and those are the broker's to end.
    const stopped = Promise.all([listeners.stop(), edge.stop(), apiDoor.untilNoWebSockets()]);
    await services.broker.close();
    await stopped;
  });
  services.setReady(edge.port);

  const shownHost = host.includes(":") ? `[${host}]` : host;
  const addresses = {
    edge: `http://${shownHost}:${edge.port}`,
    api,
    mqtt: `mqtt://${shownHost}:${listeners.mqttPort}`,
    ...(listeners.mqttsPort && { mqtts: `mqtts://${shownHost}:${listeners.mqttsPort}` }),
    websocket: `ws://${shownHost}:${edge.port}/mqtt`,
  };
  const { name } = application;
  const notes = [...application.notes, ...capacityNotes(opening)];
  const close = () => {
    // First of all, so that it counts from here on; whoever closes the API door waits for them.
    void services.endTriggers();
    return closeAll(closers);
  };
  const functionUrls = services.functionAddresses.list();
  const inspectors = services.functionAddresses.inspectors();
  const house = { applicationName: name, addresses, functionUrls, inspectors, notes, close };
  return { ok: true, house };
}

function capacityNotes({ application, configuration }: Opening): string[] {
  const provisioned = application.tables.some(({ throughput }) => throughput !== undefined);
  if (!provisioned || configuration.enforceCapacity) return [];
  return ["ProvisionedThroughput is counted; --enforce-capacity holds tables to it"];
}

/** The certificate of MQTT over TLS, where that is on. */
async function watchCredentials(opening: Opening): Promise<Credentials | undefined> {
  const { configuration, closers, logger } = opening;
  if (!configuration.tls) return undefined;
  const { files } = configuration.tls;
  const credentials = await loadCredentials({ files, clock: systemClock, logger });
  credentials.watch();
  closers.push(async () => credentials.stop());
  return credentials;
}

interface Listeners {
  readonly mqttPort: number;
  readonly mqttsPort: number | undefined;
  stop(): Promise<void>;
}

function openListeners(opening: Opening, credentials: Credentials | undefined): Listeners {
  const { configuration, services, logger } = opening;
  const { host, mqttPort, tls, proxyProtocol } = configuration;
  const shared = { broker: services.broker, clock: systemClock, logger, host, proxyProtocol };
  const plain = openMqtt({ ...shared, port: mqttPort });
  try {
    const { recognizeDevice } = services;
    const secure =
      tls && credentials && openMqtt({ ...shared, port: tls.port, credentials, recognizeDevice });
    const stop = async () => {
      await Promise.all([plain.stop(), secure?.stop()]);
    };
    return { mqttPort: plain.port, mqttsPort: secure?.port, stop };
  } catch (error) {
    void plain.stop();
    throw error;
  }
}

/** In the reverse order of opening. */
async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}
