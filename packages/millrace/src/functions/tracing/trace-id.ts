/**
 * Trace ids as AWS X-Ray makes them: the time in seconds, then 96 random bits, and whether the call
 * is one of those that are traced. Nothing is kept of a trace here; the handler is told.
 */

import { newHexId, type Random } from "../../base/mod.ts";

/** Of a function with active tracing, by X-Ray's default rule; any other has none. */
export class TraceSampler {
  #second = Number.NaN;

  /** The first call of a second, and of the others one in twenty. */
  samples(random: Random, nowMs: number): boolean {
    const second = Math.floor(nowMs / 1000);
    if (second === this.#second) return random.fraction() < 0.05;
    this.#second = second;
    return true;
  }
}

/** The next call mostly says the same as the last one. */
const hexOfSeconds = rememberingLast((seconds) => seconds.toString(16));

/** Sampled, where there is a sampler and it says so. */
export function newTraceId(random: Random, nowMs: number, sampler?: TraceSampler): string {
  const seconds = hexOfSeconds(Math.floor(nowMs / 1000));
  const drawn = newHexId(random, 20);
  const sampled = sampler?.samples(random, nowMs) ? 1 : 0;
  return `Root=1-${seconds}-${drawn.slice(0, 24)};Parent=${drawn.slice(24)};Sampled=${sampled}`;
}

function rememberingLast(describe: (value: number) => string): (value: number) => string {
  let last = Number.NaN;
  let described = "";
  return (value) => {
    if (value !== last) {
      last = value;
      described = describe(value);
    }
    return described;
  };
}
