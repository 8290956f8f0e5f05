/**
 * The command line of the benchmarks: `npm run bench -- <what> [flags]`.
 *
 * Everything runs on the loopback, for a bounded time; what is started is ended, also on failure.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { benchmarks } from "./benchmarks/all.ts";
import type { Benchmark } from "./benchmarks/benchmark.ts";
import { flagLines, readSettings, type Settings, UsageError } from "./flags.ts";
import { printTables } from "./report/figures.ts";
import type { Run, Section } from "./report/section.ts";
import { formatSection } from "./report/table.ts";
import { brokers, peers, subject } from "./servers/all.ts";
import type { Peer } from "./servers/peer.ts";
import { Processes } from "./servers/processes.ts";

const all = "all";
const report = "report";

const usage = [
  "usage: npm run bench -- <what> [flags]",
  ...benchmarks.map(({ name, summary }) => `  ${name.padEnd(20)} ${summary}`),
  `  ${all.padEnd(20)} all of them, one after the other`,
  `  ${`${report} FILE...`.padEnd(20)} what --out wrote, as Markdown; --write puts it in README.md`,
  ...flagLines(),
].join("\n");

async function main([what = "", ...words]: string[]): Promise<void> {
  if (what === report) {
    printTables(words);
    return;
  }
  const chosen = benchmarks.filter(({ name }) => what === name || what === all);
  if (chosen.length === 0) throw new UsageError(`unknown benchmark "${what}"`);
  const own = [...new Set(chosen.flatMap((benchmark) => benchmark.flags))];
  await runBenchmarks(chosen, readSettings(words, own, what === all));
}

async function runBenchmarks(chosen: readonly Benchmark[], settings: Settings): Promise<void> {
  const { roundCount, measureSeconds, out } = settings;
  const sections: Section[] = [];
  const run: Run = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    versions: versionsOf(chosen, settings),
    roundCount,
    measureSeconds,
    sections,
  };
  const { sections: _, ...heading } = run;
  console.log(JSON.stringify(heading));
  for await (const section of sectionsOf(chosen, settings)) {
    sections.push(section);
    console.log(`\n${formatSection(section, subject)}`);
    if (out !== undefined) writeFileSync(out, `${JSON.stringify(run, null, 2)}\n`);
  }
  if (sections.some((section) => section.peers.some(({ failed }) => failed))) process.exitCode = 1;
}

async function* sectionsOf(
  chosen: readonly Benchmark[],
  settings: Settings,
): AsyncGenerator<Section> {
  const folder = mkdtempSync(join(settings.disk, "millrace-bench-"));
  const { peers: those, roundCount, profileFolder } = settings;
  const progress = (line: string) => console.error(line);
  const processes = new Processes(folder);
  const laboratory = { processes, folder, roundCount, profileFolder, progress };
  try {
    for (const benchmark of chosen) {
      const its = those.filter((peer) => (benchmark.peers ?? brokers).includes(peer));
      yield* benchmark.run(settings, { ...laboratory, peers: its });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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

function versionsOf(chosen: readonly Benchmark[], settings: Settings): Record<string, string> {
  const least = { transport: "tcp", level: 4, qos: 0 } as const;
  const about = new Set(chosen.flatMap((benchmark) => benchmark.peers ?? brokers));
  const able = (peer: Peer, tables: boolean) => peer.objection({ ...least, tables }) === undefined;
  const present = peers.filter(
    (peer) =>
      about.has(peer) && settings.peers.includes(peer) && (able(peer, false) || able(peer, true)),
  );
  return Object.fromEntries(present.map((peer) => [peer.name, peer.version()]));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  console.error(isUsage ? `${error.message}\n${usage}` : error);
  process.exitCode = isUsage ? 2 : 1;
}
