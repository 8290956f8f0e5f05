import { expect, test } from "bun:test";
import { InvariantBroken, silentLogger, WorldError } from "../../base/mod.ts";
import { Jobs } from "./jobs.ts";

test.each([
  ["DISK_FULL", new WorldError("DISK_FULL", "the disk is full")],
  ["INTERNAL", new InvariantBroken("a circle has corners")],
])("a job that fails is logged as %s and ends nothing else", async (code, thrown) => {
  const logged: object[] = [];
  const jobs = new Jobs({ ...silentLogger, error: (...line) => void logged.push(line) });
  jobs.run("build", () => Promise.reject(thrown));
  await jobs.settled();
  const { message } = thrown;
  expect(logged).toEqual([["job broken off", { job: "build", code, message }]]);
});
