/**
 * Acknowledgements leave in the order their messages came [MQTT-4.6.0-2] [MQTT-4.6.0-3], although
 * some messages are owned at once and others only after a disk or a rule has answered.
 */

import type { Puback, Pubrec } from "@millrace/mqtt";

/** PUBACK for QoS 1, PUBREC for QoS 2. */
export type Ack = Puback | Pubrec;

interface Pending {
  readonly type: Ack["type"];
  ack: Ack | undefined;
}

// [MQTT5-4.6.0-2] [MQTT5-4.6.0-3]
export class AckQueue {
  #pending: Pending[] = [];
  #pubackCount = 0;
  readonly #send: (ack: Ack) => void;

  constructor(send: (ack: Ack) => void) {
    this.#send = send;
  }

  /** Messages taken and not yet acknowledged. */
  get length(): number {
    return this.#pending.length;
  }

  /** Those of them with QoS 1. */
  get pubackCount(): number {
    return this.#pubackCount;
  }

  /** Acknowledges now, or behind those that still wait. */
  acknowledge(ack: Ack): void {
    if (this.#pending.length === 0) this.#send(ack);
    else this.#add(ack.type, ack);
  }

  /** Takes a place in the order; the answer, of the same type, fills it. */
  reserve(type: Ack["type"]): (ack: Ack) => void {
    const pending = this.#add(type, undefined);
    return (ack) => {
      pending.ack = ack;
      this.#sendOwned();
    };
  }

  #add(type: Ack["type"], ack: Ack | undefined): Pending {
    const pending = { type, ack };
    this.#pending.push(pending);
    if (type === "puback") this.#pubackCount += 1;
    return pending;
  }

  #sendOwned(): void {
    let count = 0;
    for (const { type, ack } of this.#pending) {
      if (!ack) break;
      if (type === "puback") this.#pubackCount -= 1;
      this.#send(ack);
      count += 1;
    }
    if (count > 0) this.#pending.splice(0, count);
  }
}
