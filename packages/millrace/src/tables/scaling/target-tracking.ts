/**
 * Target tracking: what capacity a target should have, by what was spent minute by minute.
 *
 * As the service documents it for DynamoDB: capacity rises when more than the target's share was
 * used in two minutes in a row, and falls when less than that share less a fifth of it was used in
 * fifteen. A minute in which nothing was spent is no data point: a target that is not used at all
 * does not fall. It becomes what the busiest of those minutes needs to be at the target's share.
 */

export interface Tracking {
  /** Percent, 20 to 90. */
  readonly targetValue: number;
  readonly scaleOutCooldownSeconds: number;
  readonly scaleInCooldownSeconds: number;
  readonly scaleInDisabled: boolean;
}

/** A target as it is now. */
export interface Tracked {
  readonly unitsPerSecond: number;
  readonly min: number;
  readonly max: number;
  /** Units spent in each whole minute, the last one at the end. */
  readonly minutes: readonly number[];
  /** When it was last moved; absent: never. */
  readonly lastOutMs?: number | undefined;
  readonly lastInMs?: number | undefined;
  readonly outSuspended: boolean;
  readonly inSuspended: boolean;
}

export interface Move {
  readonly to: number;
  readonly alarm: "AlarmHigh" | "AlarmLow";
}

export const highMinuteCount = 2;
export const lowMinuteCount = 15;

/** Part of the target below which usage must be for capacity to fall. */
const lowShare = 0.8;

/** Where the capacity should go; `undefined`: it stays. */
export function trackTarget(tracking: Tracking, tracked: Tracked, nowMs: number): Move | undefined {
  const { unitsPerSecond: current, minutes, min, max } = tracked;
  const share = tracking.targetValue / 100;
  const high = current * share * 60;
  const needed = (window: readonly number[]) => {
    const wanted = Math.ceil(Math.max(...window) / 60 / share);
    return Math.min(max, Math.max(min, wanted));
  };
  const lastTwo = minutes.slice(-highMinuteCount);
  if (lastTwo.length === highMinuteCount && lastTwo.every((units) => units > high)) {
    const to = needed(lastTwo);
    const cooling = isWithin(tracked.lastOutMs, tracking.scaleOutCooldownSeconds, nowMs);
    return to > current && !cooling && !tracked.outSuspended
      ? { to, alarm: "AlarmHigh" }
      : undefined;
  }
  const window = minutes.slice(-lowMinuteCount);
  const isLow = window.every((units) => units > 0 && units < high * lowShare);
  if (window.length < lowMinuteCount || !isLow) return undefined;
  if (tracking.scaleInDisabled || tracked.inSuspended) return undefined;
  const to = needed(window);
  const cooling =
    isWithin(tracked.lastInMs, tracking.scaleInCooldownSeconds, nowMs) ||
    isWithin(tracked.lastOutMs, tracking.scaleInCooldownSeconds, nowMs);
  return to < current && !cooling ? { to, alarm: "AlarmLow" } : undefined;
}

function isWithin(sinceMs: number | undefined, seconds: number, nowMs: number): boolean {
  return sinceMs !== undefined && nowMs - sinceMs < seconds * 1000;
}
