/**
 * Clients whose session has ended: how they left, and how often they had connected, so that the
 * `versionNumber` of lifecycle events goes on growing when they come back.
 *
 * Bounded in time and number: an hour after a client has left it is forgotten, and is then new
 * again; so is, first of all, the one whose session ended longest ago. A session that is kept knows
 * this itself.
 */

import type { Clock } from "../../base/mod.ts";
import type { Session } from "./session.ts";

export type Departure = Pick<Session, "disconnectedAtMs" | "disconnectReason" | "versionNumber">;

/** About as long as AWS IoT counts on. */
const keptMs = 3_600_000;
const clientIdsMax = 100_000;

export class Departures {
  /** In the order in which the sessions ended. */
  readonly #departures = new Map<string, Departure>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Remembers of a session that has ended what is worth it. */
  add(session: Departure & Pick<Session, "clientId">): void {
    const { clientId, disconnectedAtMs, disconnectReason, versionNumber } = session;
    this.#departures.delete(clientId);
    this.#departures.set(clientId, { disconnectedAtMs, disconnectReason, versionNumber });
    for (const [oldest, departure] of this.#departures) {
      if (this.#departures.size <= clientIdsMax && this.#isRecent(departure)) return;
      this.#departures.delete(oldest);
    }
  }

  /** The last one, unless it is forgotten. */
  get(clientId: string): Departure | undefined {
    const departure = this.#departures.get(clientId);
    return departure && this.#isRecent(departure) ? departure : undefined;
  }

  /** The client is back: as `get`, and nothing is kept here any more. */
  take(clientId: string): Departure | undefined {
    const departure = this.get(clientId);
    this.#departures.delete(clientId);
    return departure;
  }

  #isRecent({ disconnectedAtMs = Number.NEGATIVE_INFINITY }: Departure): boolean {
    return this.#clock.now() - disconnectedAtMs < keptMs;
  }
}
