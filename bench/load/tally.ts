/** What all rooms count together, and whether the measurement still stands. */

export class Tally {
  deliveryCount = 0;
  /** False once the measurement is over: nothing more is published. */
  isRunning = true;
  #isMeasuring = false;
  readonly #latenciesMs: number[] = [];
  readonly #latenessMs: number[] = [];
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
    if (this.#isMeasuring) this.#latenciesMs.push(latencyMs);
  }

  /** How long after its time a message went out. */
  sentLate(lateMs: number): void {
    if (this.#isMeasuring) this.#latenessMs.push(lateMs);
  }

  /** Ends the measurement; answers with all samples, sorted. */
  stop(): { readonly latenciesMs: number[]; readonly latenessMs: number[] } {
    this.isRunning = false;
    this.#isMeasuring = false;
    const ascending = (left: number, right: number) => left - right;
    return {
      latenciesMs: this.#latenciesMs.sort(ascending),
      latenessMs: this.#latenessMs.sort(ascending),
    };
  }
}

/** The value below which the `share` of the sorted values lies; NaN when there are none. */
export function quantile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
