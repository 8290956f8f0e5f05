/** Reads the tables of `docs/operating/figures.md`, so that a test can hold them to the server. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

const path = join(import.meta.dir, "../../docs/operating/figures.md");

/** The rows of the table under a heading, each cell as it stands there, without backquotes. */
export function tableUnder(heading: string): string[][] {
  const lines = readFileSync(path, "utf8").split("\n");
  const start = lines.findIndex((line) => line.replaceAll("`", "") === heading);
  if (start < 0) throw new Error(`the page has no "${heading}"`);
  const end = lines.findIndex((line, at) => at > start && line.startsWith("#"));
  const rows = lines.slice(start, end < 0 ? undefined : end).filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.replaceAll("`", "").trim()),
  );
}
