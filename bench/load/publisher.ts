/**
 * The publisher of a room: sends stamped packets and, with QoS 1, checks its acknowledgements.
 *
 * They must come in the order of the messages [MQTT-4.6.0-2]. What is outstanding is for the window
 * to say, which closes by delivery; here a message only may not go out under a packet id that is
 * not free yet.
 */

import { Decoder, type Packet } from "@millrace/mqtt";
import type { Connection } from "./connection.ts";
import { packetIdCount, packetIdOf, type StampedPackets } from "./stamp.ts";
import type { Tally } from "./tally.ts";
import type { Level } from "./workload.ts";

export interface PublisherOptions {
  readonly connection: Connection;
  readonly packets: StampedPackets;
  readonly level: Level;
  readonly qos: 0 | 1;
  readonly tally: Tally;
  /** Told of each acknowledgement, in order, with the number of its message. */
  readonly acknowledged?: (number: number) => void;
}

export class Publisher {
  readonly #options: PublisherOptions;
  #publishedCount = 0;
  #acknowledgedCount = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
    const { connection, level, tally } = options;
    const decoder = new Decoder({
      packetBytesMax: 1_024,
      protocolLevel: level,
      receive: (packet) => this.#take(packet),
    });
    connection.receive = (bytes) => {
      const problem = decoder.push(bytes);
      if (problem) tally.fail(`a publisher got a broken packet: ${problem.message}`);
    };
  }

  get publishedCount(): number {
    return this.#publishedCount;
  }

  /** Messages of QoS 1 that the server has not acknowledged; 0 with QoS 0. */
  get unacknowledgedCount(): number {
    return this.#options.qos === 1 ? this.#publishedCount - this.#acknowledgedCount : 0;
  }

  /** The next `count` messages, stamped with `momentMs`. */
  publish(count: number, momentMs: number): void {
    const { connection, packets, tally } = this.#options;
    const first = this.#publishedCount;
    this.#publishedCount += count;
    if (this.unacknowledgedCount > packetIdCount) tally.fail("no packet id is free any more");
    connection.send(packets.make(count, first, momentMs));
  }

  #take(packet: Packet): void {
    const { tally, acknowledged } = this.#options;
    if (packet.type !== "puback" || (packet.reasonCode ?? 0) >= 0x80) {
      tally.fail(`a publisher got ${JSON.stringify(packet)}`);
      return;
    }
    const expected = packetIdOf(this.#acknowledgedCount);
    if (packet.packetId !== expected || this.unacknowledgedCount === 0) {
      tally.fail(`expected an acknowledgement of ${expected}, and got one of ${packet.packetId}`);
    }
    this.#acknowledgedCount += 1;
    acknowledged?.(this.#acknowledgedCount - 1);
  }
}
