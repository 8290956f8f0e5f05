/** For the tests of this part: a broker without sockets, and clients at the end of its links. */

import {
  type Connect,
  Decoder,
  encode,
  type Packet,
  type ProtocolLevel,
  type Publish,
} from "@millrace/mqtt";
import { ManualClock, silentLogger, systemRandom, textOf, utf8 } from "../base/mod.ts";
import { openMemoryRecords, type Records } from "../storage/mod.ts";
import { Broker, type BrokerOptions } from "./broker.ts";
import type { Connection } from "./connection/connection.ts";
import type { Link } from "./connection/link.ts";
import { mqttLimits } from "./presets/mqtt.ts";

/** A client at the other end of a link that never loses a byte. */
export class Client implements Link {
  readonly transport: Link["transport"] = "tcp";
  readonly remoteAddress = "127.0.0.1";
  writable = true;
  paused = false;
  ended = false;
  bytesReceived = 0;
  readonly received: Packet[] = [];
  readonly #level: ProtocolLevel;
  readonly #connection: Connection;
  readonly #decoder: Decoder;

  constructor(broker: Broker, protocolLevel: ProtocolLevel = 4) {
    this.#level = protocolLevel;
    this.#decoder = new Decoder({
      packetBytesMax: 1_000_000,
      receive: (packet) => this.received.push(packet),
      protocolLevel,
    });
    this.#connection = broker.connect(this);
  }

  write(bytes: Uint8Array): void {
    this.bytesReceived += bytes.length;
    this.#decoder.push(bytes);
  }

  end(): void {
    this.ended = true;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  send(...packets: Packet[]): this {
    for (const packet of packets) this.#connection.receive(encode(packet, this.#level));
    return this;
  }

  sendBytes(bytes: string | Uint8Array): void {
    const hex = typeof bytes === "string";
    this.#connection.receive(hex ? Uint8Array.fromHex(bytes.replaceAll(" ", "")) : bytes);
  }

  /** As a browser's tab does: a close frame, no DISCONNECT. */
  leave(): void {
    this.ended = true;
    this.#connection.left();
    this.#connection.gone();
  }

  vanish(): void {
    this.ended = true;
    this.#connection.gone();
  }

  drained(): void {
    this.writable = true;
    this.#connection.drained();
  }

  get publishes(): Publish[] {
    return this.received.filter((packet) => packet.type === "publish");
  }

  get texts(): string[] {
    return this.publishes.map(({ payload }) => textOf(payload));
  }

  types(): string[] {
    return this.received.map(({ type }) => type);
  }
}

/** The same over a WebSocket. */
export class WebSocketClient extends Client {
  override readonly transport = "websocket";
}

/** A broker on the memory engine that flushes at once, and `join` for clients of it. */
export async function openBroker(options: Partial<BrokerOptions> = {}) {
  const events: string[] = [];
  const clock = new ManualClock();
  const records: Records = options.records ?? openMemoryRecords();
  const broker = new Broker({
    records,
    limits: mqttLimits,
    clock,
    random: systemRandom,
    logger: silentLogger,
    admit: () => ({ allowed: true, principal: "tester" }),
    taps: [],
    observer: {
      connected: ({ clientId, versionNumber }) => events.push(`+${clientId} v${versionNumber}`),
      connectFailed: ({ clientId }) => events.push(`!${clientId}`),
      disconnected: ({ clientId }, reason) => events.push(`-${clientId} ${reason}`),
      subscribed: ({ clientId }, filters) => events.push(`${clientId} to ${filters}`),
      unsubscribed: ({ clientId }, filters) => events.push(`${clientId} from ${filters}`),
    },
    atEndOfTurn: (callback) => callback(),
    ...options,
  });
  await broker.start();
  const join = (clientId: string, more: Partial<Connect> = {}) => {
    const protocolLevel = (more.protocolLevel ?? 4) as ProtocolLevel;
    return new Client(broker, protocolLevel).send({
      type: "connect",
      clientId,
      cleanSession: true,
      keepAliveSeconds: 0,
      ...more,
      protocolLevel,
    });
  };
  return { broker, clock, records, events, join };
}

export const subscribe = (filter: string, qos: 0 | 1 | 2 = 0): Packet => ({
  type: "subscribe",
  packetId: 7,
  subscriptions: [{ filter, qos }],
});

export const publish = (topic: string, text: string, more: Partial<Publish> = {}): Packet => ({
  type: "publish",
  topic,
  payload: utf8(text),
  qos: 0,
  retain: false,
  dup: false,
  ...more,
});

export const settled = () => Bun.sleep(0);
