/** The table that people read: medians over the rounds, and the values behind the first of them. */

import type { Figures } from "../load/workload.ts";
import { formatVerdict, judge, ratioTo } from "./goals.ts";
import { alignColumns } from "./markdown.ts";
import { figureOf, medianOf, show } from "./numbers.ts";
import type { PeerResult, Section } from "./section.ts";

const othersCpuMax = 0.2; // of one core

/** Title and Markdown table; `subject` is the peer that the others are compared with. */
export function formatSection(section: Section, subject: string): string {
  const { group, name, description, columns, peers } = section;
  const headings = [
    "",
    ...columns.map(({ heading }) => heading),
    `${subject} is`,
    `${columns[0].heading} of each round (*: disturbed)`,
  ];
  const rows = peers.map((peer) => formatPeer(peer, section, subject));
  const title = `**${name}**: ${description}; ${group}`;
  return [title, "", ...alignColumns([headings, ...rows], true)].join("\n");
}

function formatPeer(peer: PeerResult, section: Section, subject: string): string[] {
  const { columns } = section;
  const { name, rounds, problem } = peer;
  const nothing = Array.from({ length: columns.length + 1 }, () => "-");
  if (rounds.length === 0) return [name, ...nothing, problem ?? "not measured"];
  const [main] = columns;
  const raw = rounds
    .map((round) => show(figureOf(round, main.key), main.show) + markOf(round))
    .join(", ");
  return [
    name,
    ...columns.map(({ key, show: how }) => show(medianOf(peer, key), how)),
    comparison(peer, section, subject),
    problem === undefined ? raw : `${raw}; then ${problem}`,
  ];
}

/** The ratio to this peer, or for the subject itself its own goal; with what was asked of it. */
function comparison(peer: PeerResult, section: Section, subject: string): string {
  const isSubject = peer.name === subject;
  const verdict = judge(section, subject).find(({ goal }) =>
    isSubject ? goal.against === undefined : goal.against === peer.name,
  );
  if (verdict) return formatVerdict(verdict, section);
  const ratio = isSubject ? Number.NaN : ratioTo(peer, section, subject);
  return Number.isNaN(ratio) ? "-" : `${ratio.toFixed(2)}x`;
}

/** A star where others on the machine took enough of it to spoil the figure. */
function markOf({ othersCpu = 0 }: Figures): string {
  return othersCpu > othersCpuMax ? "*" : "";
}
