/** What a connection keeps of a client that publishes, or that does not read what it asked for. */

import { AckQueue } from "./ack-queue.ts";
import type { Connection } from "./connection.ts";
import { Rate } from "./rate.ts";
import { InboundAliases } from "./topic-aliases.ts";

export class Traffic {
  readonly acks: AckQueue;
  /** Of publishes. */
  readonly rate: Rate;
  /** Whether its socket is not being read, because too much of what it sent still waits. */
  paused = false;
  /** Packets that answer the client while its socket is full. */
  unreadAnswers = 0;
  unreadAnswerBytes = 0;
  /** Packet ids of QoS 2 that came over this connection and are not released. */
  readonly unreleased = new Set<number>();
  readonly #refusals = new Map<string, number>();
  #aliases: InboundAliases | undefined;

  constructor(connection: Connection, publishesPerSecondMax: number) {
    this.acks = new AckQueue((ack) => connection.send(ack));
    this.rate = new Rate(publishesPerSecondMax);
  }

  /** Publishes that count against the Receive Maximum (MQTT 5, 4.9). */
  get openCount(): number {
    return this.acks.pubackCount + this.unreleased.size;
  }

  /**
   * Counts a refusal of this kind, of which there are few. The count where it is worth a line in
   * the log: the first, and every thousandth after it; a client may be refused as often as it asks.
   */
  countRefusal(kind: string): number | undefined {
    const count = (this.#refusals.get(kind) ?? 0) + 1;
    this.#refusals.set(kind, count);
    return count === 1 || count % 1000 === 0 ? count : undefined;
  }

  get aliases(): InboundAliases {
    this.#aliases ??= new InboundAliases();
    return this.#aliases;
  }
}
