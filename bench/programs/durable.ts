/**
 * Publishes that a server has to keep: `bun durable.ts '<task as JSON>'`.
 *
 * A subscriber with a persistent session, connected or gone, and a publisher in a closed loop: so
 * many messages of QoS 1 outstanding, the next one when an acknowledgement comes. At the end the
 * subscriber, back if it was gone, must have every message that was acknowledged, once, in order.
 */

import { disconnectBytes } from "@millrace/mqtt";
import { connectBytes, connectClient, subscribeBytes } from "../load/client.ts";
import { Connection } from "../load/connection.ts";
import { startUsage, type Usage, writtenBytes } from "../load/machine.ts";
import { Publisher } from "../load/publisher.ts";
import { StampedPackets } from "../load/stamp.ts";
import { receiveMessages } from "../load/subscriber.ts";
import { quantile, Tally } from "../load/tally.ts";
import type { Target } from "../load/workload.ts";
import { runProgram } from "./program.ts";

const topic = "bench/durable";
const qos = 1;
const level = 4;
const warmUpCount = 500;
const arrivalSecondsMax = 30;

export interface DurableTask {
  readonly target: Target;
  readonly serverPid: number;
  readonly outstanding: number;
  readonly isOnline: boolean;
  /** The measurement ends early when so many messages are published: a line may be bounded. */
  readonly messagesMax: number;
  readonly measureSeconds: number;
  readonly payloadBytes: number;
}

export type DurableFigures = Usage & {
  readonly acknowledgedPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly acknowledgedCount: number;
  /** Of the disk, for each message. */
  readonly writtenKilobytes?: number;
};

class Keeping {
  readonly #task: DurableTask;
  readonly #tally = new Tally();
  readonly #packets: StampedPackets;
  /** When each message under way went out, by its number modulo the length. */
  readonly #sentMs: Float64Array;
  #publisher: Publisher | undefined;
  #acknowledgedCount = 0;

  constructor(task: DurableTask) {
    this.#task = task;
    this.#packets = new StampedPackets(topic, task.payloadBytes, { level, qos });
    this.#sentMs = new Float64Array(task.outstanding);
  }

  run(): Promise<DurableFigures> {
    return Promise.race([this.#work(), this.#tally.failed]);
  }

  async #work(): Promise<DurableFigures> {
    const { isOnline, outstanding } = this.#task;
    await this.#subscribe();
    if (isOnline) await this.#listen();
    this.#publisher = await this.#connectPublisher();
    this.#publish(outstanding);
    await this.#until(() => this.#acknowledgedCount >= warmUpCount);
    const figures = await this.#measure();
    await this.#until(() => this.#publisher!.unacknowledgedCount === 0);
    if (!isOnline) await this.#listen();
    await this.#until(() => this.#tally.deliveryCount === this.#publisher!.publishedCount);
    return figures;
  }

  /** Leaves a session behind that is owed every message from now on. */
  async #subscribe(): Promise<void> {
    const connection = await this.#open();
    await this.#answer(connection, connectBytes(level, "bench-keeper", true), [0x20, 2, 0, 0]);
    await this.#answer(connection, subscribeBytes(level, topic, qos), [0x90, 3, 0, 1, qos]);
    connection.send(disconnectBytes);
    connection.close();
  }

  /** Comes back to the session and takes what it is owed. */
  async #listen(): Promise<void> {
    const connection = await this.#open();
    const connect = connectBytes(level, "bench-keeper", true);
    const early = await this.#answer(connection, connect, [0x20, 2, 1, 0]);
    const tally = this.#tally;
    receiveMessages({
      connection,
      packets: this.#packets,
      qos,
      isSampled: true,
      tally: { sample: () => {} },
      delivered: (from, to) => {
        tally.deliveryCount += to - from;
        if (to > this.#publisher!.publishedCount) tally.fail("more came than was published");
      },
    });
    if (early.length > 0) connection.receive(early);
  }

  #open(): Promise<Connection> {
    const { target } = this.#task;
    return Connection.open({ target, receive: () => {}, lost: this.#tally.fail });
  }

  /** Sends and waits for exactly these bytes; answers with what came behind them. */
  #answer(connection: Connection, request: Uint8Array, expected: number[]): Promise<Uint8Array> {
    return new Promise((resolve) => {
      let received: Uint8Array = new Uint8Array(0);
      connection.receive = (bytes) => {
        received = Buffer.concat([received, bytes]);
        if (received.length < expected.length) return;
        const first = received.subarray(0, expected.length);
        if (Buffer.compare(first, Uint8Array.from(expected)) !== 0) {
          this.#tally.fail(`the server answered ${first.join(" ")}`);
        }
        resolve(received.subarray(expected.length));
      };
      connection.send(request);
    });
  }

  async #connectPublisher(): Promise<Publisher> {
    const { target, outstanding } = this.#task;
    const tally = this.#tally;
    const options = { target, level, clientId: "bench-publisher", lost: tally.fail } as const;
    const acknowledged = (number: number): void => {
      this.#acknowledgedCount += 1;
      tally.sample(performance.now() - this.#sentMs[number % outstanding]!);
      if (tally.isRunning) this.#publish(1);
    };
    const connection = await connectClient(options);
    const packets = this.#packets;
    return new Publisher({ connection, packets, level, qos, tally, acknowledged });
  }

  #publish(count: number): void {
    const publisher = this.#publisher!;
    const { outstanding, messagesMax } = this.#task;
    const nowMs = performance.now();
    const fitting = Math.min(count, messagesMax - publisher.publishedCount);
    if (fitting <= 0) return;
    for (let index = 0; index < fitting; index += 1) {
      this.#sentMs[(publisher.publishedCount + index) % outstanding] = nowMs;
    }
    publisher.publish(fitting, nowMs);
  }

  async #measure(): Promise<DurableFigures> {
    const { serverPid, measureSeconds, messagesMax } = this.#task;
    const before = this.#acknowledgedCount;
    const writtenBefore = writtenBytes(serverPid) ?? Number.NaN;
    this.#tally.startMeasuring();
    const stopUsage = startUsage(serverPid);
    const endMs = performance.now() + measureSeconds * 1_000;
    const isOver = () => performance.now() >= endMs || this.#acknowledgedCount >= messagesMax;
    while (!isOver()) await Bun.sleep(1);
    const usage = stopUsage();
    const acknowledgedCount = this.#acknowledgedCount - before;
    const written = (writtenBytes(serverPid) ?? Number.NaN) - writtenBefore;
    const { latenciesMs } = this.#tally.stop();
    return {
      ...usage,
      acknowledgedPerSecond: acknowledgedCount / usage.seconds,
      p50Ms: quantile(latenciesMs, 0.5),
      p99Ms: quantile(latenciesMs, 0.99),
      acknowledgedCount,
      writtenKilobytes: Number.isNaN(written) ? undefined : written / 1_024 / acknowledgedCount,
    };
  }

  async #until(isSo: () => boolean): Promise<void> {
    const endMs = performance.now() + arrivalSecondsMax * 1_000;
    while (!isSo()) {
      if (performance.now() > endMs) throw new Error("not every message has arrived in the end");
      await Bun.sleep(1);
    }
  }
}

await runProgram((task: DurableTask) => new Keeping(task).run());
