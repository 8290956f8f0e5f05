/**
 * Durable publishes: QoS 1 to a persistent session, acknowledged publishes a second.
 *
 * The promises differ, and stand in each row. Millrace acknowledges when the disk has the message;
 * mosquitto and nats-server when their memory has it, and write later. `millrace --memory` keeps
 * nothing, so that the price of the disk can be told from that of the broker.
 */

import { join } from "node:path";
import type { Figures } from "../load/workload.ts";
import type { Column } from "../report/section.ts";
import { payloadBytes } from "../scenarios/scenario.ts";
import { millrace, millraceInMemory } from "../servers/millrace.ts";
import { mosquitto } from "../servers/mosquitto.ts";
import { nats } from "../servers/nats.ts";
import type { Peer, RunningPeer } from "../servers/peer.ts";
import type { Benchmark } from "./benchmark.ts";
import { isInMemory, probeSyncs } from "./disk.ts";
import { compare, type Laboratory, type Trial } from "./rounds.ts";

const program = join(import.meta.dir, "..", "programs", "durable.ts");
const needs = { transport: "tcp", level: 4, qos: 1, durable: true } as const;
/** Millrace keeps 10,000 messages for a client that is gone. */
const offlineMessagesMax = 9_000;
const aroundSecondsMax = 100;

const promises: ReadonlyMap<Peer, readonly Peer[]> = new Map([
  [millrace, [millrace, named(millraceInMemory, "keeps nothing")]],
  [mosquitto, [named(mosquitto, "from memory, saved every 30 minutes")]],
  [nats, [named(nats, "before any sync, synced every 2 minutes")]],
]);

export const durable: Benchmark = {
  name: "durable",
  summary: "publishes to a persistent session that are acknowledged, a second",
  flags: ["outstanding", "disk"],
  async *run({ outstandingCounts, disk, measureSeconds }, laboratory) {
    if (isInMemory(disk)) throw new Error(`--disk: "${disk}" is kept in memory, not on a disk`);
    const peers = laboratory.peers.flatMap((peer) => promises.get(peer) ?? [peer]);
    for (const isOnline of [true, false]) {
      for (const outstanding of outstandingCounts) {
        const trial = trialOf({ outstanding, isOnline, measureSeconds }, laboratory);
        yield await compare(trial, { ...laboratory, peers });
      }
    }
  },
};

const columns: readonly [Column, ...Column[]] = [
  { key: "acknowledgedPerSecond", heading: "acknowledged/s", show: "count" },
  { key: "p50Ms", heading: "p50 ms", show: "decimal" },
  { key: "p99Ms", heading: "p99 ms", show: "decimal" },
  { key: "writtenKilobytes", heading: "written kB each", show: "decimal" },
  { key: "serverCpu", heading: "server CPU", show: "percent" },
  { key: "generatorCpu", heading: "generator CPU", show: "percent" },
  { key: "othersCpu", heading: "others CPU", show: "percent" },
];

function named(peer: Peer, promise: string): Peer {
  return { ...peer, name: `${peer.name} (${promise})` };
}

interface Case {
  readonly outstanding: number;
  readonly isOnline: boolean;
  readonly measureSeconds: number;
}

function trialOf(one: Case, { processes, folder }: Laboratory): Trial {
  const { outstanding, isOnline, measureSeconds } = one;
  const syncs = Math.round(probeSyncs(folder)).toLocaleString("en");
  const messagesMax = isOnline ? Number.MAX_SAFE_INTEGER : offlineMessagesMax;
  const load = async ({ target, pid: serverPid }: RunningPeer): Promise<Figures> => {
    const task = { target, serverPid, payloadBytes, messagesMax, ...one };
    const started = processes.start("clients", [process.execPath, program, JSON.stringify(task)]);
    return JSON.parse(await started.nextLine(measureSeconds + aroundSecondsMax)) as Figures;
  };
  return {
    subject: {
      benchmark: durable.name,
      group: isOnline ? "the subscriber is connected" : "the subscriber is away",
      name: `${outstanding} outstanding`,
      description: `TCP, QoS 1, MQTT 3.1.1, on a disk that syncs ${syncs} times a second`,
      columns,
      goals: [],
    },
    needs,
    measure: load,
  };
}
