import { expect, test } from "bun:test";
import type { Clock, HistogramFigure } from "../base/mod.ts";
import { measureLoopDelay } from "./loop-delay.ts";

/** A clock whose timers fire when the test says so, however late that is. */
function lateClock() {
  let nowMs = 5000;
  let due: { atMs: number; callback: () => void } | undefined;
  const clock: Clock = {
    now: () => nowMs,
    monotonic: () => nowMs,
    after(delayMs, callback) {
      const timer = { atMs: nowMs + delayMs, callback };
      due = timer;
      const cancel = () => {
        if (due === timer) due = undefined;
      };
      return { cancel };
    },
  };
  const fire = (lateMs: number) => {
    const timer = due!;
    due = undefined;
    nowMs = timer.atMs + lateMs;
    timer.callback();
  };
  return { clock, fire, isWaiting: () => due !== undefined };
}

test("each timer counts with what it is late, and an early one with nothing", () => {
  const { clock, fire } = lateClock();
  const [figure] = measureLoopDelay(clock).figures();
  const { histogram } = figure as HistogramFigure;
  for (const lateMs of [0, 0.5, 30, 20_000, -0.4]) fire(lateMs);
  expect(histogram.count).toBe(5);
  expect(histogram.sum).toBeCloseTo(20.0305, 6);
  expect(histogram.counts[0]).toBe(2);
  expect(histogram.counts.at(-1)).toBe(1);
});

test("no timer is left once it has stopped", () => {
  const { clock, fire, isWaiting } = lateClock();
  const delay = measureLoopDelay(clock);
  fire(0);
  expect(isWaiting()).toBe(true);
  delay.stop();
  expect(isWaiting()).toBe(false);
});
