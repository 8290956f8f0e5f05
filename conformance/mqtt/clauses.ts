/**
 * The numbered statements of the two standards, so that a clause that the data, the source or a
 * test names is one that exists. They are in `statements/`, each with whom it concerns and, in our
 * own words, what it demands.
 *
 * `MQTT-3.1.0-2` is the second statement of section 3.1.0 of MQTT 3.1.1, `MQTT5-3.1.0-2` that of
 * MQTT 5.0; what a standard demands without a number is named by its section alone,
 * `MQTT5-3.14.2.2.2`. MQTT 3.1 has sections only: `MQTT3-3.1`.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Level } from "./received.ts";

export interface Statement {
  readonly id: string;
  readonly who: "client" | "server" | "both";
  readonly demand: string;
  /** What is odd about it in print. */
  readonly note?: string;
}

export interface Section {
  readonly section: string;
  readonly title: string;
  readonly statements: readonly Statement[];
}

export interface Standard {
  readonly standard: string;
  readonly address: string;
  readonly sections: readonly Section[];
}

const prefixes: Readonly<Record<Level, string>> = { 3: "MQTT3", 4: "MQTT", 5: "MQTT5" };

const numbered = new Set(
  ["3.1.1", "5"].flatMap((version) => {
    const text = readFileSync(join(import.meta.dir, `statements/${version}.json`), "utf8");
    const { sections } = JSON.parse(text) as Standard;
    return sections.flatMap(({ statements }) => statements.map(({ id }) => id));
  }),
);

/** Whether the standard of this level has such a statement; any section alone will do. */
export function isClause(clause: string, level: Level): boolean {
  const [, prefix, number] = /^(MQTT\d?)-\d+(?:\.\d+)+(-\d+)?$/.exec(clause) ?? [];
  if (prefix !== prefixes[level]) return false;
  return number === undefined || numbered.has(clause);
}
