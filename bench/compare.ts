/**
 * The command line of the benchmarks: `npm run bench -- fan-out [flags]`.
 *
 * Everything runs on the loopback, for a bounded time; what is started is ended, also on failure.
 */

import { writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { compareFanOut, type ScenarioResult } from "./fan-out.ts";
import type { Transport } from "./load/workload.ts";
import { formatScenario } from "./report.ts";
import { scenarios } from "./scenarios/all.ts";
import { payloadBytes } from "./scenarios/scenario.ts";
import { peers } from "./servers/all.ts";
import type { Peer } from "./servers/peer.ts";

const usage = `usage: npm run bench -- fan-out [flags]
  --rounds N             measurements of each server, 1 to 100 (3)
  --seconds S            length of each, 0.2 to 600 (5)
  --scenario NAME        ${scenarios.map(({ name }) => name).join(", ")}; may be given again (all)
  --only PEER            ${peers.map(({ name }) => name).join(", ")}; may be given again (all)
  --transport KIND       tcp or websocket (tcp)
  --out FILE             writes everything as JSON, too`;

class UsageError extends Error {}

function readFlags(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "5" },
      scenario: { type: "string", multiple: true },
      only: { type: "string", multiple: true },
      transport: { type: "string", default: "tcp" },
      out: { type: "string" },
    },
  });
  if (positionals.join(" ") !== "fan-out") {
    throw new UsageError(`unknown benchmark "${positionals.join(" ")}"`);
  }
  const { transport } = values;
  if (transport !== "tcp" && transport !== "websocket") {
    throw new UsageError(`unknown transport "${transport}"`);
  }
  const roundCount = numberWithin("rounds", values.rounds, [1, 100]);
  if (!Number.isInteger(roundCount)) throw new UsageError("--rounds takes a whole number");
  return {
    roundCount,
    measureSeconds: numberWithin("seconds", values.seconds, [0.2, 600]),
    scenarios: choose("scenario", scenarios, values.scenario),
    peers: choose("peer", peers, values.only),
    transport: transport satisfies Transport as Transport,
    out: values.out,
  };
}

function numberWithin(flag: string, text: string, [min, max]: [number, number]): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= min && value <= max) return value;
  throw new UsageError(`--${flag} takes a number from ${min} to ${max}, not "${text}"`);
}

function choose<T extends { name: string }>(
  kind: string,
  all: readonly T[],
  names: string[] | undefined,
): readonly T[] {
  const unknown = names?.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined) throw new UsageError(`unknown ${kind} "${unknown}"`);
  return names ? all.filter(({ name }) => names.includes(name)) : all;
}

function describeMachine() {
  const cores = cpus();
  return {
    cores: cores.length,
    processor: cores[0]?.model ?? "unknown",
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    runtime: `Bun ${Bun.version}`,
  };
}

function versionsOf(chosen: readonly Peer[], transport: Transport): Record<string, string> {
  const present = chosen.filter((peer) => peer.objection(transport) === undefined);
  return Object.fromEntries(present.map((peer) => [peer.name, peer.version()]));
}

async function main(args: string[]): Promise<void> {
  const { out, ...options } = readFlags(args);
  const { transport, roundCount, measureSeconds } = options;
  const heading = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    versions: versionsOf(options.peers, transport),
    settings: { transport, qos: 0, payloadBytes, roundCount, measureSeconds },
  };
  console.log(JSON.stringify(heading));
  const results = await compareFanOut({
    ...options,
    progress: (line) => console.error(line),
  });
  for (const result of results) console.log(`\n${formatScenario(result, "millrace")}`);
  if (out !== undefined) {
    writeFileSync(out, `${JSON.stringify({ ...heading, results }, null, 2)}\n`);
  }
  if (results.some(hasFailed)) process.exitCode = 1;
}

/** A peer that broke down; one that never could take part is no failure. */
function hasFailed({ peers: measured }: ScenarioResult): boolean {
  return measured.some(({ failed }) => failed);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError || error instanceof TypeError;
  console.error(isUsage ? `${error.message}\n${usage}` : error);
  process.exitCode = isUsage ? 2 : 1;
}
