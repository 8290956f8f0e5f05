/** How a door waits, once it stops, for those who are still there. */

import type { Clock } from "../base/mod.ts";

const pollMs = 5;

/** Resolves when none is left, or all have had their time. */
export async function untilNone(countOf: () => number, clock: Clock, msMax: number): Promise<void> {
  const endMs = clock.monotonic() + msMax;
  while (countOf() > 0 && clock.monotonic() < endMs) {
    await new Promise<void>((resolve) => clock.after(pollMs, resolve));
  }
}
