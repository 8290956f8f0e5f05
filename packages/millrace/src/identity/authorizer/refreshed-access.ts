/**
 * What a client may do whose authorizer is asked again from time to time: the policies of the last
 * answer hold, from the moment it came, on the connection as it is. An answer that cannot be taken
 * ends the connection.
 */

import type { Clock, Timer } from "../../base/mod.ts";
import type { TopicAccess } from "../mqtt-access.ts";

export interface Refreshing {
  readonly clock: Clock;
}

export interface Renewal {
  readonly access: TopicAccess;
  /** Absent: it is not asked for any more. */
  readonly afterSeconds: number | undefined;
}

export interface RefreshOptions extends Refreshing {
  readonly firstAfterSeconds: number;
  /** Asks again; `undefined`: the client may not stay. Never rejects. */
  readonly again: () => Promise<Renewal | undefined>;
}

export class RefreshedAccess implements TopicAccess {
  readonly #options: RefreshOptions;
  #current: TopicAccess;
  #timer: Timer | undefined;
  #isOver = false;

  constructor(first: TopicAccess, options: RefreshOptions) {
    this.#current = first;
    this.#options = options;
  }

  /** Asks in time from now on, until what comes back is called. */
  begin(end: () => void): () => void {
    this.#askAfter(this.#options.firstAfterSeconds, end);
    return () => {
      this.#isOver = true;
      this.#timer?.cancel();
    };
  }

  mayPublish(topic: string, retain: boolean): boolean {
    return this.#current.mayPublish(topic, retain);
  }

  maySubscribe(filter: string): boolean {
    return this.#current.maySubscribe(filter);
  }

  mayReceive(topic: string): boolean {
    return this.#current.mayReceive(topic);
  }

  #askAfter(seconds: number, end: () => void): void {
    this.#timer = this.#options.clock.after(seconds * 1000, () => void this.#ask(end));
  }

  async #ask(end: () => void): Promise<void> {
    const renewal = await this.#options.again();
    if (this.#isOver) return;
    if (!renewal) {
      end();
      return;
    }
    this.#current = renewal.access;
    if (renewal.afterSeconds !== undefined) this.#askAfter(renewal.afterSeconds, end);
  }
}
