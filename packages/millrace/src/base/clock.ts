/**
 * Time as a parameter.
 *
 * Nothing above this floor calls `Date.now` or `setTimeout`: expiry, keep-alive and back-off are
 * then exact in tests, and a whole house can be simulated.
 */

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the epoch. May jump when the machine's clock is set. */
  now(): number;
  /** Milliseconds since some fixed moment; never goes back. For durations. */
  monotonic(): number;
  /** Calls once after `delayMs`. Timers do not keep the process alive. */
  after(delayMs: number, callback: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const handle = setTimeout(callback, delayMs);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** A clock that stands still until told otherwise; timers fire in due order during `advance`. */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #startMs: number;
  #timers: { dueMs: number; callback: () => void }[] = [];

  constructor(startMs = 1_767_225_600_000) {
    this.#nowMs = startMs;
    this.#startMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs - this.#startMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  /** Moves time on by `ms`, firing what falls due on the way, at its own moment. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      let next: { dueMs: number; callback: () => void } | undefined;
      for (const timer of this.#timers) {
        if (timer.dueMs <= endMs && (!next || timer.dueMs < next.dueMs)) next = timer;
      }
      if (!next) break;
      const due = next;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#nowMs = due.dueMs;
      due.callback();
    }
    this.#nowMs = endMs;
  }
}
