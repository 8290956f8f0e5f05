/**
 * What a subscriber does with its bytes.
 *
 * Most count: the packets of a room are of one size, and a part of one is remembered as a number.
 * Those that are looked at closely, and all with QoS 1, cut the bytes into packets; what comes
 * together is acknowledged together, in one write.
 */

import type { Connection } from "./connection.ts";
import type { StampedPackets } from "./stamp.ts";
import type { Tally } from "./tally.ts";

const ackBytes = 4;

export interface SubscriberOptions {
  readonly connection: Connection;
  readonly packets: StampedPackets;
  readonly qos: 0 | 1;
  readonly isSampled: boolean;
  readonly tally: Pick<Tally, "sample">;
  /** Told which messages have come: from `from` up to `to`, excluded. */
  readonly delivered: (from: number, to: number) => void;
}

/** From now on the connection's bytes are messages of its room. */
export function receiveMessages(options: SubscriberOptions): void {
  const { connection, qos, isSampled } = options;
  connection.receive = qos === 1 || isSampled ? readingPackets(options) : countingBytes(options);
}

function countingBytes({ packets, delivered }: SubscriberOptions): (bytes: Uint8Array) => void {
  const { size } = packets;
  let byteCount = 0;
  let count = 0;
  return (bytes) => {
    byteCount += bytes.length;
    const before = count;
    count = Math.floor(byteCount / size);
    if (count > before) delivered(before, count);
  };
}

function readingPackets(options: SubscriberOptions): (bytes: Uint8Array) => void {
  const { connection, packets, qos, isSampled, tally, delivered } = options;
  const { size } = packets;
  let held: Uint8Array = new Uint8Array(0);
  let count = 0;
  return (bytes) => {
    const nowMs = performance.now();
    const all = held.length > 0 ? Buffer.concat([held, bytes]) : bytes;
    const before = count;
    const whole = Math.floor(all.length / size);
    const acks = new Uint8Array(qos === 1 ? whole * ackBytes : 0);
    for (let index = 0; index < whole; index += 1) {
      const at = index * size;
      if (isSampled) tally.sample(nowMs - packets.read(all, at, count));
      if (qos === 1) packets.acknowledge(all, at, acks, index * ackBytes);
      count += 1;
    }
    held = all.slice(whole * size);
    if (acks.length > 0) connection.send(acks);
    if (count > before) delivered(before, count);
  };
}
