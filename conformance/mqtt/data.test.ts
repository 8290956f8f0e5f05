import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, startServer } from "../harness.ts";
import { isClause } from "./clauses.ts";
import type { Exchange } from "./exchange.ts";
import { bytesOf, parsePattern } from "./notation.ts";
import { type Area, readAreas, runAreas } from "./suite.ts";

/** What the server has: levels of the protocol, and tags of cases that it is not yet held to. */
const levels: readonly number[] = [4, 5];
const without: readonly string[] = ["receive-maximum-20"];

const knownTags = [
  "qos2",
  "topic-alias",
  "topic-alias-below-65535",
  "receive-maximum-20",
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
      const failed = results.filter(({ problem }) => problem !== undefined);
      expect(failed.map(({ exchange, problem }) => `${exchange.name}: ${problem}`)).toEqual([]);
    },
    60_000,
  );
});

describe("the data", () => {
  test.each(areas)("$area names each case once, with clauses that exist", ({ cases }) => {
    const names = cases.map(({ name, level }) => `${name} (${level})`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    for (const { name, level, clauses, tags = [] } of cases) {
      expect({ name, clauses: clauses.length }).not.toEqual({ name, clauses: 0 });
      expect({ name, unknown: clauses.filter((one) => !isClause(one, level)) }).toEqual({
        name,
        unknown: [],
      });
      expect(knownTags).toEqual(expect.arrayContaining([...tags]));
    }
  });

  test.each(areas)("$area keeps to the notation, and every case can fail", ({ cases }) => {
    for (const { name, steps } of cases) {
      const kept = new Map<string, Uint8Array>();
      const scope = { token: "0000", kept };
      for (const name of ["m", "n", "o"]) kept.set(name, Uint8Array.of(0, 1));
      for (const [, verb, what] of steps) {
        if (typeof what !== "string" || verb === "is closed") continue;
        if (verb === "receives") parsePattern(what, scope);
        else bytesOf(what, scope);
      }
      const last = steps.at(-1)![1];
      expect({ name, last }).not.toEqual({
        name,
        last: expect.stringMatching(/^(sends|hangs up)$/),
      });
    }
  });
});
