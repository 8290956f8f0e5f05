/**
 * Runs the exchanges against a server: `bun conformance/mqtt/run.ts --host 127.0.0.1 --port 1883`.
 * The flags are in README.md. Ends with 1 when a case fails that is not a known deviation, and
 * when a known deviation is none any more.
 */

import { parseArgs } from "node:util";
import type { Exchange } from "./exchange.ts";
import { type Area, readAreas, runAreas, verdictOf } from "./suite.ts";

const { values } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "1883" },
    filter: { type: "string", default: "" },
    level: { type: "string" },
    without: { type: "string", multiple: true, default: [] },
    as: { type: "string" },
    reasons: { type: "boolean", default: false },
    wait: { type: "string", default: "10000" },
    "at-once": { type: "string", default: "8" },
  },
});

const settings = {
  host: values.host,
  port: Number(values.port),
  waitMilliseconds: Number(values.wait),
  demandsReasons: values.reasons,
};
const results = await runAreas(chosen(), settings, Number(values["at-once"]));
const verdicts = results.map((result) => ({ ...result, verdict: verdictOf(result, values.as) }));
for (const { area, exchange, problem, verdict } of verdicts) {
  if (verdict === "passed" || verdict === "deviates") continue;
  console.log(`${verdict}  ${area}: ${exchange.name} (${exchange.level})`);
  console.log(`    ${problem ?? "passes, though it is listed as a deviation"}`);
}
for (const verdict of ["passed", "deviates", "FAILED", "STALE"]) {
  const count = verdicts.filter((one) => one.verdict === verdict).length;
  console.log(`${verdict}: ${count}`);
}
process.exit(verdicts.some(({ verdict }) => /FAILED|STALE/.test(verdict)) ? 1 : 0);

function chosen(): Area[] {
  return readAreas().map(({ area, cases }) => ({
    area,
    cases: cases.filter((exchange) => isChosen(area, exchange)),
  }));
}

function isChosen(area: string, { name, level, clauses, tags = [] }: Exchange): boolean {
  const words = [area, name, ...clauses].join(" ").toLowerCase();
  return (
    words.includes(values.filter.toLowerCase()) &&
    (values.level === undefined || values.level === String(level)) &&
    !tags.some((tag) => values.without.includes(tag))
  );
}
