/**
 * Functions: calls over HTTP that find a process and calls that do not, events, and memory.
 *
 * The peers are servers of functions; a bare Node server, which runs no functions at all, is the
 * limit.
 */

import { join } from "node:path";
import type { Figures } from "../load/workload.ts";
import type { Column, Goal } from "../report/section.ts";
import {
  bareNode,
  coldCount,
  millraceFunctions,
  millraceFunctionsInMemory,
  millraceOneProcess,
  serverlessOffline,
} from "../servers/functions.ts";
import type { Peer, RunningPeer } from "../servers/peer.ts";
import type { Benchmark } from "./benchmark.ts";
import { compare, type Laboratory } from "./rounds.ts";

const programs = join(import.meta.dir, "..", "programs");
const needs = { transport: "tcp", level: 4, qos: 0 } as const;
const warmUpCount = 20_000;
const memoryCallCount = 100_000;
const memoryWarmUpCount = 10_000;
const eventCount = 10_000;
/** What a program may take beyond what it was asked to measure. */
const aroundSecondsMax = 60;
const longSecondsMax = 300;

interface Case {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly [Column, ...Column[]];
  readonly goals: readonly Goal[];
  readonly peers: readonly Peer[];
  readonly program: string;
  readonly secondsMax: number;
  readonly taskOf: (running: RunningPeer, laboratory: Laboratory) => object;
}

export const functions: Benchmark = {
  name: "functions",
  summary: "calls of functions over HTTP, warm and cold, asynchronous events, memory",
  flags: ["disk"],
  async *run({ measureSeconds }, laboratory) {
    for (const one of casesOf(measureSeconds)) {
      const { peers, program, secondsMax, taskOf, ...named } = one;
      const subject = { benchmark: functions.name, group: "Node handlers", ...named };
      const measure = async (running: RunningPeer): Promise<Figures> => {
        const { target, pid: serverPid } = running;
        const task = { target, serverPid, ...taskOf(running, laboratory) };
        const command = [process.execPath, join(programs, program), JSON.stringify(task)];
        const started = laboratory.processes.start("calls", command);
        return JSON.parse(await started.nextLine(secondsMax)) as Figures;
      };
      yield await compare({ subject, needs, measure }, { ...laboratory, peers });
    }
  },
};

const rate: Column = { key: "callsPerSecond", heading: "calls/s", show: "count" };
const p50: Column = { key: "p50Ms", heading: "p50 ms", show: "decimal" };
const p99: Column = { key: "p99Ms", heading: "p99 ms", show: "decimal" };
const usage: readonly Column[] = [
  { key: "serverMicroseconds", heading: "server µs each", show: "decimal" },
  { key: "serverCpu", heading: "server CPU", show: "percent" },
  { key: "generatorCpu", heading: "generator CPU", show: "percent" },
  { key: "othersCpu", heading: "others CPU", show: "percent" },
];

function casesOf(measureSeconds: number): Case[] {
  const secondsMax = measureSeconds + aroundSecondsMax;
  const calls = { program: "calls.ts", secondsMax };
  const warm = (connections: number) => () => ({ connections, measureSeconds, warmUpCount });
  const peers = [millraceFunctions, bareNode, serverlessOffline];
  return [
    {
      ...calls,
      name: "one at a time",
      description: "a handler in one process, one connection",
      columns: [p50, p99, rate, ...usage],
      goals: [{ atMost: 1 }],
      peers,
      taskOf: warm(1),
    },
    {
      ...calls,
      name: "per process",
      description: "the same, by the rate",
      columns: [rate, p50, p99, ...usage],
      goals: [{ against: bareNode.name, atLeast: 0.5 }],
      peers,
      taskOf: warm(1),
    },
    {
      ...calls,
      name: "one process, kept busy",
      description: "eight connections, whose calls wait for one process",
      columns: [rate, p50, p99, ...usage],
      goals: [{ against: bareNode.name, atLeast: 0.5 }],
      peers: [millraceOneProcess, bareNode],
      taskOf: warm(8),
    },
    {
      ...calls,
      name: "sixteen at once",
      description: "16 connections, as many processes as the server starts",
      columns: [rate, p50, p99, ...usage],
      goals: [],
      peers,
      taskOf: warm(16),
    },
    coldCase(),
    eventsCase(),
    memoryCase(),
  ];
}

function coldCase(): Case {
  return {
    name: "cold",
    description: `first calls of ${coldCount} handlers of a hundred lines, beside starts of Node`,
    columns: [
      { key: "aboveNodeMs", heading: "ms above node", show: "decimal" },
      { key: "firstCallMs", heading: "first call ms", show: "decimal" },
      { key: "slowestMs", heading: "slowest ms", show: "decimal" },
      { key: "nodeMs", heading: "node ms", show: "decimal" },
    ],
    goals: [{ atMost: 60 }],
    peers: [millraceFunctions, serverlessOffline],
    program: "cold-starts.ts",
    secondsMax: aroundSecondsMax,
    taskOf: () => ({
      paths: Array.from({ length: coldCount }, (_, index) => `/cold/${index}`),
    }),
  };
}

function eventsCase(): Case {
  return {
    name: "events",
    description: `${eventCount.toLocaleString("en")} asynchronous events, accepted and done`,
    columns: [
      { key: "donePerSecond", heading: "done/s", show: "count" },
      { key: "acceptedPerSecond", heading: "accepted/s", show: "count" },
      { key: "doneTwice", heading: "done twice", show: "count" },
      { key: "serverCpu", heading: "server CPU", show: "percent" },
      { key: "othersCpu", heading: "others CPU", show: "percent" },
    ],
    goals: [],
    peers: [
      { ...millraceFunctions, name: "millrace" },
      { ...millraceFunctionsInMemory, name: "millrace --memory (keeps nothing)" },
      { ...serverlessOffline, name: "serverless-offline (keeps nothing)" },
    ],
    program: "events.ts",
    secondsMax: longSecondsMax,
    taskOf: ({ invokePort }, { folder }) => ({
      invokePort,
      eventCount,
      file: join(folder, `events-${crypto.randomUUID()}`),
      doneSecondsMax: longSecondsMax / 2,
    }),
  };
}

function memoryCase(): Case {
  return {
    name: "memory",
    description: `what ${memoryCallCount.toLocaleString("en")} calls leave behind`,
    columns: [
      { key: "serverGrowthMegabytes", heading: "server grew MB", show: "decimal" },
      { key: "handlerGrowthMegabytes", heading: "handler grew MB", show: "decimal" },
      { key: "serverMegabytes", heading: "server MB", show: "count" },
      rate,
    ],
    goals: [{ atMost: 16 }],
    peers: [millraceFunctions],
    program: "calls.ts",
    secondsMax: longSecondsMax,
    taskOf: () => ({
      connections: 1,
      warmUpCount: memoryWarmUpCount,
      callsMax: memoryCallCount,
      measureSeconds: longSecondsMax - aroundSecondsMax,
    }),
  };
}
