/**
 * A server full of subscriptions: `bun matching.ts '<task as JSON>'`.
 *
 * Fills the server with filters over a fixed number of connections, then publishes, QoS 0: first
 * topics that are each new, then a thousand topics over and over. One message in ten reaches one
 * subscriber, the others are near misses. PINGREQ goes behind every batch: its answer says that
 * the batch has been worked off. At the end each message that was owed must have come, no other.
 */

import { Decoder, encode, encodePublish, type Packet, pingreqBytes } from "@millrace/mqtt";
import { connectClient } from "../load/client.ts";
import type { Connection } from "../load/connection.ts";
import { filterOf, reachingEvery, Topics } from "../load/filters.ts";
import { residentMegabytes, startUsage } from "../load/machine.ts";
import { inParallel } from "../load/parallel.ts";
import { Tally } from "../load/tally.ts";
import type { Figures, Target } from "../load/workload.ts";
import { runProgram } from "./program.ts";

const connectionCount = 200;
const filtersPerPacket = 500;
const batchCount = 100; // a multiple of `reachingEvery`
const batchesOutstanding = 4;
const repeatedTopicCount = 1_000;
const arrivalSecondsMax = 5;
const payload = new Uint8Array(16);

export interface MatchingTask {
  readonly target: Target;
  readonly serverPid: number;
  readonly subscriptionCount: number;
  readonly subscribeSecondsMax: number;
  /** What a collector is given before memory is read. */
  readonly settleSeconds: number;
  readonly warmUpSeconds: number;
  readonly measureSeconds: number;
}

class Filled {
  readonly #task: MatchingTask;
  readonly #tally = new Tally();
  readonly #subscribers: Connection[] = [];
  /** What goes on with the SUBACK or PINGRESP that a connection waits for. */
  readonly #waiting = new Map<Connection, () => void>();
  #publishedCount = 0;

  constructor(task: MatchingTask) {
    this.#task = task;
  }

