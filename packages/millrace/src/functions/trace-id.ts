/** Trace ids as AWS X-Ray makes them: the time in seconds, then 96 random bits. Not sampled. */

import { newHexId, type Random } from "../base/mod.ts";

export function newTraceId(random: Random, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000).toString(16);
  const drawn = newHexId(random, 20);
  return `Root=1-${seconds}-${drawn.slice(0, 24)};Parent=${drawn.slice(24)};Sampled=0`;
}
