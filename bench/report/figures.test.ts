import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatRun, putBetween } from "./figures.ts";
import type { Run } from "./section.ts";

const run: Run = {
  date: "2026-11-23T10:00:00.000Z",
  machine: { cores: 2, processor: "a", memoryGigabytes: 24, system: "linux 6", runtime: "Bun 1" },
  versions: { millrace: "0.1.0" },
  roundCount: 3,
  measureSeconds: 5,
  sections: [
    {
      benchmark: "idle",
      group: "TCP",
      name: "100 connections",
      description: "silent",
      columns: [{ key: "kilobytesEach", heading: "kB each", show: "decimal" }],
      goals: [{ atMost: 2 }],
      peers: [{ name: "millrace", rounds: [{ kilobytesEach: 1.5 }], failed: false }],
    },
  ],
};

test("a run says what it ran on, what became of the goals, and all its tables", () => {
  const text = formatRun(run, "millrace");
  expect(text).toStartWith("23 November 2026: 2 cores (a), 24 GB, linux 6, Bun 1;");
  const order = ["### Goals", "1.50 (goal: at most 2)", "### idle", "**100 connections**"];
  const places = order.map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((left, right) => left - right));
});

test("figures replace what is between the marks of a page, and the README has them", () => {
  const page = "a\n<!-- figures:begin -->\nold\n<!-- figures:end -->\nb";
  const written = putBetween(page, "new");
  expect(written).toBe("a\n<!-- figures:begin -->\n\nnew\n\n<!-- figures:end -->\nb");
  expect(putBetween(written, "new")).toBe(written);
  expect(() => putBetween("a", "new")).toThrow("figures:begin");
  const readme = readFileSync(join(import.meta.dir, "..", "README.md"), "utf8");
  expect(putBetween(readme, "new")).toContain("new");
});
