/**
 * Fan-out: one message in, a copy to everyone in the room.
 *
 * A closed loop with a window: a publisher has at most so many messages outstanding, and one is
 * done when every subscriber has it.
 */

import { join } from "node:path";
import { describeManner } from "../load/manner.ts";
import type { Figures, Manner, Pace } from "../load/workload.ts";
import type { Column, Goal } from "../report/section.ts";
import { describeScenario, payloadBytes, type Scenario } from "../scenarios/scenario.ts";
import type { RunningPeer } from "../servers/peer.ts";
import type { Processes } from "../servers/processes.ts";
import type { Benchmark } from "./benchmark.ts";
import { compare, type Trial } from "./rounds.ts";

const program = join(import.meta.dir, "..", "programs", "rooms.ts");
const usualWarmUpSeconds = 1;
/** The program itself gives up a little earlier. */
const connectSecondsMax = 70;

export const fanOut: Benchmark = {
  name: "fan-out",
  summary: "deliveries a second in rooms of different sizes",
  flags: ["scenario", "transport", "qos", "level"],
  async *run(settings, laboratory) {
    const { transports, qualities, levels, scenarios, measureSeconds } = settings;
    for (const transport of transports) {
      for (const level of levels) {
        for (const qos of qualities) {
          const manner = { transport, level, qos };
          for (const scenario of scenarios) {
            const trial = trialOf({ manner, scenario, measureSeconds }, laboratory.processes);
            yield await compare(trial, laboratory);
          }
        }
      }
    }
  },
};

export const columns: readonly [Column, ...Column[]] = [
  { key: "deliveriesPerSecond", heading: "deliveries/s", show: "count" },
  { key: "p50Ms", heading: "p50 ms", show: "decimal" },
  { key: "p99Ms", heading: "p99 ms", show: "decimal" },
  { key: "serverMicroseconds", heading: "server µs each", show: "decimal" },
  { key: "serverCpu", heading: "server CPU", show: "percent" },
  { key: "serverMegabytes", heading: "server MB", show: "count" },
  { key: "generatorCpu", heading: "generator CPU", show: "percent" },
  { key: "othersCpu", heading: "others CPU", show: "percent" },
];

/** What Millrace is to reach with QoS 0, over either transport and at either level. */
const goalsOfScenario: Readonly<Record<string, readonly Goal[]>> = {
  "one-room": [
    { against: "mosquitto", atLeast: 8 },
    { against: "nats-server", atLeast: 2 },
    { against: "bare relay", atLeast: 0.7 },
  ],
  "one-at-a-time": [{ against: "mosquitto", atLeast: 1.2 }],
  rooms: [
    { against: "mosquitto", atLeast: 3 },
    { against: "nats-server", atLeast: 1.2 },
  ],
  ten: [{ against: "mosquitto", atLeast: 4 }],
};

const goalsOfQos1: readonly Goal[] = [
  { against: "mosquitto", atLeast: 1.5 },
  { against: "bare relay", atLeast: 0.8 },
];

interface Case {
  readonly manner: Manner;
  readonly scenario: Scenario;
  readonly measureSeconds: number;
}

function trialOf({ manner, scenario, measureSeconds }: Case, processes: Processes): Trial {
  const { name, window } = scenario;
  const pace = { kind: "window", outstanding: window } as const;
  return {
    subject: {
      benchmark: fanOut.name,
      group: describeManner(manner),
      name,
      description: `${describeScenario(scenario)}, ${describeWindow(scenario)}`,
      columns,
      goals: manner.qos === 1 ? goalsOfQos1 : (goalsOfScenario[name] ?? []),
    },
    needs: manner,
    measure: (running) => loadRooms({ running, manner, scenario, pace, measureSeconds }, processes),
  };
}

/** E.g. "16 outstanding in each". */
export function describeWindow({ roomCount, window }: Scenario): string {
  return `${window} outstanding${roomCount === 1 ? "" : " in each"}`;
}

export interface RoomLoad {
  readonly running: RunningPeer;
  readonly manner: Manner;
  readonly scenario: Scenario;
  readonly pace: Pace;
  readonly measureSeconds: number;
  readonly warmUpSeconds?: number;
  readonly sampledEvery?: number;
  /** Payloads of JSON, through the server's rule if it has one. */
  readonly isJson?: boolean;
}

/** Lets the generator load a running server with the rooms of a scenario; answers `RoomFigures`. */
export async function loadRooms(load: RoomLoad, processes: Processes): Promise<Figures> {
  const { running, manner, scenario, pace, measureSeconds, sampledEvery = 100 } = load;
  const { warmUpSeconds = usualWarmUpSeconds } = load;
  const json = load.isJson ? { throughRule: running.hasRule === true } : undefined;
  const { roomCount, subscribersPerRoom } = scenario;
  const { level, qos } = manner;
  const workload = {
    target: running.target,
    serverPid: running.pid,
    level,
    qos,
    roomCount,
    subscribersPerRoom,
    pace,
    sampledEvery,
    payloadBytes,
    json,
    warmUpSeconds,
    measureSeconds,
  };
  const command = [process.execPath, program, JSON.stringify(workload)];
  const started = processes.start("generator", command);
  const line = await started.nextLine(connectSecondsMax + warmUpSeconds + measureSeconds + 10);
  return JSON.parse(line) as Figures;
}
