/**
 * Latency at half load: how long a message is under way while the server has room to spare.
 *
 * At full load latency is the length of a queue. Here an open loop publishes at half of what
 * mosquitto delivers in the scenario, measured first in the same run, and at the same rate to
 * everyone. That a faster server is then far from its limit is the point, and said in the README.
 */

import { describeManner } from "../load/manner.ts";
import type { Figures, Manner } from "../load/workload.ts";
import { figureOf, median } from "../report/numbers.ts";
import type { Column, Section } from "../report/section.ts";
import { describeScenario, type Scenario } from "../scenarios/scenario.ts";
import { mosquitto } from "../servers/mosquitto.ts";
import type { Benchmark } from "./benchmark.ts";
import { loadRooms } from "./fan-out.ts";
import { compare, type Laboratory, withPeer } from "./rounds.ts";

/** At half load the generator has time to look at more subscribers than otherwise. */
const sampledEvery = 10;
/** At this load a runtime that compiles while it runs has done with it only then. */
const warmUpSeconds = 12;

export const latency: Benchmark = {
  name: "latency",
  summary: "p50, p99, p99.9 at half of mosquitto's throughput, in an open loop",
  flags: ["scenario", "transport"],
  async *run(settings, laboratory) {
    const { transports, scenarios, measureSeconds } = settings;
    for (const transport of transports) {
      const manner = { transport, level: 4, qos: 0 } as const;
      const objection = mosquitto.objection(manner);
      if (objection !== undefined) throw new Error(`no rate without mosquitto: ${objection}`);
      for (const scenario of scenarios) {
        yield await measureAtHalfLoad({ manner, scenario, measureSeconds }, laboratory);
      }
    }
  },
};

const columns: readonly [Column, ...Column[]] = [
  { key: "p99Ms", heading: "p99 ms", show: "decimal" },
  { key: "p50Ms", heading: "p50 ms", show: "decimal" },
  { key: "p999Ms", heading: "p99.9 ms", show: "decimal" },
  { key: "lateP99Ms", heading: "sent late, p99 ms", show: "decimal" },
  { key: "sampleCount", heading: "samples", show: "count" },
  { key: "deliveriesPerSecond", heading: "deliveries/s", show: "count" },
  { key: "serverCpu", heading: "server CPU", show: "percent" },
  { key: "othersCpu", heading: "others CPU", show: "percent" },
];

interface Case {
  readonly manner: Manner;
  readonly scenario: Scenario;
  readonly measureSeconds: number;
}

async function measureAtHalfLoad(one: Case, laboratory: Laboratory): Promise<Section> {
  const { manner, scenario } = one;
  const { processes } = laboratory;
  const messagesPerSecond = await halfOfMosquitto(one, laboratory);
  const rate = Math.round(messagesPerSecond).toLocaleString("en");
  const pace = { kind: "rate", messagesPerSecond } as const;
  const subject = {
    benchmark: latency.name,
    group: describeManner(manner),
    name: scenario.name,
    description: `${describeScenario(scenario)}, ${rate} messages/s, half of mosquitto's most`,
    columns,
    goals: [{ against: mosquitto.name, atMost: 1 }],
  };
  const measure = (running: Parameters<typeof loadRooms>[0]["running"]) =>
    loadRooms({ ...one, running, pace, sampledEvery, warmUpSeconds }, processes);
  return compare({ subject, needs: manner, measure }, laboratory);
}

/** Messages a second, to all rooms together. */
async function halfOfMosquitto(one: Case, laboratory: Laboratory): Promise<number> {
  const { manner, scenario } = one;
  const pace = { kind: "window", outstanding: scenario.window } as const;
  const rounds: Figures[] = [];
  for (let round = 0; round < laboratory.roundCount; round += 1) {
    const figures = await withPeer(mosquitto, { needs: manner }, laboratory, (running) =>
      loadRooms({ ...one, running, pace }, laboratory.processes),
    );
    rounds.push(figures);
  }
  const deliveries = median(rounds.map((round) => figureOf(round, "deliveriesPerSecond")));
  return deliveries / scenario.subscribersPerRoom / 2;
}
