/**
 * How late the event loop is: how long after its moment a timer fires.
 *
 * Whatever holds the loop up (a long computation, a flood of input) holds up every client, and
 * shows here first. A delay shorter than the pause between two timers may fall between them.
 */

import { type Clock, durationBoundsSeconds, type Figured, Histogram } from "../base/mod.ts";

const everyMs = 100;

/** Measures until `stop`. */
export function measureLoopDelay(clock: Clock): Figured & { stop(): void } {
  const histogram = new Histogram(durationBoundsSeconds);
  const next = () => {
    const dueMs = clock.monotonic() + everyMs;
    return clock.after(everyMs, () => {
      // The runtime rounds a timer to whole milliseconds, down as well as up.
      histogram.observe(Math.max(0, clock.monotonic() - dueMs) / 1000);
      timer = next();
    });
  };
  let timer = next();
  const name = "millrace_event_loop_delay_seconds";
  const help = "How late a timer of the event loop fires, measured ten times a second";
  return {
    figures: () => [{ name, help, kind: "histogram", histogram }],
    stop: () => timer.cancel(),
  };
}
