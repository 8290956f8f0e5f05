/**
 * Virtual time: what is to happen, in order of its moment, and nothing between two moments.
 *
 * One event runs, then every promise that it let go on, then the next event. Events of one moment
 * run in the order they were made. Nothing waits for a real clock, so a day takes as long as its
 * events do, and the same events give the same run.
 */

import { assert, type Clock, type Timer } from "../../base/mod.ts";

interface Event {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

const epochMs = 1_767_225_600_000;

/** More in one moment are taken for a loop that never ends. */
const eventsOfMomentMax = 100_000;

/** Runs every promise that can go on, until none can. */
export type Settle = () => Promise<void>;

export class Scheduler implements Clock {
  readonly #settle: Settle;
  readonly #heap: Event[] = [];
  #nowMs = 0;
  #order = 0;

  constructor(settle: Settle) {
    this.#settle = settle;
  }

  now(): number {
    return epochMs + this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    this.#order += 1;
    const event: Event = {
      dueMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order,
      callback,
      cancelled: false,
    };
    this.#push(event);
    return {
      cancel: () => {
        event.cancelled = true;
      },
    };
  }

  /** Lets everything happen that is due until `endMs`, or until `stopped` says so. */
  async run(endMs: number, stopped: () => boolean): Promise<void> {
    await this.#settle();
    let eventsOfMoment = 0;
    while (!stopped()) {
      const [next] = this.#heap;
      if (!next || next.dueMs > endMs) break;
      this.#pop();
      if (next.cancelled) continue;
      eventsOfMoment = next.dueMs > this.#nowMs ? 0 : eventsOfMoment + 1;
      assert(eventsOfMoment < eventsOfMomentMax, `time stands still at ${this.#nowMs} ms`);
      this.#nowMs = next.dueMs;
      next.callback();
      await this.#settle();
    }
    if (!stopped()) this.#nowMs = Math.max(this.#nowMs, endMs);
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (comesBefore(heap[parent]!, event)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && comesBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (comesBefore(last, heap[child]!)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

function comesBefore(left: Event, right: Event): boolean {
  if (left.dueMs !== right.dueMs) return left.dueMs < right.dueMs;
  return left.order < right.order;
}

/** The clock of one process: once the process is dead, none of its timers fires. */
export class ProcessClock implements Clock {
  readonly #scheduler: Scheduler;
  #alive = true;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  now(): number {
    return this.#scheduler.now();
  }

  monotonic(): number {
    return this.#scheduler.monotonic();
  }

  after(delayMs: number, callback: () => void): Timer {
    return this.#scheduler.after(delayMs, () => {
      if (this.#alive) callback();
    });
  }

  stop(): void {
    this.#alive = false;
  }
}
