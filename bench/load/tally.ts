/** What all rooms count together, and whether the measurement still stands. */

export class Tally {
  deliveryCount = 0;
  /** False once the measurement is over: nothing more is published. */
  isRunning = true;
  #isMeasuring = false;
  #samplesMs: number[] = [];
  readonly failed: Promise<never>;
  /** Ends the measurement; the first reason counts. */
  readonly fail: (reason: string) => void;

  constructor() {
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.fail = (reason) => reject(new Error(reason));
  }

  startMeasuring(): void {
    this.#isMeasuring = true;
  }

  sample(latencyMs: number): void {
    if (this.#isMeasuring) this.#samplesMs.push(latencyMs);
  }

  /** Ends the measurement; answers with the latencies, sorted. */
  stop(): number[] {
    this.isRunning = false;
    this.#isMeasuring = false;
    return this.#samplesMs.sort((left, right) => left - right);
  }
}

/** The value below which the `share` of the sorted values lies; NaN when there are none. */
export function quantile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
