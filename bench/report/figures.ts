/**
 * The figures of whole runs as Markdown, ready to be pasted, or put where README.md keeps them.
 *
 * `report FILE... [--write]`: the files are what `--out` wrote; each becomes a section with what
 * it ran on, the goals, and all tables.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../flags.ts";
import { subject } from "../servers/all.ts";
import { formatGoals } from "./goals.ts";
import type { Run } from "./section.ts";
import { formatSection } from "./table.ts";

const page = join(import.meta.dir, "..", "README.md");
const marks = { start: "<!-- figures:begin -->", end: "<!-- figures:end -->" };

/** Prints the tables of the files among `words`, or with `--write` puts them into README.md. */
export function printTables(words: readonly string[]): void {
  const files = words.filter((word) => word !== "--write");
  if (files.length === 0) throw new UsageError("report takes files that --out wrote");
  const runs = files.map((file) => JSON.parse(readFileSync(file, "utf8")) as Run);
  const text = runs.map((run) => formatRun(run, subject)).join("\n\n");
  if (words.includes("--write")) writeFileSync(page, putBetween(readFileSync(page, "utf8"), text));
  else console.log(text);
}

/** The page with `text` between the marks. */
export function putBetween(document: string, text: string): string {
  const start = document.indexOf(marks.start);
  const end = document.indexOf(marks.end);
  if (start < 0 || end < start) throw new Error(`no "${marks.start}" and "${marks.end}"`);
  const before = document.slice(0, start + marks.start.length);
  return `${before}\n\n${text}\n\n${document.slice(end)}`;
}

/** A run from its goals to its last table; `own` is the peer that the others are compared with. */
export function formatRun(run: Run, own: string): string {
  const { sections } = run;
  const goals = formatGoals(sections, own);
  const benchmarks = [...new Set(sections.map(({ benchmark }) => benchmark))];
  return [
    formatHeading(run),
    ...(goals === "" ? [] : ["### Goals", goals]),
    ...benchmarks.flatMap((benchmark) => [
      `### ${benchmark}`,
      ...sections
        .filter((section) => section.benchmark === benchmark)
        .map((section) => formatSection(section, own)),
    ]),
  ].join("\n\n");
}

function formatHeading({ date, machine, versions, roundCount, measureSeconds }: Run): string {
  const day = new Date(date).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
  const { cores, processor, memoryGigabytes, system, runtime } = machine;
  const those = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const lines = [
    `${day}: ${cores} cores (${processor}), ${memoryGigabytes} GB, ${system}, ${runtime};`,
    `${those.join(", ")}; ${roundCount} rounds of ${measureSeconds} s. Medians.`,
  ];
  return lines.join("\n");
}
