/** What happened in a run, a line an event, and one number that two equal runs share. */

import { hashText } from "./seeded-random.ts";

export class Trace {
  readonly #lines: string[] = [];
  readonly #nowMs: () => number;
  #hash = hashText("");

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  note(what: string): void {
    const line = `${this.#nowMs().toFixed(3).padStart(11)} ${what}`;
    this.#hash = hashText(line, this.#hash);
    this.#lines.push(line);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  get hash(): number {
    return this.#hash;
  }
}
