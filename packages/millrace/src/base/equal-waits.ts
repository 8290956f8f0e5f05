/**
 * Waits that all have the same time, of which nearly all end before it: one timer for all of them,
 * which is set for the oldest. To set and cancel one for each costs as much as a small answer.
 */

import type { Clock, Timer } from "./clock.ts";

/** Ends a wait, which then calls nobody back. False: it was over, or ended, before. */
export type EndWait = () => boolean;

interface Wait {
  readonly dueMs: number;
  readonly onOver: () => void;
  before: Wait | undefined;
  after: Wait | undefined;
  isThere: boolean;
}

export class EqualWaits {
  readonly #clock: Clock;
  readonly #ms: number;
  #oldest: Wait | undefined;
  #newest: Wait | undefined;
  #timer: Timer | undefined;

  constructor({ clock, ms }: { readonly clock: Clock; readonly ms: number }) {
    this.#clock = clock;
    this.#ms = ms;
  }

  /** Calls back once after the time, unless it is ended before. */
  begin(onOver: () => void): EndWait {
    const dueMs = this.#clock.monotonic() + this.#ms;
    const wait: Wait = { dueMs, onOver, before: this.#newest, after: undefined, isThere: true };
    if (this.#newest) this.#newest.after = wait;
    else this.#oldest = wait;
    this.#newest = wait;
    this.#timer ??= this.#clock.after(this.#ms, () => this.#look());
    return () => this.#remove(wait);
  }

  #remove(wait: Wait): boolean {
    if (!wait.isThere) return false;
    wait.isThere = false;
    const { before, after } = wait;
    if (before) before.after = after;
    else this.#oldest = after;
    if (after) after.before = before;
    else this.#newest = before;
    // One that is old would keep alive who came after it, and so on, until a full collection.
    wait.before = undefined;
    wait.after = undefined;
    return true;
  }

  #look(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonic();
    for (let wait = this.#oldest; wait && wait.dueMs <= nowMs; wait = this.#oldest) {
      this.#remove(wait);
      wait.onOver();
    }
    if (!this.#oldest || this.#timer) return;
    const leftMs = Math.ceil(this.#oldest.dueMs - this.#clock.monotonic());
    this.#timer = this.#clock.after(Math.max(1, leftMs), () => this.#look());
  }
}
