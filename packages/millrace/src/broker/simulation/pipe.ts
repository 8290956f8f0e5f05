/**
 * One direction of a connection: bytes arrive in order, late, and cut in other places than they
 * were written.
 */

import type { Scheduler } from "./scheduler.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** How a network behaves; the calm of the last phase replaces it while connections are open. */
export interface NetworkHabits {
  readonly delayMsMax: number;
  /** A piece that arrives at once has at most so many bytes. */
  readonly pieceBytesMax: number;
  /** Bytes on the way to a client beyond which its socket takes no more. */
  readonly windowBytes: number;
  /** How often a reader stops for a while, per piece. */
  readonly stallChance: number;
  readonly stallMsMax: number;
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly dueMs: number;
}

export interface PipeOptions {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly habits: () => NetworkHabits;
  readonly arrive: (bytes: Uint8Array) => void;
}

/** Of one write; what is left after so many arrives in one piece. */
const cutsMax = 6;

export class Pipe {
  readonly #options: PipeOptions;
  readonly #pieces: Piece[] = [];
  #byteCount = 0;
  #lastDueMs = 0;
  #paused = false;
  #closed = false;
  #waiting = false;
  #whenEmpty: (() => void) | undefined;

  constructor(options: PipeOptions) {
    this.#options = options;
  }

  /** Bytes that were written and have not arrived. */
  get byteCount(): number {
    return this.#byteCount;
  }

  write(bytes: Uint8Array): void {
    if (this.#closed) return;
    const { random, scheduler, habits } = this.#options;
    const { delayMsMax, pieceBytesMax, stallChance, stallMsMax } = habits();
    let from = 0;
    for (let cutCount = 0; from < bytes.length; cutCount += 1) {
      const length = cutCount < cutsMax ? 1 + random.below(pieceBytesMax) : bytes.length;
      const stallMs = random.chance(stallChance) ? random.between(0, stallMsMax) : 0;
      const earliestMs = scheduler.monotonic() + random.between(0, delayMsMax) + stallMs;
      this.#lastDueMs = Math.max(this.#lastDueMs, earliestMs);
      this.#pieces.push({ bytes: bytes.slice(from, from + length), dueMs: this.#lastDueMs });
      from += length;
    }
    this.#byteCount += bytes.length;
    this.#deliverLater();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliverLater();
  }

  /** Calls once when everything that was written has arrived; at once when it has already. */
  whenEmpty(callback: () => void): void {
    this.#whenEmpty = callback;
    if (this.#pieces.length === 0) this.#tellEmpty();
  }

  /** Takes nothing more; of what is on the way only a beginning arrives, perhaps of no bytes. */
  cut(): void {
    this.#closed = true;
    let keptBytes = this.#options.random.below(this.#byteCount + 1);
    this.#byteCount = keptBytes;
    for (const [index, piece] of this.#pieces.entries()) {
      if (piece.bytes.length <= keptBytes) {
        keptBytes -= piece.bytes.length;
        continue;
      }
      this.#pieces.length = index;
      if (keptBytes > 0) this.#pieces.push({ ...piece, bytes: piece.bytes.slice(0, keptBytes) });
      break;
    }
    if (this.#pieces.length === 0) this.#tellEmpty();
  }

  /** Nothing arrives any more. */
  destroy(): void {
    this.#closed = true;
    this.#byteCount = 0;
    this.#pieces.length = 0;
    this.#whenEmpty = undefined;
  }

  #deliverLater(): void {
    const [next] = this.#pieces;
    if (!next || this.#waiting || this.#paused) return;
    this.#waiting = true;
    const { scheduler } = this.#options;
    scheduler.after(next.dueMs - scheduler.monotonic(), () => {
      this.#waiting = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    const nowMs = this.#options.scheduler.monotonic();
    for (;;) {
      const [piece] = this.#pieces;
      if (!piece || piece.dueMs > nowMs || this.#paused) break;
      this.#pieces.shift();
      this.#byteCount -= piece.bytes.length;
      this.#options.arrive(piece.bytes);
    }
    if (this.#pieces.length > 0) this.#deliverLater();
    else this.#tellEmpty();
  }

  #tellEmpty(): void {
    const callback = this.#whenEmpty;
    this.#whenEmpty = undefined;
    callback?.();
  }
}
