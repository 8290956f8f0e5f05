/**
 * A room under load: its subscribers, its publisher, and what has come of each message.
 *
 * In a closed loop a message is done when every subscriber has it; then the next one goes out. In
 * an open loop somebody else says when.
 */

import { type ClientOptions, connectClient } from "./client.ts";
import type { Connection } from "./connection.ts";
import { Publisher } from "./publisher.ts";
import { StampedPackets } from "./stamp.ts";
import { receiveMessages } from "./subscriber.ts";
import type { Tally } from "./tally.ts";
import { Window } from "./window.ts";
import type { Workload } from "./workload.ts";

/** With QoS 1: subscribers have had up to so many messages before, less one. */
const earlierMessageCounts = 17;

export interface RoomOptions {
  readonly workload: Workload;
  readonly index: number;
  readonly tally: Tally;
}

export class Room {
  readonly #options: RoomOptions;
  readonly #topic: string;
  /** As subscribers get them. */
  readonly #packets: StampedPackets;
  /** As they are published: a rule of the server's may change their topic. */
  readonly #published: StampedPackets;
  readonly #window: Window | undefined;
  readonly #connections: Connection[] = [];
  #publisher: Publisher | undefined;
  #subscriberCount = 0;
  #deliveryCount = 0;

  constructor(options: RoomOptions) {
    const { workload, index } = options;
    const { pace, payloadBytes, subscribersPerRoom } = workload;
    this.#options = options;
    const { json } = workload;
    const name = String(index).padStart(4, "0");
    this.#topic = json ? `chat/pub/${name}` : `bench/room/${name}`;
    const form = { ...workload, isJson: json !== undefined };
    this.#packets = new StampedPackets(this.#topic, payloadBytes, form);
    this.#published = json?.throughRule
      ? new StampedPackets(`chat/out/${name}`, payloadBytes, form)
      : this.#packets;
    if (pace.kind === "window") this.#window = new Window(pace.outstanding, subscribersPerRoom);
  }

  /** Whether every subscriber has every message, and every acknowledgement has come. */
  get isDone(): boolean {
    const { publishedCount, unacknowledgedCount } = this.#publisher!;
    const owed = publishedCount * this.#options.workload.subscribersPerRoom;
    return this.#deliveryCount === owed && unacknowledgedCount === 0;
  }

  /** Connects one more subscriber. */
  async addSubscriber(): Promise<void> {
    const { workload, tally } = this.#options;
    const { qos, sampledEvery } = workload;
    const ordinal = this.#subscriberCount;
    this.#subscriberCount += 1;
    const connection = await this.#connect(`s${ordinal}`, {
      subscription: { topic: this.#topic, qos },
      earlierMessageCount: qos === 1 ? ordinal % earlierMessageCounts : 0,
    });
    receiveMessages({
      connection,
      packets: this.#packets,
      qos,
      isSampled: ordinal % sampledEvery === 0,
      tally,
      delivered: (from, to) => this.#delivered(from, to),
    });
  }

  async addPublisher(): Promise<void> {
    const { level, qos } = this.#options.workload;
    const { tally } = this.#options;
    const connection = await this.#connect("p");
    this.#publisher = new Publisher({ connection, packets: this.#published, level, qos, tally });
  }

  /** Fills the window of a closed loop. */
  start(): void {
    if (this.#window) this.publish(this.#window.outstandingMax, performance.now());
  }

  publish(count: number, momentMs: number): void {
    const publisher = this.#publisher!;
    const first = publisher.publishedCount;
    this.#window?.open(first, first + count);
    publisher.publish(count, momentMs);
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  async #connect(
    role: string,
    special: Pick<ClientOptions, "subscription" | "earlierMessageCount"> = {},
  ): Promise<Connection> {
    const { workload, index, tally } = this.#options;
    const { target, level } = workload;
    const clientId = `bench-${index}-${role}`;
    const connection = await connectClient({
      target,
      level,
      clientId,
      lost: tally.fail,
      ...special,
    });
    this.#connections.push(connection);
    return connection;
  }

  /** One subscriber now has the messages from `from` up to `to`, excluded. */
  #delivered(from: number, to: number): void {
    const { tally, index } = this.#options;
    if (to > this.#publisher!.publishedCount) {
      tally.fail(`a subscriber of room ${index} got more than was published`);
      return;
    }
    this.#deliveryCount += to - from;
    tally.deliveryCount += to - from;
    const doneCount = this.#window?.delivered(from, to) ?? 0;
    if (doneCount > 0 && tally.isRunning) this.publish(doneCount, performance.now());
  }
}
