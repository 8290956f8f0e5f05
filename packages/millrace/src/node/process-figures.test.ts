import { expect, test } from "bun:test";
import { closeSync, openSync } from "node:fs";
import { type NumberFigure, systemClock } from "../base/mod.ts";
import { measureProcess } from "./process-figures.ts";

function figureOf(name: string, measured = measureProcess(systemClock)): number | undefined {
  const figure = measured.figures().find((one) => one.name === name) as NumberFigure;
  return figure.samples[0]?.value;
}

test("memory, time and start are those of this process, in bytes and seconds", () => {
  expect(figureOf("process_resident_memory_bytes")).toBeWithin(1e6, 1e11);
  expect(figureOf("process_cpu_seconds_total")).toBeWithin(0.001, 1e6);
  const startSeconds = figureOf("process_start_time_seconds") ?? 0;
  expect(startSeconds).toBeWithin(Date.now() / 1000 - 86_400, Date.now() / 1000);
});

test("the start stays the same however often it is asked for", async () => {
  const measured = measureProcess(systemClock);
  const first = figureOf("process_start_time_seconds", measured);
  await Bun.sleep(5);
  expect(figureOf("process_start_time_seconds", measured)).toBe(first);
});

test.if(process.platform === "linux")("a file that is opened is counted", () => {
  const before = figureOf("process_open_fds") ?? 0;
  const files = [1, 2, 3].map(() => openSync(import.meta.path, "r"));
  expect(figureOf("process_open_fds")).toBe(before + 3);
  for (const file of files) closeSync(file);
});
