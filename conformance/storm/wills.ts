/**
 * The wills of a client: one for each connection, and when it is due.
 *
 * That of a durable session is due when its connection ended without DISCONNECT, whoever ended it:
 * the server keeps it with the session, so that its own death does not swallow it. One that waits
 * (MQTT 5) is due only if the client stays away.
 */

import { mqtt5Level, type Will } from "@millrace/mqtt";
import { type History, type Message, payloadOf } from "./history.ts";
import type { Plan } from "./plan.ts";
import type { Random } from "./random.ts";

export interface Parting {
  readonly withDisconnect: boolean;
  readonly isDurable: boolean;
  /** It will not connect again before all is over. */
  readonly isForGood: boolean;
}

export class Wills {
  readonly #plan: Plan;
  readonly #history: History;
  readonly #random: Random;
  #count = 0;
  #message: Message | undefined;
  #delaySeconds = 0;

  constructor(plan: Plan, history: History, random: Random) {
    this.#plan = plan;
    this.#history = history;
    this.#random = random;
  }

  /** The will of the next connection; `undefined` for a client that only listens. */
  next(): Will | undefined {
    const { clientId, topics, protocolLevel } = this.#plan;
    if (topics.length === 0) return undefined;
    this.#count += 1;
    // Each is its publisher's only message, because wills that wait do not keep their order.
    const key = `${clientId}/will.${this.#count}`;
    const topic = `wills/${clientId}`;
    const qos = this.#random.pick([1, 2] as const);
    const payload = payloadOf(key, 0);
    const message = this.#history.addMessage({
      ...{ key, publisher: key, number: 1, topic, qos, retain: false, payload },
      ...{ isWill: true, properties: undefined },
    });
    message.sends = 1;
    message.firstSentAt = this.#history.note(clientId, "> will, in the next connect", key);
    this.#message = message;
    this.#delaySeconds = protocolLevel === mqtt5Level ? this.#random.pick([0, 0, 1, 2]) : 0;
    const properties =
      this.#delaySeconds > 0 ? { willDelayInterval: this.#delaySeconds } : undefined;
    return { topic, payload, qos, retain: false, properties };
  }

  /** The connection that the last will went with had been accepted, and has ended. */
  parted({ withDisconnect, isDurable, isForGood }: Parting): void {
    const message = this.#message;
    this.#message = undefined;
    if (!message) return;
    if (withDisconnect) {
      // Unless the server was killed before it had read that.
      if (isForGood) message.withdrawnAt = this.#note("will is taken back", message);
    } else if (isDurable && (this.#delaySeconds === 0 || isForGood)) {
      message.ownedAt = this.#note("will is due", message);
    }
  }

  #note(what: string, { key }: Message): number {
    return this.#history.note(this.#plan.clientId, what, key);
  }
}
