/**
 * `millrace start` and `serve`: starts the node, says where it is, and ends it on a signal.
 *
 * With `--json` the first line on standard output is one JSON object, once everything is ready. Log
 * lines go to standard error in both cases.
 */

import { systemClock } from "../../base/mod.ts";
import { type House, readRemoteCredentials, startHouse } from "../../node/mod.ts";
import { type Command, UsageProblem } from "../command.ts";
import { bannerText } from "./start-banner.ts";
import { readStartOptions, type StartOptions, serveFlags, startFlags } from "./start-options.ts";

const exitProblem = 1;
const drainMsMax = 10_000;
/**
 * Signals that come together are one wish: a service manager that signals every process of a group
 * reaches us twice, itself and through the launcher.
 */
const sameSignalMs = 1_000;

export const start: Command = {
  name: "start",
  usage: "[template.yaml] [flags]",
  summary: "serve the application of a SAM template",
  flags: startFlags,
  async run({ given }) {
    const read = readStartOptions(given);
    if (!read.ok) throw new UsageProblem(read.problem);
    await startNode(read.options);
    return undefined;
  },
};

/** The face for production: the same, but nobody has rights that it did not prove. */
export const serve: Command = {
  ...start,
  name: "serve",
  summary: "the same for production: nobody comes in without credentials",
  flags: serveFlags,
};

/** Returns once the node runs; the process then lives until a signal. */
async function startNode(options: StartOptions): Promise<void> {
  const startedMs = systemClock.monotonic();
  const result = await startHouse({
    template: options.template,
    parameters: options.parameters,
    dataFolder: options.memory ? undefined : options.data,
    host: options.host,
    port: options.port,
    apiPort: options.apiPort,
    mqttPort: options.mqttPort,
    tls: options.tls,
    proxyProtocol: options.proxyProtocol,
    anonymous: options.anonymous,
    limits: options.limits,
    watch: options.watch,
    enforceCapacity: options.enforceCapacity,
    replaceTables: options.replaceTables,
    remoteTables: options.tables && {
      ...options.tables,
      credentials: () => readRemoteCredentials(process.env),
    },
    inspectPort: options.inspectPort,
    retryDelaysSeconds: options.retryDelaysSeconds,
    processesMax: options.processesMax,
    writeLog: (text) => process.stderr.write(text),
  });
  if (!result.ok) {
    process.stderr.write(`${result.problems.join("\n")}\n`);
    process.exit(exitProblem);
  }
  const { house } = result;
  endOnSignal(house);
  const text = options.json
    ? `${JSON.stringify({ ...house.addresses, ...namedPlaces(house), pid: process.pid })}\n`
    : bannerText(house, options, systemClock.monotonic() - startedMs);
  process.stdout.write(text);
}

/** By function: its own address, and its debugger's port. */
function namedPlaces({ functionUrls, inspectors }: House) {
  const urls = functionUrls.map(({ functionName, url }) => [functionName, url]);
  const ports = inspectors.map(({ functionName, port }) => [functionName, port]);
  return { urls: Object.fromEntries(urls), inspect: Object.fromEntries(ports) };
}

/** Drains once; a later signal, or a drain that takes too long, ends at once. */
function endOnSignal(house: House): void {
  let drainingSinceMs: number | undefined;
  const end = () => {
    const nowMs = systemClock.monotonic();
    if (drainingSinceMs !== undefined) {
      if (nowMs - drainingSinceMs > sameSignalMs) process.exit(exitProblem);
      return;
    }
    drainingSinceMs = nowMs;
    systemClock.after(drainMsMax, () => process.exit(exitProblem));
    house.close().then(() => process.exit(0));
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, end);
}
