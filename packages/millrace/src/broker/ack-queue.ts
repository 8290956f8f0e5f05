/**
 * Acknowledgements leave in the order their messages came [MQTT-4.6.0-2] [MQTT-4.6.0-3], although
 * some messages are owned at once and others only after a disk or a rule has answered.
 */

/** PUBACK for QoS 1, PUBREC for QoS 2. */
export interface Ack {
  readonly type: "puback" | "pubrec";
  readonly packetId: number;
}

interface Pending {
  readonly ack: Ack;
  owned: boolean;
}

export class AckQueue {
  #pending: Pending[] = [];
  readonly #send: (ack: Ack) => void;

  constructor(send: (ack: Ack) => void) {
    this.#send = send;
  }

  /** Messages taken and not yet acknowledged. */
  get length(): number {
    return this.#pending.length;
  }

  /** Acknowledges now, or behind those that still wait. */
  acknowledge(ack: Ack): void {
    if (this.#pending.length === 0) this.#send(ack);
    else this.#pending.push({ ack, owned: true });
  }

  /** Takes a place in the order; the answer fills it. */
  reserve(ack: Ack): () => void {
    const pending = { ack, owned: false };
    this.#pending.push(pending);
    return () => {
      pending.owned = true;
      this.#sendOwned();
    };
  }

  #sendOwned(): void {
    let count = 0;
    for (const { ack, owned } of this.#pending) {
      if (!owned) break;
      this.#send(ack);
      count += 1;
    }
    if (count > 0) this.#pending.splice(0, count);
  }
}
