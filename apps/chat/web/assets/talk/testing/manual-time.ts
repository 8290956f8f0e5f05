/** Time that passes only when a test says so. */

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

export class ManualTime {
  now = 1_767_225_600_000;
  #timers: Timer[] = [];

  readonly later = (milliseconds: number, run: () => void): (() => void) => {
    const timer = { at: this.now + milliseconds, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** Runs what falls due within the time, in order, each with all that follows from it. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    for (;;) {
      await settle();
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = end;
  }

  /** Forgets everything that was to come. */
  clear(): void {
    this.#timers = [];
  }
}

/** Lets promises that are settled already have their say, and those that follow from them. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
