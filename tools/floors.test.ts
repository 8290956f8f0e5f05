import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatComplaints, readRepository, repositoryRoot } from "./files.ts";
import { checkFloors, drawFloors, putDrawing, readModules } from "./floors.ts";

/** The complaints about one made-up module. */
function complaints(path: string, text: string): string {
  const place = path.startsWith("/") ? path.slice(1) : `packages/millrace/src/${path}`;
  return formatComplaints(checkFloors(readModules([{ path: place, text }])));
}

describe("a part may import", () => {
  test.each([
    ["tables/put.ts", 'import { key } from "./key.ts";'],
    ["endpoints/dynamodb/PutItem.ts", 'import { fail } from "../failure.ts";'],
    ["tables/put.ts", 'import { assert } from "../base/mod.ts";'],
    ["endpoints/dynamodb/PutItem.ts", 'import type { Table } from "../../tables/mod.ts";'],
    ["broker/publish.ts", 'import { matches } from "@millrace/mqtt";'],
    ["tables/put.test.ts", 'import { recordsSuite } from "../storage/records-suite.ts";'],
    ["sql/round.ts", 'import Decimal from "decimal.js"; import { createHash } from "node:crypto";'],
    ["sql/lex.test.ts", 'import fc from "fast-check"; import { test } from "bun:test";'],
    ["storage/sqlite/open.ts", 'import { Database } from "bun:sqlite"; Bun.file("x");'],
    ["base/clock.ts", "export const now = () => Date.now();"],
    ["node/start.ts", "setTimeout(() => Date.now(), 1);"],
    ["broker/session.ts", "const expiry = new Date(clock.now()); clock.after(1, () => {});"],
    ["broker/session.ts", "timers.setTimeout(1); interface Clock { setTimeout: number }"],
    ["broker/session.test.ts", "setTimeout(() => {}, 1);"],
    ["cli/version.ts", 'import manifest from "../../package.json";'],
    ["/packages/mqtt/src/packet.ts", 'import { read } from "./bytes.ts";'],
    ["/packages/mqtt/src/packet.test.ts", 'import { parser } from "mqtt-packet";'],
    ["/apps/chat/web/app.ts", 'import { connect } from "@millrace/mqtt/client";'],
    ["/conformance/sql.test.ts", 'import mqtt from "mqtt"; import { open } from "./page.ts";'],
  ])("%s: %s", (path, text) => {
    expect(complaints(path, text)).toBe("");
  });
});

describe("a part may not import", () => {
  test.each([
    ["up", "tables/put.ts", 'import "../rules/mod.ts";', "rules stands above it"],
    ["sideways", "tables/put.ts", 'import "../broker/mod.ts";', "broker stands beside it"],
    ["types up", "broker/a.ts", 'import type { A } from "../node/mod.ts";', "stands above it"],
    ["a page of types", "broker/a.ts", 'type A = import("../node/mod.ts").A;', "above it"],
    ["again", "broker/a.ts", 'export * from "../cli/mod.ts";', "cli stands above it"],
    ["lazily", "broker/a.ts", 'await import("../gateway/mod.ts");', "gateway stands above it"],
    ["by a side door", "tables/put.ts", 'import "../base/clock.ts";', "is a side door"],
    ["a suite", "tables/put.ts", 'import "../storage/records-suite.ts";', "is a side door"],
    [
      "mqtt by path",
      "broker/a.ts",
      'import "../../../mqtt/src/mod.ts";',
      'around "@millrace/mqtt"',
    ],
    ["mqtt beside", "sql/a.ts", 'import "@millrace/mqtt";', "mqtt stands beside it"],
    ["an app", "node/a.ts", 'import "../../../../apps/chat/x.ts";', "the server does not know"],
    ["from nowhere", "sheds/a.ts", 'import "../base/mod.ts";', 'no floor has a part "sheds"'],
    ["an SDK", "node/a.ts", 'import "@aws-sdk/client-lambda";', "the server never loads"],
    ["Bun's modules", "tables/a.ts", 'import { Database } from "bun:sqlite";', "only Bun has"],
    ["Bun itself", "tables/a.ts", 'import { serve } from "bun";', "only Bun has"],
    ["files into a language", "sql/a.ts", 'import "node:fs/promises";', "sql is pure"],
    ["the server", "/apps/chat/a.ts", 'import "millrace";', "over the network only"],
    ["its source", "/bench/a.ts", 'import "../packages/millrace/src/base/mod.ts";', "network only"],
    ["mqtt's source", "/bench/a.ts", 'import "../packages/mqtt/src/mod.ts";', "network only"],
    ["another app", "/apps/chat/a.ts", 'import "../console/a.ts";', "network only"],
    ["into mqtt", "/packages/mqtt/src/a.ts", 'import "node:net";', "packages/mqtt stands alone"],
    ["server into mqtt", "/packages/mqtt/a.ts", 'import "../millrace/src/x.ts";', "stands alone"],
  ])("%s (%s)", (_how, path, text, message) => {
    expect(complaints(path, text)).toContain(message);
  });
});

