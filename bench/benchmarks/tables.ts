/**
 * Items written and read over the DynamoDB API: PutItem, GetItem and a Query of fifty items, with
 * one and with 64 requests in flight, from raw HTTP and from the official SDK.
 *
 * Of each round and server there is one process, one filled table, and all cases in turn. Every
 * server is warmed up alike: six seconds for each operation of raw HTTP, with 64 in flight, before
 * it is measured at all, and a second before every other case. A put changes what it replaces.
 * Millrace answers a write when the disk has it; dynalite, in memory, keeps nothing.
 */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { partitionItemCount } from "../load/items.ts";
import type { Figures } from "../load/workload.ts";
import type { ItemsCase, ItemsTask } from "../programs/items.ts";
import type { Column, Goal, PeerResult, Section, Subject } from "../report/section.ts";
import { dynalite, dynaliteOnDisk } from "../servers/dynalite.ts";
import { millrace, millraceInMemory } from "../servers/millrace.ts";
import type { Peer, RunningPeer } from "../servers/peer.ts";
import type { Processes } from "../servers/processes.ts";
import type { Benchmark } from "./benchmark.ts";
import { isInMemory } from "./disk.ts";
import { compare, type Trial } from "./rounds.ts";

const program = join(import.meta.dir, "..", "programs", "items.ts");
const needs = { transport: "tcp", level: 4, qos: 0, durable: true, tables: true } as const;
/** Until the compilers of either runtime have done what they will, for an operation of raw HTTP. */
const firstWarmUpSeconds = 6;
const laterWarmUpSeconds = 1;
const fillSecondsMax = 1_800;

/** In memory first: it is the faster one, and the one that goals are against. */
const variants: ReadonlyMap<Peer, readonly Peer[]> = new Map([
  [millrace, [millrace, { ...millraceInMemory, name: "millrace --memory (keeps nothing)" }]],
  [dynalite, [dynalite, dynaliteOnDisk]],
]);

const goals = { PutItem: 5, GetItem: 3, Query: 3 } as const;
const clients = { http: "raw HTTP", sdk: "the SDK's client" } as const;

const cases: readonly ItemsCase[] = (["http", "sdk"] as const).flatMap((client) =>
  // With many in flight first: that is what warms a server up.
  [64, 1].flatMap((inFlight) =>
    (["PutItem", "GetItem", "Query"] as const).map((operation) => ({
      key: `${client}-${operation}-${inFlight}`,
      client,
      operation,
      inFlight,
      warmUpSeconds: client === "http" && inFlight > 1 ? firstWarmUpSeconds : laterWarmUpSeconds,
    })),
  ),
);

export const tables: Benchmark = {
  name: "tables",
  summary: "items written and read over the DynamoDB API, a second",
  flags: ["items", "disk"],
  peers: [millrace, dynalite],
  async *run({ itemCounts, disk, measureSeconds }, laboratory) {
    if (isInMemory(disk)) throw new Error(`--disk: "${disk}" is kept in memory, not on a disk`);
    const peers = laboratory.peers.flatMap((peer) => variants.get(peer) ?? [peer]);
    for (const itemCount of itemCounts) {
      const trial = trialOf({ itemCount, measureSeconds }, laboratory.processes);
      const whole = await compare(trial, { ...laboratory, peers });
      yield* cases.map((one) => ({ ...subjectOf(one, itemCount), peers: pick(whole, one) }));
      yield { ...trial.subject, peers: whole.peers };
    }
  },
};

const columns: readonly [Column, ...Column[]] = [
  { key: "perSecond", heading: "answers/s", show: "count" },
  { key: "p50Ms", heading: "p50 ms", show: "decimal" },
  { key: "p99Ms", heading: "p99 ms", show: "decimal" },
  { key: "serverMicroseconds", heading: "server µs each", show: "decimal" },
  { key: "serverCpu", heading: "server CPU", show: "percent" },
  { key: "generatorCpu", heading: "generator CPU", show: "percent" },
  { key: "othersCpu", heading: "others CPU", show: "percent" },
];

const fillColumns: readonly [Column, ...Column[]] = [
  { key: "fillPerSecond", heading: "items filled/s", show: "count" },
  { key: "diskBytes", heading: "bytes on disk an item", show: "count" },
  { key: "serverMegabytes", heading: "server MB", show: "count" },
];

function subjectOf({ client, operation, inFlight }: ItemsCase, itemCount: number): Subject {
  const name = `${operation}${operation === "Query" ? "(50)" : ""}, ${inFlight} in flight`;
  const counted = itemCount.toLocaleString("en");
  const goal: Goal = { against: dynalite.name, atLeast: goals[operation] };
  return {
    benchmark: tables.name,
    group: `${clients[client]}, ${counted} items`,
    name,
    description: `items of some 200 bytes, ${partitionItemCount} in a partition`,
    columns,
    goals: client === "http" ? [goal] : [],
  };
}

/** The figures of one case, of every peer and round, under their own names. */
function pick({ peers }: Section, { key }: ItemsCase): PeerResult[] {
  const own = (round: Figures): Figures =>
    Object.fromEntries(
      columns.map((column) => [column.key, round[`${key}.${column.key}`]] as const),
    );
  return peers.map((peer) => ({ ...peer, rounds: peer.rounds.map(own) }));
}

interface Size {
  readonly itemCount: number;
  readonly measureSeconds: number;
}

function trialOf({ itemCount, measureSeconds }: Size, processes: Processes): Trial {
  const measure = async (running: RunningPeer): Promise<Figures> => {
    const { target, pid: serverPid } = running;
    const task: ItemsTask = {
      target,
      serverPid,
      itemCount,
      cases,
      measureSeconds,
    };
    const command = [process.execPath, program, JSON.stringify(task)];
    const started = processes.start("clients", command);
    const filled = JSON.parse(await started.nextLine(fillSecondsMax)) as Figures;
    const { dataFolder } = running;
    const diskBytes = dataFolder === undefined ? undefined : bytesOf(dataFolder) / itemCount;
    const found: Figures[] = [filled, { diskBytes }];
    for (const { warmUpSeconds } of cases) {
      const line = await started.nextLine(warmUpSeconds + measureSeconds + 30);
      found.push(JSON.parse(line) as Figures);
    }
    const serverMegabytes = found.at(-1)![`${cases.at(-1)!.key}.serverMegabytes`];
    return Object.assign({}, ...found, { serverMegabytes }) as Figures;
  };
  const counted = itemCount.toLocaleString("en");
  const subject: Subject = {
    benchmark: tables.name,
    group: `filling, ${counted} items`,
    name: `${counted} items`,
    description: "BatchWriteItem of 25, eight requests in flight; the log as it stands is counted",
    columns: fillColumns,
    goals: [],
  };
  return { subject, needs, measure };
}

/** Of all files in a folder, at any depth. */
function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
