import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportStorm } from "./report.ts";
import { runStorm } from "./storm.ts";

const template = "bench/empty-template.yaml";

/** Another storm each time; what fails says its seed. */
const seed = Math.floor(Math.random() * 1_000_000);

test("no promise is broken while the server is killed again and again", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "millrace-storm-"));
  const result = await runStorm({
    seed,
    seconds: 15,
    kills: 10,
    clientCount: 12,
    protocolLevels: [4, 5],
    server: { template, dataFolder },
  });
  rmSync(dataFolder, { recursive: true });
  if (result.violations.length > 0) throw new Error(reportStorm(seed, result));
  // A storm in which nothing was promised would break no promise.
  const messages = [...result.history.messages.values()];
  expect(messages.filter(({ ownedAt }) => ownedAt > 0).length).toBeGreaterThan(100);
}, 110_000);

test("a server that keeps nothing on disk is found out", async () => {
  const { violations } = await runStorm({
    seed,
    seconds: 2,
    kills: 3,
    clientCount: 6,
    protocolLevels: [4],
    server: { template, dataFolder: "unused", flags: ["--memory"] },
  });
  expect(violations.map(({ rule }) => rule)).toContain("session present");
}, 110_000);
