/** How far a transfer is: one line that is written over on a terminal, and nothing elsewhere. */

import { systemClock } from "../../base/mod.ts";

const showEveryMs = 200;

export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export class Progress {
  readonly #terminal: Terminal;
  readonly #verb: string;
  readonly #startedMs = systemClock.monotonic();
  #shownMs = 0;
  #isShown = false;

  constructor(terminal: Terminal, verb: string) {
    this.#terminal = terminal;
    this.#verb = verb;
  }

  /** `expected`: how many there will be, if that is known; a table's count may be hours old. */
  tell(count: number, expected = 0): void {
    const nowMs = systemClock.monotonic();
    if (!this.#terminal.isTTY || nowMs - this.#shownMs < showEveryMs) return;
    this.#shownMs = nowMs;
    this.#isShown = true;
    const of = expected > count ? ` of about ${grouped(expected)}` : "";
    this.#terminal.write(`\r\u001b[K${this.#verb} ${grouped(count)}${of} items`);
  }

  /** Takes the line away; how long it took and how fast it was, in words. */
  end(count: number): string {
    if (this.#isShown) this.#terminal.write("\r\u001b[K");
    const seconds = Math.max((systemClock.monotonic() - this.#startedMs) / 1000, 0.001);
    const rate = Math.round(count / seconds);
    return `${seconds.toFixed(1)} s, ${itemsText(rate, grouped(rate))} a second`;
  }
}

/** `1 item`, `0 items`; `shown` is the count as it is to be written. */
export function itemsText(count: number, shown = String(count)): string {
  return `${shown} ${count === 1 ? "item" : "items"}`;
}

export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, " ");
}
