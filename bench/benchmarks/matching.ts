/**
 * Matching: a message finds its subscribers among many filters.
 *
 * Seen from outside, so that peers can be asked the same: what the server's CPU spends on a message
 * when it holds ten thousand, a hundred thousand and a million filters. All but the matching stays
 * the same, so the growth is that of the matching; and what it holds for each filter.
 */

import { join } from "node:path";
import type { Figures } from "../load/workload.ts";
import type { Column } from "../report/section.ts";
import type { RunningPeer } from "../servers/peer.ts";
import type { Processes } from "../servers/processes.ts";
import type { Benchmark } from "./benchmark.ts";
import { compare, type Trial } from "./rounds.ts";

const program = join(import.meta.dir, "..", "programs", "matching.ts");
const warmUpSeconds = 1;
const subscribeSecondsMax = 120;
const settleSeconds = 5;
const aroundSecondsMax = 40;

export const matching: Benchmark = {
  name: "matching",
  summary: "a message's way to its subscribers among a million filters, and memory for each",
  flags: ["subscriptions"],
  async *run({ subscriptionCounts, measureSeconds }, laboratory) {
    for (const subscriptionCount of subscriptionCounts) {
      const trial = trialOf(subscriptionCount, measureSeconds, laboratory.processes);
      yield await compare(trial, laboratory);
    }
  },
};

const columns: readonly [Column, ...Column[]] = [
  { key: "freshMicroseconds", heading: "server µs, new topics", show: "decimal" },
  { key: "repeatedMicroseconds", heading: "server µs, topics again", show: "decimal" },
  { key: "freshPerSecond", heading: "messages/s, new topics", show: "count" },
  { key: "repeatedPerSecond", heading: "messages/s, topics again", show: "count" },
  { key: "bytesEach", heading: "bytes a filter", show: "count" },
  { key: "subscribedPerSecond", heading: "filters/s", show: "count" },
  { key: "othersCpu", heading: "others CPU", show: "percent" },
];

function trialOf(subscriptionCount: number, measureSeconds: number, processes: Processes): Trial {
  const load = async ({ target, pid: serverPid }: RunningPeer): Promise<Figures> => {
    const seconds = { subscribeSecondsMax, settleSeconds, warmUpSeconds, measureSeconds };
    const task = { target, serverPid, subscriptionCount, ...seconds };
    const started = processes.start("clients", [process.execPath, program, JSON.stringify(task)]);
    const linesMax = subscribeSecondsMax + 2 * (warmUpSeconds + measureSeconds) + aroundSecondsMax;
    return JSON.parse(await started.nextLine(linesMax)) as Figures;
  };
  return {
    subject: {
      benchmark: matching.name,
      group: "TCP, QoS 0, MQTT 3.1.1",
      name: `${subscriptionCount.toLocaleString("en")} filters`,
      description: "200 connections; one message in ten reaches one of them",
      columns,
      goals: [],
    },
    needs: { transport: "tcp", level: 4, qos: 0, wildcards: true },
    measure: load,
  };
}
