/**
 * Two clients that behave: what one publishes the other must get, all of it and in order, whatever
 * others do to the server meanwhile.
 */

import type { Server } from "../harness.ts";
import { Talker } from "./talker.ts";

const openMax = 20;

export class Pair {
  readonly #writer: Talker;
  readonly #reader: Talker;
  #count = 0;

  private constructor(writer: Talker, reader: Talker) {
    this.#writer = writer;
    this.#reader = reader;
  }

  /** One over TCP, one over WebSocket. */
  static async enter(server: Server): Promise<Pair> {
    const writer = await Talker.connect(server.mqtt, { clientId: "pair-writer" });
    const reader = await Talker.connect(server.websocket, { clientId: "pair-reader" });
    for (const talker of [writer, reader]) await talker.hear("connack");
    const subscriptions = [{ filter: "pair/+", qos: 1 }] as const;
    reader.send({ type: "subscribe", packetId: 1, subscriptions });
    await reader.hear("suback");
    return new Pair(writer, reader);
  }

  /** Rejects when a message is missing, twice there or out of order. */
  async exchange(count: number): Promise<void> {
    await Promise.all([this.#write(count), this.#read(count)]);
    this.#count += count;
  }

  /** Exchanges a few at a time while `work` goes on, and once when it is done. */
  async during(work: Promise<unknown>): Promise<void> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    while (!isDone) await this.exchange(openMax);
    await done;
    await this.exchange(200);
  }

  leave(): void {
    for (const talker of [this.#writer, this.#reader]) talker.cut("leave");
  }

  async #write(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const payload = new TextEncoder().encode(`${this.#count + index}`);
      const packetId = (index % openMax) + 1;
      const topic = `pair/${packetId}`;
      this.#writer.send({
        ...{ type: "publish", topic, payload, qos: 1, packetId },
        ...{ retain: false, dup: false },
      });
      if (index % openMax === openMax - 1 || index === count - 1) {
        for (let answer = 0; answer <= index % openMax; answer += 1) {
          await this.#writer.hear("puback");
        }
      }
    }
  }

  async #read(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const { payload, packetId = 0 } = await this.#reader.hear("publish");
      const text = new TextDecoder().decode(payload);
      if (text !== `${this.#count + index}`) {
        throw new Error(`message "${text}" came, not "${this.#count + index}"`);
      }
      this.#reader.send({ type: "puback", packetId });
    }
  }
}
