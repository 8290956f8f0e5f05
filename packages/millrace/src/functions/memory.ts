/**
 * How much memory a process has to itself, as Linux says; other systems do not, and then the limit
 * of Node's heap is all that holds.
 */

import { readFileSync } from "node:fs";
import type { Clock, Timer } from "../base/mod.ts";
import { memoryCheckMs } from "./limits.ts";

/** In bytes; what it shares with others, such as its program, aside. `undefined`: unknown. */
export function ownMemoryOf(pid: number): number | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return undefined; // gone by now, or another system
  }
  const kilobytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
  return (kilobytes("RssAnon") + kilobytes("RssShmem")) * 1024;
}

export interface MemoryWatchOptions {
  readonly pid: number;
  readonly bytesMax: number;
  readonly clock: Clock;
  readonly onOver: () => void;
}

/** Looks at a process again and again, until it is told to stop. */
export class MemoryWatch {
  readonly #options: MemoryWatchOptions;
  #bytes = 0;
  #timer: Timer | undefined;

  constructor(options: MemoryWatchOptions) {
    this.#options = options;
    this.#look();
  }

  /** What it has, or had when that was last known. */
  get bytes(): number {
    this.#bytes = ownMemoryOf(this.#options.pid) ?? this.#bytes;
    return this.#bytes;
  }

  /** Whether it had more than it may when it was looked at last. */
  get isOver(): boolean {
    return this.#bytes > this.#options.bytesMax;
  }

  #look(): void {
    const { bytesMax, clock, onOver } = this.#options;
    if (this.bytes > bytesMax) onOver();
    this.#timer = clock.after(memoryCheckMs, () => this.#look());
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
