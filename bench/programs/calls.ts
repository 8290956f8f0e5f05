/**
 * Calls of a function over HTTP: `bun calls.ts '<task as JSON>'`.
 *
 * A closed loop: each connection has one call under way and begins the next when it is answered. An
 * answer that is not a 200 with the path that was asked for ends the measurement.
 */

import { encodeRequest, type HttpCaller, openCaller } from "../load/http-client.ts";
import { residentMegabytes, startUsage, type Usage } from "../load/machine.ts";
import { quantile } from "../load/tally.ts";
import type { Target } from "../load/workload.ts";
import { runProgram } from "./program.ts";

const path = "/warm";
const bytesPerMegabyte = 2 ** 20;
const callsPerLook = 1_000;

export interface CallsTask {
  readonly target: Target;
  readonly serverPid: number;
  readonly connections: number;
  readonly warmUpCount: number;
  /** The measurement ends after so long, or after so many calls. */
  readonly measureSeconds: number;
  readonly callsMax?: number;
}

export type CallsFigures = Usage & {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly callCount: number;
  readonly serverMicroseconds?: number;
  /**
   * Resident memory of the server: the least in the last fifth of the calls less the least in the
   * first. A collector lets it go up and down by more than a leak would add.
   */
  readonly serverGrowthMegabytes?: number;
  /** Of a handler: at the end less at the beginning. */
  readonly handlerGrowthMegabytes: number;
};

interface Told {
  readonly path: string;
  readonly rss: number;
}

async function run(task: CallsTask): Promise<CallsFigures> {
  const { target, serverPid, connections, warmUpCount } = task;
  const opening = Array.from({ length: connections }, () => openCaller(target.port));
  const clients = await Promise.all(opening);
  let left = warmUpCount;
  const warm = () => left-- > 0;
  const told = await Promise.all(clients.map((client) => callWhile(client, warm, () => {})));
  const handlerBytes = told[0]!.rss;

  const latenciesMs: number[] = [];
  const stopUsage = startUsage(serverPid);
  const endMs = performance.now() + task.measureSeconds * 1_000;
  let begun = 0;
  const { callsMax = Number.POSITIVE_INFINITY } = task;
  const goesOn = () => performance.now() < endMs && begun++ < callsMax;
  const serverLooks: number[] = [];
  const note = (ms: number) => {
    if (latenciesMs.push(ms) % callsPerLook > 0) return;
    const megabytes = residentMegabytes(serverPid);
    if (megabytes !== undefined) serverLooks.push(megabytes);
  };
  const last = await Promise.all(clients.map((client) => callWhile(client, goesOn, note)));
  const usage = stopUsage();
  for (const client of clients) client.close();

  const count = latenciesMs.length;
  latenciesMs.sort((left, right) => left - right);
  const { serverCpu, seconds } = usage;
  return {
    ...usage,
    callsPerSecond: count / seconds,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    callCount: count,
    serverMicroseconds: serverCpu && (serverCpu * seconds * 1e6) / count,
    serverGrowthMegabytes: growthOf(serverLooks),
    handlerGrowthMegabytes: (last[0]!.rss - handlerBytes) / bytesPerMegabyte,
  };
}

/** From the first fifth to the last; `undefined` where there are too few. */
function growthOf(looks: readonly number[]): number | undefined {
  const fifth = Math.floor(looks.length / 5);
  if (fifth === 0) return undefined;
  return Math.min(...looks.slice(-fifth)) - Math.min(...looks.slice(0, fifth));
}

/** Answers with what the last call told. */
async function callWhile(
  client: HttpCaller,
  goesOn: () => boolean,
  note: (ms: number) => void,
): Promise<Told> {
  const request = encodeRequest({ path });
  let told: Told | undefined;
  while (told === undefined || goesOn()) {
    const startMs = performance.now();
    const { status, body } = await client.request(request);
    note(performance.now() - startMs);
    told = JSON.parse(body.toString()) as Told;
    if (status !== 200 || told.path !== path) throw new Error(`answered ${status} ${body}`);
  }
  return told;
}

await runProgram(run);
