/** Which events a log takes: not too old, not too far ahead, not past the group's retention. */

import type { LogEvent } from "./event.ts";
import type { Group } from "./group.ts";
import { futureMsMax, pastMsMax } from "./limits.ts";
import { retainedFromMs } from "./trim.ts";

export interface Windowed {
  readonly accepted: readonly LogEvent[];
  /** How many of the first are too old, and how many of those are past the retention. */
  readonly tooOldCount: number;
  readonly expiredCount: number;
  /** The index of the first that is too far ahead; absent: none is. */
  readonly tooNewFrom: number | undefined;
}

/** Of events in the order of time. */
export function takeWindow(group: Group, events: readonly LogEvent[], nowMs: number): Windowed {
  const retainedMs = retainedFromMs(group, nowMs);
  const oldestMs = nowMs - pastMsMax;
  const before = (ms: number) => events.filter(({ timestampMs }) => timestampMs < ms).length;
  const expiredCount = before(retainedMs);
  const tooOldCount = before(oldestMs);
  const ahead = events.findIndex(({ timestampMs }) => timestampMs > nowMs + futureMsMax);
  const from = Math.max(expiredCount, tooOldCount);
  const accepted = events.slice(from, ahead < 0 ? events.length : ahead);
  return { accepted, tooOldCount, expiredCount, tooNewFrom: ahead < 0 ? undefined : ahead };
}
