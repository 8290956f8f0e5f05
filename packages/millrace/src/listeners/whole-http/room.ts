/**
 * Room for those who come, where a front has as many connections as it may.
 *
 * Each takes a file descriptor, and without one nobody comes in, no function starts and no file is
 * read. So whoever has said nothing yet makes room first, then who waits between two requests, as
 * browsers expect of a connection that is kept; the longest there first. Nobody is cut off in the
 * middle of a request, nor while the kernel still has an answer for it: then it is the new one that
 * has to go. What is handed over is out of sight and has half of the room at most.
 */

import type { Clock, Logger } from "../../base/mod.ts";
import type { HandedOver } from "../front.ts";
import type { Roster } from "../roster.ts";
import type { WholeConnection } from "./whole-connection.ts";

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

export interface RoomOptions {
  readonly connections: Roster<WholeConnection>;
  readonly handedOver: HandedOver;
  /** File descriptors; `undefined`: as many as come. */
  readonly filesMax: number | undefined;
}

/** The client's socket, and both ends of the hop to the server behind. */
const handedOverFiles = 3;

export class Room {
  readonly #connections: Roster<WholeConnection>;
  readonly #handedOver: HandedOver;
  readonly #filesMax: number;

  constructor({ connections, handedOver, filesMax }: RoomOptions) {
    this.#connections = connections;
    this.#handedOver = handedOver;
    this.#filesMax = filesMax ?? Number.POSITIVE_INFINITY;
  }

  /** Whether there is room for one more, which may have been made. */
  forConnection(): boolean {
    const fileCount = this.#connections.size + this.#handedOver.count * handedOverFiles;
    return fileCount < this.#filesMax || this.#make();
  }

  /** Whether one more may be handed over; its own socket is no new one. */
  forHandOver(): boolean {
    return (this.#handedOver.count + 1) * handedOverFiles <= this.#filesMax / 2;
  }

  /** False: all are at work. */
  #make(): boolean {
    let between: WholeConnection | undefined;
    for (const connection of this.#connections) {
      if (!connection.isIdle) continue;
      if (!connection.hasAsked) {
        connection.terminate();
        return true;
      }
      between ??= connection;
    }
    between?.makeRoom();
    return between !== undefined;
  }
}
