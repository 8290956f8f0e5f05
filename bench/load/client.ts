/** An MQTT client up to the point where counting begins: connected, and subscribed if it wants. */

import { Decoder, encode, type Packet } from "@millrace/mqtt";
import { Connection } from "./connection.ts";
import { advancePacketIds } from "./packet-ids.ts";
import type { Level, Target } from "./workload.ts";

export interface ClientOptions {
  readonly target: Target;
  readonly level: Level;
  readonly clientId: string;
  readonly subscription?: { readonly topic: string; readonly qos: 0 | 1 };
  /** How many messages it has had before, each with a packet id. Absent: none. */
  readonly earlierMessageCount?: number;
  readonly lost: (reason: string) => void;
  readonly from?: string;
}

const keepAliveSeconds = 1_200;

/** Resolves after CONNACK, and after SUBACK when there is a subscription. */
export async function connectClient(options: ClientOptions): Promise<Connection> {
  const { target, level, clientId, subscription, earlierMessageCount, lost, from } = options;
  const packets = new PacketQueue(level, (problem) => lost(`${clientId}: ${problem}`));
  const connection = await Connection.open({ target, receive: packets.push, lost, from });
  connection.send(connectBytes(level, clientId));
  const connack = await packets.next();
  if (connack.type !== "connack" || connack.returnCode !== 0) {
    throw new Error(`cannot connect "${clientId}": ${JSON.stringify(connack)}`);
  }
  if (earlierMessageCount) {
    const advance = {
      connection,
      level,
      topic: `bench/own/${clientId}`,
      count: earlierMessageCount,
    };
    await advancePacketIds(advance, () => packets.next());
  }
  if (subscription === undefined) return connection;
  const { topic, qos } = subscription;
  connection.send(subscribeBytes(level, topic, qos));
  const suback = await packets.next();
  if (suback.type !== "suback" || suback.returnCodes[0] !== qos) {
    throw new Error(`cannot subscribe "${clientId}" to "${topic}": ${JSON.stringify(suback)}`);
  }
  return connection;
}

/** A CONNECT for a session that ends with its connection, unless it is to be kept. */
export function connectBytes(level: Level, clientId: string, kept = false): Uint8Array {
  const fields = { protocolLevel: level, cleanSession: !kept, keepAliveSeconds, clientId };
  return encode({ type: "connect", ...fields });
}

/** A SUBSCRIBE to one filter under packet id 1. */
export function subscribeBytes(level: Level, filter: string, qos: 0 | 1): Uint8Array {
  return encode({ type: "subscribe", packetId: 1, subscriptions: [{ filter, qos }] }, level);
}

/** Packets as they are waited for, one by one. */
export class PacketQueue {
  readonly #packets: Packet[] = [];
  readonly #decoder: Decoder;
  readonly #broken: (problem: string) => void;
  #wake = (): void => {};

  constructor(level: Level, broken: (problem: string) => void) {
    this.#broken = broken;
    this.#decoder = new Decoder({
      packetBytesMax: 65_536,
      protocolLevel: level,
      receive: (packet) => {
        this.#packets.push(packet);
        this.#wake();
      },
    });
  }

  readonly push = (bytes: Uint8Array): void => {
    const problem = this.#decoder.push(bytes);
    if (problem) this.#broken(problem.message);
  };

  async next(): Promise<Packet> {
    while (this.#packets.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#packets.shift()!;
  }
}
