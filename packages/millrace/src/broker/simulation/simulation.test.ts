import { expect, test } from "bun:test";
import { runSeed } from "./run-seed.ts";

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Some tens; `npm test` runs thousands. */
const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

test.each(seeds)("seed %i breaks no rule of the model", async (seed) => {
  expect((await runSeed(seed, settle)).violation).toBeUndefined();
});

test("a seed gives the same run again, event by event, and another seed another run", async () => {
  const [first, second] = [await runSeed(3, settle), await runSeed(3, settle)];
  expect(second.trace).toEqual(first.trace);
  expect(second.traceHash).toBe(first.traceHash);
  expect((await runSeed(4, settle)).traceHash).not.toBe(first.traceHash);
});
