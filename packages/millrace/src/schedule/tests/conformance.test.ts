/** The cases of `conformance/events/schedules.json`; the README there says how to read them. */

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSchedule } from "../mod.ts";

interface Case {
  readonly name: string;
  readonly source: string;
  readonly expression: string;
  readonly after: string;
  readonly since?: string;
  readonly next?: readonly (string | null)[];
  readonly refusedAt?: number;
}

const path = join(import.meta.dir, "../../../../../conformance/events/schedules.json");
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { readonly cases: readonly Case[] };

for (const example of cases) {
  test(example.name, () => {
    expect(example.source).toMatch(/^(eventbridge|scheduler|chosen): ./);
    const result = readSchedule(example.expression);
    if (!result.ok) {
      expect({ refusedAt: result.offset }).toEqual({ refusedAt: example.refusedAt! });
      return;
    }
    expect(example.refusedAt).toBeUndefined();
    const { after, since = after, next = [] } = example;
    let atMs: number | undefined = Date.parse(after);
    for (const expected of next) {
      atMs = result.schedule.next(atMs!, Date.parse(since));
      expect(atMs === undefined ? null : new Date(atMs).toISOString()).toBe(expected);
    }
  });
}
