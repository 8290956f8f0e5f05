import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, startServer } from "../harness.ts";
import { problemsOf } from "./check.ts";
import { isClause } from "./clauses.ts";
import type { Exchange } from "./exchange.ts";
import { levels, without } from "./held-to.ts";
import { type Area, readAreas, runAreas, verdictOf } from "./suite.ts";

const knownTags = [
  "qos2",
  "topic-alias",
  "topic-alias-below-65535",
  "receive-maximum-20",
  "maximum-packet-size",
  "shared",
] as const;
const areas = readAreas();

function heldTo({ level, tags = [] }: Exchange): boolean {
  return levels.includes(level) && !tags.some((tag) => without.includes(tag));
}

describe("the server", () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "millrace-exchanges-"));
  let server: Server;

  beforeAll(async () => {
    server = await startServer({ template: "bench/empty-template.yaml", dataFolder });
  });

  afterAll(async () => {
    await server.stop();
    rmSync(dataFolder, { recursive: true });
  });

  const held = areas.map(({ area, cases }): Area => ({ area, cases: cases.filter(heldTo) }));
  test.each(held.filter(({ cases }) => cases.length > 0).map((one) => [one.area, one] as const))(
    "meets every exchange of %s",
    async (_, area) => {
      const { hostname, port } = new URL(server.mqtt);
      const settings = { waitMilliseconds: 10_000, demandsReasons: true };
      const results = await runAreas([area], { host: hostname, port: Number(port), ...settings });
      const wrong = results.filter((one) => /FAILED|STALE/.test(verdictOf(one, "Millrace")));
      const lines = wrong.map(({ exchange: { name, level }, problem = "is no deviation" }) => {
        return `${name} (${level}): ${problem}`;
      });
      expect(lines).toEqual([]);
    },
    60_000,
  );
});

describe("the data", () => {
  test.each(areas)("$area is well-formed, with clauses that exist", ({ cases }) => {
    expect(problemsOf(cases, isClause)).toEqual([]);
    const tags = cases.flatMap((exchange) => exchange.tags ?? []);
    expect(knownTags).toEqual(expect.arrayContaining(tags));
  });
});
