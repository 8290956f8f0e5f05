/**
 * Writes docs/reference/mqtt.md: what the standards of MQTT demand, where the source meets it, and
 * what tests it (`bun tools/mqtt-reference.ts --write`). `mqtt-reference.test.ts` fails when the
 * page is stale, when a tag names nothing, and when more statements go without a tag or a test
 * than the bounds below allow. When tags or tests are added, lower the bounds.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRepository, repositoryRoot } from "./files.ts";
import { drawPage, pagePath } from "./mqtt-reference/page.ts";
import { allRows, type State, type Survey } from "./mqtt-reference/survey.ts";

export interface Open {
  /** Statements of the server that no line of the source is tagged with. */
  readonly untagged: number;
  /** Statements of the server that neither a case nor a unit test names. */
  readonly untested: number;
}

export const openMax: Readonly<Record<string, Open>> = {
  "3.1.1": { untagged: 0, untested: 0 },
  "5": { untagged: 0, untested: 0 },
};

/** How many statements of the server a version leaves open. */
export function countOpen(version: Survey): Open {
  const count = (...states: State[]) =>
    allRows(version).filter(({ state }) => states.includes(state)).length;
  return {
    untagged: count("tested, not tagged", "open"),
    untested: count("met, not tested", "open"),
  };
}

if (import.meta.main) {
  const page = drawPage(readRepository(repositoryRoot));
  if (process.argv[2] === "--write") writeFileSync(join(repositoryRoot, pagePath), page);
  else process.stdout.write(page);
}
