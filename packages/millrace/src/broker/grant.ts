/** What a client is granted of what it asks for: all of it, or what a bound leaves, counted. */

import type { Counters } from "./counters.ts";
import type { BrokerLimits } from "./limits.ts";

export type LongestSeconds =
  | "keepAliveSecondsMax"
  | "sessionSecondsMax"
  | "messageExpirySecondsMax";
export type ShortestSeconds = "keepAliveSecondsMin" | "messageExpirySecondsMin";

interface Keeper {
  readonly limits: BrokerLimits;
  readonly counters: Counters;
}

/** `askedSeconds`, or the bound where that is less. */
export function atMost(
  { limits, counters }: Keeper,
  bound: LongestSeconds,
  askedSeconds: number,
): number {
  if (askedSeconds <= limits[bound]) return askedSeconds;
  counters.bounds[bound] += 1;
  return limits[bound];
}

/** `askedSeconds`, or the bound where that is more. */
export function atLeast(
  { limits, counters }: Keeper,
  bound: ShortestSeconds,
  askedSeconds: number,
): number {
  if (askedSeconds >= limits[bound]) return askedSeconds;
  counters.bounds[bound] += 1;
  return limits[bound];
}
