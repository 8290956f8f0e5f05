/** Trace ids as AWS X-Ray makes them: the time in seconds, then 96 random bits. Not sampled. */

import { newHexId, type Random } from "../base/mod.ts";

/** The last that was said; the next call mostly says the same. */
let seconds = 0;
let secondsHex = "0";

export function newTraceId(random: Random, nowMs: number): string {
  const nowSeconds = Math.floor(nowMs / 1000);
  if (nowSeconds !== seconds) {
    seconds = nowSeconds;
    secondsHex = nowSeconds.toString(16);
  }
  const drawn = newHexId(random, 20);
  return `Root=1-${secondsHex}-${drawn.slice(0, 24)};Parent=${drawn.slice(24)};Sampled=0`;
}
