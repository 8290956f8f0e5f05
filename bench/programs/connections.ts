/**
 * Connections that do nothing: `bun connections.ts '<task as JSON>'`, then a word on each line of
 * standard input, and an answer to each on standard output.
 *
 * `connect N`: N more connections, each subscribed to a topic of its own.
 * `ping`: everyone sends PINGREQ and gets its answer; one in a hundred first publishes to its own
 * topic and gets that. Whatever comes unasked is an error.
 */

import { encodePublish, pingreqBytes, pingrespBytes } from "@millrace/mqtt";
import { connectionsPerAddress } from "../load/addresses.ts";
import { connectClient } from "../load/client.ts";
import type { Connection } from "../load/connection.ts";
import { inParallel } from "../load/parallel.ts";
import { quantile, Tally } from "../load/tally.ts";
import type { Target } from "../load/workload.ts";
import { answer, runProgram } from "./program.ts";

const atOnce = 50;
const publishingEvery = 100;
const answerSecondsMax = 30;

export interface ConnectionsTask {
  readonly target: Target;
  /** Tells the clients of several such programs apart. */
  readonly name: string;
  /** To come from, one after the other; beyond them, from any. */
  readonly addresses: readonly string[];
}

export interface Connected {
  readonly connectedCount: number;
}

export interface Pinged {
  readonly answeredCount: number;
  readonly deliveredCount: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

class Idlers {
  readonly #task: ConnectionsTask;
  readonly #tally = new Tally();
  readonly #connections: Connection[] = [];

  constructor(task: ConnectionsTask) {
    this.#task = task;
  }

  /** Rejects when a connection is lost. */
  get failed(): Promise<never> {
    return this.#tally.failed;
  }

  async connect(count: number): Promise<Connected> {
    const first = this.#connections.length;
    const numbers = Array.from({ length: count }, (_, index) => first + index);
    await inParallel(numbers, atOnce, (number) => this.#connectOne(number));
    return { connectedCount: this.#connections.length };
  }

  async ping(): Promise<Pinged> {
    const latenciesMs: number[] = [];
    let deliveredCount = 0;
    const numbers = this.#connections.map((_, number) => number);
    await inParallel(numbers, atOnce, async (number) => {
      if (number % publishingEvery === 0) {
        const packet = this.#publishOf(number);
        await this.#exchange(number, packet, packet);
        deliveredCount += 1;
      }
      const sentMs = performance.now();
      await this.#exchange(number, pingreqBytes, pingrespBytes);
      latenciesMs.push(performance.now() - sentMs);
    });
    latenciesMs.sort((left, right) => left - right);
    const [p50Ms, p99Ms] = [quantile(latenciesMs, 0.5), quantile(latenciesMs, 0.99)];
    return { answeredCount: latenciesMs.length, deliveredCount, p50Ms, p99Ms };
  }

  async #connectOne(number: number): Promise<void> {
    const { target, name, addresses } = this.#task;
    const connection = await connectClient({
      target,
      level: 4,
      clientId: `bench-${name}-${number}`,
      subscription: { topic: this.#topicOf(number), qos: 0 },
      lost: this.#tally.fail,
      from: addresses[Math.floor(number / connectionsPerAddress)],
    });
    connection.receive = this.#unasked;
    this.#connections[number] = connection;
  }

  readonly #unasked = (): void => this.#tally.fail("an idle connection got something");

  #topicOf(number: number): string {
    return `bench/idle/${this.#task.name}/${number}`;
  }

  #publishOf(number: number): Uint8Array {
    const payload = Buffer.from(`from ${number}`);
    const fields = { topic: this.#topicOf(number), payload, qos: 0, retain: false } as const;
    return encodePublish({ ...fields, dup: false });
  }

  /** Sends `request` and waits for exactly the bytes of `response`. */
  async #exchange(number: number, request: Uint8Array, response: Uint8Array): Promise<void> {
    const connection = this.#connections[number]!;
    const answered = new Promise<void>((resolve) => {
      let received: Uint8Array = new Uint8Array(0);
      connection.receive = (bytes) => {
        received = Buffer.concat([received, bytes]);
        if (received.length < response.length) return;
        if (Buffer.compare(received, response) !== 0) this.#tally.fail("a wrong answer came back");
        connection.receive = this.#unasked;
        resolve();
      };
    });
    const late = () => this.#tally.fail(`no answer within ${answerSecondsMax} s`);
    const timer = setTimeout(late, answerSecondsMax * 1_000);
    connection.send(request);
    await answered;
    clearTimeout(timer);
  }
}

async function obey(task: ConnectionsTask): Promise<void> {
  const idlers = new Idlers(task);
  const work = async () => {
    for await (const line of console) {
      const [word, count] = line.split(" ");
      answer(word === "connect" ? await idlers.connect(Number(count)) : await idlers.ping());
    }
  };
  await Promise.race([work(), idlers.failed]);
}

await runProgram(obey);
