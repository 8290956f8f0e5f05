/**
 * Trace ids as AWS X-Ray makes them: the time in seconds, then 96 random bits, and whether the call
 * is one of those that are traced. Nothing is kept of a trace here; the handler is told.
 *
 * What is random is drawn for many at once, and as text: for one at a time it would take as long as
 * all else that a call needs before it is sent.
 */

import { newHexId, type Random } from "../../base/mod.ts";

const rootDigits = 24;
const digits = 40;
const drawnCount = 50;

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

export class TraceIds {
  readonly #random: Random;
  #drawn = "";
  #at = 0;
  #seconds = 0;
  /** The same in hexadecimal; the next call mostly has the same. */
  #secondsText = "0";

  constructor(random: Random) {
    this.#random = random;
  }

  /** Sampled, where there is a sampler and it says so. */
  next(nowMs: number, sampler?: TraceSampler): string {
    const seconds = Math.floor(nowMs / 1000);
    if (seconds !== this.#seconds) {
      this.#seconds = seconds;
      this.#secondsText = seconds.toString(16);
    }
    if (this.#at === this.#drawn.length) {
      this.#drawn = newHexId(this.#random, (drawnCount * digits) / 2);
      this.#at = 0;
    }
    const parentAt = this.#at + rootDigits;
    const end = this.#at + digits;
    const root = `1-${this.#secondsText}-${this.#drawn.slice(this.#at, parentAt)}`;
    this.#at = end;
    const sampled = sampler?.samples(this.#random, nowMs) ? 1 : 0;
    return `Root=${root};Parent=${this.#drawn.slice(parentAt, end)};Sampled=${sampled}`;
  }
}
