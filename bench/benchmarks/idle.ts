/**
 * Idle connections: what a server holds for a client that is connected, subscribed and silent.
 *
 * Resident memory is read while the server is empty, with half of the connections and with all of
 * them, each time after a pause in which a collector may do its work. Then everyone pings. The
 * kernel's own memory for sockets is in nobody's figure.
 */

import { join } from "node:path";
import { takeAddresses } from "../load/addresses.ts";
import { residentMegabytes } from "../load/machine.ts";
import { describeManner } from "../load/manner.ts";
import type { Figures, Transport } from "../load/workload.ts";
import type { Connected, ConnectionsTask, Pinged } from "../programs/connections.ts";
import type { Column } from "../report/section.ts";
import type { RunningPeer } from "../servers/peer.ts";
import { openFilesPossible, type Processes, type StartedProcess } from "../servers/processes.ts";
import type { Benchmark } from "./benchmark.ts";
import { compare, type Trial } from "./rounds.ts";

const program = join(import.meta.dir, "..", "programs", "connections.ts");
const settleSeconds = 5;
const stepSecondsMax = 240;
const connectionsPerProcess = 10_000;
/** More connections than these are held in one round only: that takes minutes. */
const onceAbove = 50_000;
/** What a server has open besides, and then some. */
const otherFiles = 200;
/** Of what Millrace may open, clients of MQTT may have this part. */
const clientsPart = 3 / 4;

export const idle: Benchmark = {
  name: "idle",
  summary: "memory of a connection that is silent, and whether it answers",
  flags: ["connections", "transport"],
  async *run({ connectionCounts, transports }, laboratory) {
    for (const transport of transports) {
      for (const wanted of connectionCounts) {
        const roundCount = wanted > onceAbove ? 1 : laboratory.roundCount;
        const trial = trialOf(wanted, transport, laboratory.processes);
        yield await compare(trial, { ...laboratory, roundCount });
      }
    }
  },
};

const columns: readonly [Column, ...Column[]] = [
  { key: "kilobytesEach", heading: "kB each", show: "decimal" },
  { key: "kilobytesEachMore", heading: "kB each, second half", show: "decimal" },
  { key: "emptyMegabytes", heading: "MB empty", show: "count" },
  { key: "fullMegabytes", heading: "MB full", show: "count" },
  { key: "connectionCount", heading: "connected", show: "count" },
  { key: "connectedPerSecond", heading: "connected/s", show: "count" },
  { key: "answeredCount", heading: "pings answered", show: "count" },
  { key: "pingP99Ms", heading: "ping p99 ms", show: "decimal" },
];

function trialOf(wanted: number, transport: Transport, processes: Processes): Trial {
  const openFilesMax = openFilesPossible(Math.ceil(wanted / clientsPart) + otherFiles);
  const count = Math.min(wanted, Math.floor((openFilesMax - otherFiles) * clientsPart));
  const text = count.toLocaleString("en");
  const short = `as many as a limit of ${openFilesMax} open files allows`;
  const manner = { transport, level: 4, qos: 0 } as const;
  return {
    subject: {
      benchmark: idle.name,
      group: describeManner(manner),
      name: `${wanted.toLocaleString("en")} connections`,
      description:
        count === wanted ? "a subscription each" : `${text}, ${short}; a subscription each`,
      columns,
      goals: [{ atMost: 2 }],
    },
    needs: manner,
    start: { openFilesMax },
    measure: (running) => holdConnections(running, count, processes),
  };
}

async function holdConnections(
  running: RunningPeer,
  count: number,
  processes: Processes,
): Promise<Figures> {
  const memory = async () => {
    await Bun.sleep(settleSeconds * 1_000);
    return residentMegabytes(running.pid) ?? Number.NaN;
  };
  const crowd = new Crowd(running, count, processes);
  const half = Math.floor(count / 2);
  const emptyMegabytes = await memory();
  const startMs = performance.now();
  await crowd.connect(half);
  const connectedPerSecond = half / ((performance.now() - startMs) / 1_000);
  const halfMegabytes = await memory();
  await crowd.connect(count - half);
  const fullMegabytes = await memory();
  const pinged = await crowd.ping();
  const each = (before: number, more: number) => ((fullMegabytes - before) * 1_024) / more;
  return {
    kilobytesEach: each(emptyMegabytes, count),
    kilobytesEachMore: each(halfMegabytes, count - half),
    emptyMegabytes,
    fullMegabytes,
    connectionCount: count,
    connectedPerSecond,
    ...pinged,
  };
}

/** Client processes that share the connections. */
class Crowd {
  readonly #clients: StartedProcess[];

  constructor({ target }: RunningPeer, count: number, processes: Processes) {
    const clientCount = Math.ceil(count / connectionsPerProcess);
    const openFilesMax = openFilesPossible(connectionsPerProcess + otherFiles);
    this.#clients = Array.from({ length: clientCount }, (_, index) => {
      const addresses = takeAddresses(connectionsPerProcess);
      const task: ConnectionsTask = { target, name: String(index), addresses };
      const command = [process.execPath, program, JSON.stringify(task)];
      return processes.start("clients", command, { openFilesMax });
    });
  }

  async connect(count: number): Promise<void> {
    const each = Math.floor(count / this.#clients.length);
    const rest = count - each * (this.#clients.length - 1);
    await this.#ask<Connected>((index) => `connect ${index === 0 ? rest : each}`);
  }

  async ping(): Promise<Figures> {
    const all = await this.#ask<Pinged>(() => "ping");
    const sum = (key: "answeredCount" | "deliveredCount") =>
      all.reduce((total, one) => total + one[key], 0);
    return {
      answeredCount: sum("answeredCount"),
      deliveredCount: sum("deliveredCount"),
      pingP99Ms: Math.max(...all.map(({ p99Ms }) => p99Ms)),
    };
  }

  #ask<T>(lineFor: (index: number) => string): Promise<T[]> {
    const answers = this.#clients.map(async (client, index) => {
      client.say(lineFor(index));
      return JSON.parse(await client.nextLine(stepSecondsMax)) as T;
    });
    return Promise.all(answers);
  }
}
