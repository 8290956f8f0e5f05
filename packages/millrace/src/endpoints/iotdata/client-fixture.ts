/** An MQTT client of the broker behind a door, without a socket. */

import {
  type Connect,
  Decoder,
  encode,
  type Packet,
  type ProtocolLevel,
  type Publish,
} from "@millrace/mqtt";
import type { Broker, Connection, Link } from "../../broker/mod.ts";

export class Client implements Link {
  readonly transport = "tcp";
  readonly remoteAddress = "192.0.2.7";
  readonly addresses = { remotePort: 40_000, localAddress: "192.0.2.1", localPort: 1883 };
  writable = true;
  ended = false;
  readonly received: Packet[] = [];
  readonly #level: ProtocolLevel;
  readonly #connection: Connection;
  readonly #decoder: Decoder;

  /** Connects with a clean session unless `more` says otherwise. */
  constructor(broker: Broker, clientId: string, more: Partial<Connect> = {}) {
    this.#level = (more.protocolLevel ?? 4) as ProtocolLevel;
    this.#decoder = new Decoder({
      packetBytesMax: 1_000_000,
      receive: (packet) => this.received.push(packet),
      protocolLevel: this.#level,
    });
    this.#connection = broker.connect(this);
    const protocolLevel = this.#level;
    const plain = { type: "connect", clientId, cleanSession: true, keepAliveSeconds: 0 } as const;
    this.send({ ...plain, ...more, protocolLevel });
  }

  write(bytes: Uint8Array): void {
    this.#decoder.push(bytes);
  }

  end(): void {
    this.ended = true;
  }

  pause(): void {}

  resume(): void {}

  send(packet: Packet): this {
    this.#connection.receive(encode(packet, this.#level));
    return this;
  }

  subscribe(...filters: string[]): this {
    const subscriptions = filters.map((filter) => ({ filter, qos: 1 }) as const);
    return this.send({ type: "subscribe", packetId: 1, subscriptions });
  }

  vanish(): void {
    this.#connection.lost();
  }

  get publishes(): Publish[] {
    return this.received.filter((packet) => packet.type === "publish");
  }
}
