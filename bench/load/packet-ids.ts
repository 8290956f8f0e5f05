/**
 * Packet ids that differ from subscriber to subscriber, as they do in life.
 *
 * A server counts them for each client. Clients that have all just come and then get the same
 * messages would be at the same count, and a server could send all of them the same bytes. So each
 * first sends itself some messages of QoS 1, a different number each.
 */

import { encode, type Packet, type Publish } from "@millrace/mqtt";
import type { Connection } from "./connection.ts";
import type { Level } from "./workload.ts";

export interface Advance {
  readonly connection: Connection;
  readonly level: Level;
  /** Nobody else's. */
  readonly topic: string;
  /** How many messages it sends itself; fewer than a server may let wait for an answer. */
  readonly count: number;
}

/** Resolves when the messages have come and are acknowledged, and the topic is left again. */
export async function advancePacketIds(
  { connection, level, topic, count }: Advance,
  next: () => Promise<Packet>,
): Promise<void> {
  if (count === 0) return;
  const send = (packet: Packet) => connection.send(encode(packet, level));
  const expect = async (type: Packet["type"]) => {
    const packet = await next();
    if (packet.type !== type) throw new Error(`a ${packet.type} came instead of a ${type}`);
  };
  send({ type: "subscribe", packetId: 2, subscriptions: [{ filter: topic, qos: 1 }] });
  await expect("suback");
  const message: Omit<Publish, "packetId"> = {
    type: "publish",
    topic,
    payload: new Uint8Array(0),
    qos: 1,
    retain: false,
    dup: false,
  };
  for (let sent = 0; sent < count; sent += 1) {
    send({ ...message, packetId: 3 });
    const pair = [await next(), await next()]; // the message and its acknowledgement, as they come
    const own = pair.find((packet) => packet.type === "publish");
    if (!own || !pair.some((packet) => packet.type === "puback")) {
      throw new Error(`a ${pair.map(({ type }) => type).join(" and a ")} came back`);
    }
    send({ type: "puback", packetId: own.packetId ?? 0 });
  }
  send({ type: "unsubscribe", packetId: 2, filters: [topic] });
  await expect("unsuback");
}
