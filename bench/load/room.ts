/**
 * A room under load: a closed loop with a window.
 *
 * The publisher has at most `window` messages outstanding. A message is done when every subscriber
 * has it; then the next goes out. Subscribers get messages in order, so a message is never done
 * before the one ahead of it, and its place in the window is its number modulo the window.
 */

import { connectClient } from "./client.ts";
import type { Connection } from "./connection.ts";
import { StampedPackets } from "./stamp.ts";
import type { Tally } from "./tally.ts";
import type { Workload } from "./workload.ts";

/** One subscriber in so many is looked at closely: each message in order, and its latency. */
const sampledEvery = 100;

export interface RoomOptions {
  readonly workload: Workload;
  readonly index: number;
  readonly tally: Tally;
}

export class Room {
  readonly #options: RoomOptions;
  readonly #topic: string;
  readonly #packets: StampedPackets;
  /** How many subscribers still lack the message at this place of the window. */
  readonly #lacking: Int32Array;
  readonly #connections: Connection[] = [];
  #publisher: Connection | undefined;
  #publishedCount = 0;
  #subscriberCount = 0;

  constructor(options: RoomOptions) {
    const { workload, index } = options;
    this.#options = options;
    this.#topic = `bench/room/${String(index).padStart(4, "0")}`;
    this.#packets = new StampedPackets(this.#topic, workload.payloadBytes);
    this.#lacking = new Int32Array(workload.window);
  }

  /** Connects one more subscriber. */
  async addSubscriber(): Promise<void> {
    const ordinal = this.#subscriberCount;
    this.#subscriberCount += 1;
    const connection = await this.#connect(`s${ordinal}`, this.#topic);
    this.#connections.push(connection);
    connection.receive = ordinal % sampledEvery === 0 ? this.#sampling() : this.#counting();
  }

  async addPublisher(): Promise<void> {
    this.#publisher = await this.#connect("p", undefined);
  }

  start(): void {
    this.#publish(this.#options.workload.window);
  }

  close(): void {
    this.#publisher?.close();
    for (const connection of this.#connections) connection.close();
  }

  #connect(role: string, topic: string | undefined): Promise<Connection> {
    const { workload, index, tally } = this.#options;
    const clientId = `bench-${index}-${role}`;
    return connectClient({ target: workload.target, clientId, topic, lost: tally.fail });
  }

  #publish(count: number): void {
    const first = this.#publishedCount;
    for (let number = first; number < first + count; number += 1) {
      this.#lacking[number % this.#lacking.length] = this.#options.workload.subscribersPerRoom;
    }
    this.#publishedCount += count;
    this.#publisher!.send(this.#packets.make(count, first, performance.now()));
  }

  /** One subscriber now has the messages from `from` up to `to`, excluded. */
  #delivered(from: number, to: number): void {
    const { tally, index } = this.#options;
    if (to > this.#publishedCount) {
      tally.fail(`a subscriber of room ${index} got more than was published`);
      return;
    }
    const lacking = this.#lacking;
    let doneCount = 0;
    for (let number = from; number < to; number += 1) {
      const place = number % lacking.length;
      lacking[place]! -= 1;
      if (lacking[place] === 0) doneCount += 1;
    }
    tally.deliveryCount += to - from;
    if (doneCount > 0 && tally.isRunning) this.#publish(doneCount);
  }

  #counting(): (bytes: Uint8Array) => void {
    const { size } = this.#packets;
    let byteCount = 0;
    let count = 0;
    return (bytes) => {
      byteCount += bytes.length;
      const before = count;
      count = Math.floor(byteCount / size);
      if (count > before) this.#delivered(before, count);
    };
  }

  #sampling(): (bytes: Uint8Array) => void {
    const { size } = this.#packets;
    const { tally } = this.#options;
    let held: Uint8Array = new Uint8Array(0);
    let count = 0;
    return (bytes) => {
      const nowMs = performance.now();
      const all = held.length > 0 ? Buffer.concat([held, bytes]) : bytes;
      const before = count;
      let at = 0;
      for (; at + size <= all.length; at += size) {
        const sentMs = this.#packets.read(all.subarray(at, at + size), count);
        tally.sample(nowMs - sentMs);
        count += 1;
      }
      held = all.slice(at);
      if (count > before) this.#delivered(before, count);
    };
  }
}
