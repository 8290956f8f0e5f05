/**
 * Room for those who come, where a front has as many connections as it may.
 *
 * Each takes a file descriptor, and without one nobody comes in, no function starts and no file is
 * read. So whoever has asked nothing in all its time makes room first, then who waits between two
 * requests, as browsers expect of a connection that is kept, then who has only just come; the
 * longest there first. Who has come has a moment to ask, as those that come together would else
 * cut each other off. Nobody is cut off in the middle of a request, nor while the kernel still has
 * an answer for it: then it is the new one that has to go. What is handed over is out of sight and
 * has half of the room at most; beyond it whoever asks the server behind is refused.
 */

import type { Clock, Logger } from "../../base/mod.ts";
import type { HandedOver } from "../front.ts";
import { askMsMin } from "../limits.ts";
import { type Listed, Roster } from "../roster.ts";

/** How often at most the log is told of those for whom there was none. */
const toldMsMin = 10_000;

export class Refusals {
  readonly #clock: Clock;
  readonly #logger: Logger;
  #count = 0;
  #nextMs = Number.NEGATIVE_INFINITY;

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** One more, of that address. */
  count(ip: string): void {
    this.#count += 1;
    const nowMs = this.#clock.monotonic();
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + toldMsMin;
    this.#logger.warn("connections refused, as there are too many", { count: this.#count, ip });
    this.#count = 0;
  }
}

/** Who takes a file descriptor here. */
export interface Guest extends Listed<Guest> {
  /** Whether a request of it has been begun. The room is told when it is. */
  readonly hasAsked: boolean;
  /** Nothing is under way. */
  readonly isIdle: boolean;
  /** By the clock; the room alone writes it. */
  cameMs: number;
  /** For one that has asked nothing. */
  terminate(): void;
  /** For one that is idle. */
  makeRoom(): void;
  /** Ends, at once or after the request that is under way. */
  finish(): void;
}

export interface RoomOptions {
  readonly handedOver: HandedOver;
  /** File descriptors; `undefined`: as many as come. */
  readonly filesMax: number | undefined;
  readonly clock: Clock;
}

/** The client's socket, and both ends of the hop to the server behind. */
const handedOverFiles = 3;

export class Room {
  readonly #silent = new Roster<Guest>();
  readonly #asked = new Roster<Guest>();
  readonly #handedOver: HandedOver;
  readonly #filesMax: number;
  readonly #clock: Clock;

  constructor({ handedOver, filesMax, clock }: RoomOptions) {
    this.#handedOver = handedOver;
    this.#filesMax = filesMax ?? Number.POSITIVE_INFINITY;
    this.#clock = clock;
  }

  /** How many are here; not those that were handed over. */
  get size(): number {
    return this.#silent.size + this.#asked.size;
  }

  has(guest: Guest): boolean {
    return this.#rosterOf(guest).has(guest);
  }

  enter(guest: Guest): void {
    guest.cameMs = this.#clock.monotonic();
    this.#rosterOf(guest).add(guest);
  }

  /** Of one that has left already: nothing. */
  leave(guest: Guest): void {
    this.#rosterOf(guest).delete(guest);
  }

  finish(): void {
    for (const guest of this.#silent) guest.finish();
    for (const guest of this.#asked) guest.finish();
  }

  /** Whether there is room for one more, which may have been made. */
  forConnection(): boolean {
    const fileCount = this.size + this.#handedOver.count * handedOverFiles;
    return fileCount < this.#filesMax || this.#make();
  }

  /** Whether one more may be handed over; its own socket is no new one. */
  forHandOver(): boolean {
    return (this.#handedOver.count + 1) * handedOverFiles <= this.#filesMax / 2;
  }

  #rosterOf({ hasAsked }: Guest): Roster<Guest> {
    return hasAsked ? this.#asked : this.#silent;
  }

  /** False: all are at work. */
  #make(): boolean {
    const silent = this.#silent.oldest;
    if (silent && this.#clock.monotonic() - silent.cameMs >= askMsMin) {
      silent.terminate();
      return true;
    }
    for (const guest of this.#asked) {
      if (!guest.isIdle) continue;
      guest.makeRoom();
      return true;
    }
    silent?.terminate();
    return silent !== undefined;
  }
}