  run(): Promise<Figures> {
    return Promise.race([this.#work(), this.#tally.failed]);
  }

  async #work(): Promise<Figures> {
    const { subscriptionCount } = this.#task;
    const numbers = Array.from({ length: connectionCount }, (_, number) => number);
    await inParallel(numbers, 20, async (number) => {
      this.#subscribers[number] = await this.#connect(`bench-${number}`);
    });
    const emptyMegabytes = await this.#memory();
    const seconds = await this.#subscribe();
    const fullMegabytes = await this.#memory();
    const topics = new Topics(subscriptionCount);
    const repeated = topics.several(repeatedTopicCount);
    const fresh = await this.#publish(() => topics.fresh());
    const again = await this.#publish((number) => repeated[number % repeated.length]!);
    await this.#everythingArrives();
    return {
      freshMicroseconds: fresh.microseconds,
      repeatedMicroseconds: again.microseconds,
      freshPerSecond: fresh.perSecond,
      repeatedPerSecond: again.perSecond,
      bytesEach: ((fullMegabytes - emptyMegabytes) * 2 ** 20) / subscriptionCount,
      subscribedPerSecond: subscriptionCount / seconds,
      othersCpu: Math.max(fresh.othersCpu ?? 0, again.othersCpu ?? 0),
    };
  }

  async #connect(clientId: string): Promise<Connection> {
    const { target } = this.#task;
    const connection = await connectClient({ target, level: 4, clientId, lost: this.#tally.fail });
    const receive = (packet: Packet) => this.#take(connection, packet);
    const decoder = new Decoder({ packetBytesMax: 65_536, receive });
    connection.receive = (bytes) => {
      const problem = decoder.push(bytes);
      if (problem) this.#tally.fail(problem.message);
    };
    return connection;
  }

  #take(connection: Connection, packet: Packet): void {
    if (packet.type === "publish") {
      this.#tally.deliveryCount += 1;
      return;
    }
    const isRefused = packet.type === "suback" && packet.returnCodes.some((code) => code !== 0);
    if (isRefused) this.#tally.fail("a filter was refused");
    else this.#waiting.get(connection)?.();
  }

  /** Resolves with the answer to what is sent here. */
  #ask(connection: Connection, bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(connection, resolve);
      connection.send(bytes);
    });
  }

  async #memory(): Promise<number> {
    const { serverPid, settleSeconds } = this.#task;
    await Bun.sleep(settleSeconds * 1_000);
    return residentMegabytes(serverPid) ?? Number.NaN;
  }

  /** One packet after the other, the connections in turn; answers how many seconds it took. */
  async #subscribe(): Promise<number> {
    const { subscriptionCount, subscribeSecondsMax } = this.#task;
    const late = () => this.#tally.fail(`not all filters are in after ${subscribeSecondsMax} s`);
    const timer = setTimeout(late, subscribeSecondsMax * 1_000);
    const startMs = performance.now();
    const perPacket = Math.min(filtersPerPacket, Math.ceil(subscriptionCount / connectionCount));
    let turn = 0;
    for (let first = 0; first < subscriptionCount; first += perPacket) {
      const length = Math.min(perPacket, subscriptionCount - first);
      const subscriptions = Array.from({ length }, (_, index) => {
        return { filter: filterOf(first + index), qos: 0 } as const;
      });
      const packet = encode({ type: "subscribe", packetId: 1, subscriptions });
      await this.#ask(this.#subscribers[turn % connectionCount]!, packet);
      turn += 1;
    }
    clearTimeout(timer);
    return (performance.now() - startMs) / 1_000;
  }

  async #publish(topicOf: (number: number) => string) {
    const { serverPid, warmUpSeconds, measureSeconds } = this.#task;
    // One for each batch that is under way: the server bounds what one may publish in a second.
    const publishers = await Promise.all(
      Array.from({ length: batchesOutstanding }, (_, at) => this.#connect(`bench-publisher-${at}`)),
    );
    let sentCount = 0;
    let doneCount = 0;
    let isRunning = true;
    const keepSending = async (publisher: Connection): Promise<void> => {
      while (isRunning) {
        const batch = batchOf(topicOf, sentCount);
        sentCount += batchCount;
        await this.#ask(publisher, batch);
        doneCount += batchCount;
      }
    };
    const senders = Promise.all(publishers.map(keepSending));
    await Bun.sleep(warmUpSeconds * 1_000);
    const before = doneCount;
    const stopUsage = startUsage(serverPid);
    await Bun.sleep(measureSeconds * 1_000);
    const { seconds, serverCpu, othersCpu } = stopUsage();
    const perSecond = (doneCount - before) / seconds;
    isRunning = false;
    await senders;
    for (const publisher of publishers) publisher.close();
    this.#publishedCount += sentCount;
    const microseconds = serverCpu && (serverCpu / perSecond) * 1_000_000;
    return { perSecond, microseconds, othersCpu };
  }

  async #everythingArrives(): Promise<void> {
    const owedCount = this.#publishedCount / reachingEvery;
    const endMs = performance.now() + arrivalSecondsMax * 1_000;
    const isOver = () => performance.now() > endMs;
    while (this.#tally.deliveryCount < owedCount && !isOver()) await Bun.sleep(10);
    const { deliveryCount } = this.#tally;
    if (deliveryCount === owedCount) return;
    throw new Error(`${owedCount} messages were owed to subscribers, ${deliveryCount} have come`);
  }
}

/** PUBLISH packets in one piece, with a PINGREQ behind them. */
function batchOf(topicOf: (number: number) => string, firstNumber: number): Uint8Array {
  const fields = { payload, qos: 0, retain: false, dup: false } as const;
  const packets = Array.from({ length: batchCount }, (_, index) =>
    encodePublish({ ...fields, topic: topicOf(firstNumber + index) }),
  );
  return Buffer.concat([...packets, pingreqBytes]);
}

await runProgram((task: MatchingTask) => new Filled(task).run());