describe("a part may not touch", () => {
  test.each([
    ["Date.now()", "Date"],
    ["new Date()", "Date"],
    ["Date()", "Date"],
    ["Math.random()", "Math"],
    ["performance.now()", "performance"],
    ["setTimeout(f, 1)", "setTimeout"],
    ["globalThis.setInterval(f, 1)", "setInterval"],
    ["crypto.randomUUID()", "crypto"],
    ['import { randomUUID } from "node:crypto"', "randomUUID"],
  ])("time and chance: %s", (text, named) => {
    expect(complaints("broker/a.ts", text)).toContain(`"${named}" here`);
  });

  test("Bun's global object", () => {
    expect(complaints("tables/a.ts", 'Bun.file("a")')).toContain("only Bun has");
    expect(complaints("tables/a.ts", "// Bun.file\nconst a = 'Bun.file'")).toBe("");
  });
});

describe("the picture", () => {
  const modules = readModules([
    { path: "packages/millrace/src/base/mod.ts", text: "" },
    {
      path: "packages/millrace/src/broker/mod.ts",
      text: 'import "../base/mod.ts"; import "@millrace/mqtt"; import "yaml";',
    },
    { path: "packages/millrace/src/broker/a.test.ts", text: 'import "../storage/mod.ts";' },
    { path: "packages/mqtt/src/mod.ts", text: "" },
    { path: "apps/chat/web/app.ts", text: 'import "@millrace/mqtt";' },
  ]);

  test("shows the parts that exist, the edges, and what stands outside", () => {
    expect(drawFloors(modules).split("\n")).toEqual([
      "```text",
      "3     broker",
      "1     mqtt",
      "0     base",
      "-".repeat(72),
      "      apps/chat",
      "",
      "Who imports from whom:",
      "",
      "broker     mqtt base",
      "mqtt       -",
      "base       -",
      "apps/chat  mqtt",
      "```",
    ]);
  });

  test("replaces only what is between the marks", () => {
    const marked = "a\n<!-- floors:begin -->\nold\n<!-- floors:end -->\nb";
    const drawn = putDrawing(marked, "new")!;
    expect(drawn).toStartWith("a\n<!-- floors");
    expect(drawn).toContain("\n\nnew\n\n<!-- floors:end -->\nb");
    expect(drawn).not.toContain("old");
    expect(putDrawing(drawn, "new")).toBe(drawn);
    expect(putDrawing("no marks", "new")).toBeUndefined();
  });
});

describe("this house", () => {
  const modules = readModules(readRepository(repositoryRoot));

  test("keeps to its floors", () => {
    expect(formatComplaints(checkFloors(modules))).toBe("");
  });

  test("is drawn in ARCHITECTURE.md as it is (else: bun tools/floors.ts --write)", () => {
    const page = readFileSync(join(repositoryRoot, "ARCHITECTURE.md"), "utf8");
    expect(page.includes(drawFloors(modules))).toBe(true);
  });
});
