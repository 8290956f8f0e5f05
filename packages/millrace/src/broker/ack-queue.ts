/**
 * Acknowledgements leave in the order their messages came [MQTT-4.6.0-2], although some messages
 * are owned at once and others only after a disk or a rule has answered.
 */

interface Pending {
  readonly packetId: number;
  owned: boolean;
}

export class AckQueue {
  #pending: Pending[] = [];
  readonly #send: (packetId: number) => void;

  constructor(send: (packetId: number) => void) {
    this.#send = send;
  }

  /** Messages taken and not yet acknowledged. */
  get length(): number {
    return this.#pending.length;
  }

  /** Acknowledges now, or behind those that still wait. */
  acknowledge(packetId: number): void {
    if (this.#pending.length === 0) this.#send(packetId);
    else this.#pending.push({ packetId, owned: true });
  }

  /** Takes a place in the order; the answer fills it. */
  reserve(packetId: number): () => void {
    const pending = { packetId, owned: false };
    this.#pending.push(pending);
    return () => {
      pending.owned = true;
      this.#sendOwned();
    };
  }

  #sendOwned(): void {
    let count = 0;
    for (const { packetId, owned } of this.#pending) {
      if (!owned) break;
      this.#send(packetId);
      count += 1;
    }
    if (count > 0) this.#pending.splice(0, count);
  }
}
