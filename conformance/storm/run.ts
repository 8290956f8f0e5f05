/**
 * A storm by hand: `bun conformance/storm/run.ts --seed 7 --seconds 60 --kills 20`.
 *
 * Without `--seed` one is drawn. Ends with 1 when a promise was broken; the diary of those
 * concerned is printed, all of it goes to the file that `--diary` names.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { reportStorm } from "./report.ts";
import { runStorm } from "./storm.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
    seconds: { type: "string", default: "60" },
    kills: { type: "string", default: "20" },
    clients: { type: "string", default: "12" },
    level: { type: "string", multiple: true, default: ["4", "5"] },
    flag: { type: "string", multiple: true, default: [] },
    diary: { type: "string" },
  },
});

const seed = Number(values.seed);
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-storm-"));
const result = await runStorm({
  seed,
  seconds: Number(values.seconds),
  kills: Number(values.kills),
  clientCount: Number(values.clients),
  protocolLevels: values.level.map((level) => (level === "5" ? 5 : 4)),
  server: { template: "bench/empty-template.yaml", dataFolder, flags: values.flag },
});
rmSync(dataFolder, { recursive: true });
if (values.diary) {
  const lines = result.history.entries.map((entry) => JSON.stringify(entry));
  writeFileSync(values.diary, `${lines.join("\n")}\n`);
}
console.log(reportStorm(seed, result));
process.exit(result.violations.length > 0 ? 1 : 0);
