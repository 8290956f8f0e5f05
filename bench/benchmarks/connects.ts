/** Connects a second: from the socket to CONNACK, then DISCONNECT, so many at a time. */

import { join } from "node:path";
import { describeManner } from "../load/manner.ts";
import type { Figures, Transport } from "../load/workload.ts";
import type { Column } from "../report/section.ts";
import type { RunningPeer } from "../servers/peer.ts";
import type { Processes } from "../servers/processes.ts";
import type { Benchmark } from "./benchmark.ts";
import { compare, type Trial } from "./rounds.ts";

const program = join(import.meta.dir, "..", "programs", "connects.ts");
const warmUpSeconds = 1;
const crowds = [1, 50];

export const connects: Benchmark = {
  name: "connects",
  summary: "clients that come and go, a second",
  flags: ["transport"],
  async *run({ transports, measureSeconds }, { processes, ...laboratory }) {
    for (const transport of transports) {
      for (const atOnce of crowds) {
        const trial = connectsTrial({ transport, atOnce, measureSeconds }, processes);
        yield await compare(trial, { ...laboratory, processes });
      }
    }
  },
};

const columns: readonly [Column, ...Column[]] = [
  { key: "connectsPerSecond", heading: "connects/s", show: "count" },
  { key: "p50Ms", heading: "p50 ms", show: "decimal" },
  { key: "p99Ms", heading: "p99 ms", show: "decimal" },
  { key: "serverMicroseconds", heading: "server µs each", show: "decimal" },
  { key: "serverCpu", heading: "server CPU", show: "percent" },
  { key: "generatorCpu", heading: "generator CPU", show: "percent" },
  { key: "othersCpu", heading: "others CPU", show: "percent" },
];

interface Case {
  readonly transport: Transport;
  readonly atOnce: number;
  readonly measureSeconds: number;
}

/** So many clients at a time that come and go. */
export function connectsTrial(
  { transport, atOnce, measureSeconds }: Case,
  processes: Processes,
): Trial {
  const manner = { transport, level: 4, qos: 0 } as const;
  const load = async ({ target, pid: serverPid }: RunningPeer): Promise<Figures> => {
    const task = { target, serverPid, atOnce, warmUpSeconds, measureSeconds };
    const started = processes.start("clients", [process.execPath, program, JSON.stringify(task)]);
    return JSON.parse(await started.nextLine(warmUpSeconds + measureSeconds + 10)) as Figures;
  };
  return {
    subject: {
      benchmark: connects.name,
      group: describeManner(manner),
      name: `${atOnce} at a time`,
      description: "a socket, CONNECT, CONNACK, DISCONNECT",
      columns,
      goals: [],
    },
    needs: manner,
    measure: load,
  };
}
