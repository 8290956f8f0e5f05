/** The table that people read, and the median behind each of its figures. */

import type { PeerResult, ScenarioResult } from "./fan-out.ts";
import type { Measurement } from "./load/workload.ts";
import { describeScenario } from "./scenarios/scenario.ts";

/** The middle value, or the mean of the two in the middle; NaN when there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const othersCpuMax = 0.2; // of one core

const headings = [
  "",
  "deliveries/s",
  "p50 ms",
  "p99 ms",
  "server CPU",
  "server MB",
  "generator CPU",
  "others CPU",
  "millrace is",
  "deliveries/s of each round (*: disturbed)",
];

/** A Markdown table; `subject` is the peer that the others are compared with. */
export function formatScenario({ scenario, peers }: ScenarioResult, subject: string): string {
  const ours = peers.find((peer) => peer.name === subject);
  const rows = peers.map((peer) => formatPeer(peer, ours));
  const title = `${scenario.name}: ${describeScenario(scenario)}`;
  return [title, "", ...alignColumns([headings, ...rows])].join("\n");
}

function formatPeer(peer: PeerResult, ours: PeerResult | undefined): string[] {
  const { name, rounds, problem } = peer;
  if (rounds.length === 0) {
    return [name, ..."--------", problem ?? "not measured"];
  }
  const middle = (of: (round: Measurement) => number) => median(rounds.map(of));
  const rate = middle((round) => round.deliveriesPerSecond);
  const ourRate = median((ours?.rounds ?? []).map((round) => round.deliveriesPerSecond));
  const raw = rounds.map(formatRound).join(", ");
  return [
    name,
    count(rate),
    middle((round) => round.p50Ms).toFixed(2),
    middle((round) => round.p99Ms).toFixed(2),
    percent(middle((round) => round.serverCpu ?? Number.NaN)),
    count(middle((round) => round.serverMegabytes ?? Number.NaN)),
    percent(middle((round) => round.generatorCpu)),
    percent(middle((round) => round.othersCpu ?? Number.NaN)),
    peer === ours || Number.isNaN(ourRate) ? "-" : `${(ourRate / rate).toFixed(2)}x`,
    problem === undefined ? raw : `${raw}; then ${problem}`,
  ];
}

/** A star where others on the machine took enough of it to spoil the figure. */
function formatRound({ deliveriesPerSecond, othersCpu = 0 }: Measurement): string {
  return `${count(deliveriesPerSecond)}${othersCpu > othersCpuMax ? "*" : ""}`;
}

function count(value: number): string {
  return Number.isNaN(value) ? "-" : Math.round(value).toLocaleString("en");
}

function percent(share: number): string {
  return Number.isNaN(share) ? "-" : `${Math.round(share * 100)} %`;
}

/** Names and remarks to the left, figures to the right. */
function alignColumns(rows: readonly string[][]): string[] {
  const last = headings.length - 1;
  const widths = headings.map((_, column) =>
    Math.max(3, ...rows.map((row) => row[column]!.length)),
  );
  const isLeft = (column: number) => column === 0 || column === last;
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) =>
      isLeft(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    );
    return `| ${cells.join(" | ")} |`;
  });
  const rule = widths.map((width, column) =>
    isLeft(column) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  lines.splice(1, 0, `| ${rule.join(" | ")} |`);
  return lines;
}
