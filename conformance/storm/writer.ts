/**
 * What a client has to say: the messages of its plan, its wills, and what it never finishes saying.
 */

import { mqtt5Level, type Packet, type Properties, type Qos } from "@millrace/mqtt";
import { type History, type Message, payloadOf } from "./history.ts";
import type { Plan } from "./plan.ts";
import type { Random } from "./random.ts";

const messagesMax = 20_000;
const longPayloadBytes = 20_000;

export class Writer {
  readonly #plan: Plan;
  readonly #history: History;
  readonly #random: Random;
  #messageCount = 0;
  #willCount = 0;

  constructor(plan: Plan, history: History, random: Random) {
    this.#plan = plan;
    this.#history = history;
    this.#random = random;
  }

  /** The next message of the plan; `undefined` for a client that only listens. */
  next(): Message | undefined {
    const { topics, keptTopics } = this.#plan;
    if (topics.length === 0 || this.#messageCount >= messagesMax) return undefined;
    if (this.#random.chance(0.08)) {
      const isErased = this.#random.chance(0.15);
      return this.message(this.#random.pick(keptTopics), this.#random.pick([1, 2]), isErased);
    }
    return this.message(this.#random.pick(topics), this.#random.pick([0, 1, 1, 2, 2]));
  }

  /** A message to `topic`, retained if the topic is one of those that keep; erased: an empty one. */
  message(topic: string, qos: Qos, isErased = false): Message {
    this.#messageCount += 1;
    const { clientId } = this.#plan;
    const number = this.#messageCount;
    const key = `${clientId}.${number}`;
    const isLong = this.#random.chance(0.01);
    const padding = isLong ? longPayloadBytes : this.#random.between(0, 60);
    return this.#history.addMessage({
      key,
      publisher: clientId,
      number,
      topic,
      qos,
      retain: this.#plan.keptTopics.includes(topic),
      payload: isErased ? new Uint8Array() : payloadOf(key, padding),
      properties: this.#properties(key),
    });
  }

  /** The will of the next connection; each is a message of its own, and its publisher's only one. */
  will(): Message | undefined {
    if (this.#plan.topics.length === 0) return undefined;
    this.#willCount += 1;
    const { clientId } = this.#plan;
    const publisher = `${clientId}/will.${this.#willCount}`;
    const message = this.#history.addMessage({
      key: publisher,
      publisher,
      number: 1,
      topic: `wills/${clientId}`,
      qos: this.#random.pick([1, 2]),
      retain: false,
      payload: payloadOf(publisher, 0),
      properties: undefined,
    });
    message.sends = 1;
    message.firstSentAt = this.#history.tick;
    return message;
  }

  /** A PUBLISH of which only a beginning is ever sent; nobody may receive it. */
  torn(): Packet {
    const payload = payloadOf(`${this.#plan.clientId}.torn`, 100);
    return { type: "publish", topic: "storm/red", payload, qos: 0, retain: false, dup: false };
  }

  #properties(key: string): Properties | undefined {
    if (this.#plan.protocolLevel < mqtt5Level || this.#random.chance(0.5)) return undefined;
    return {
      contentType: "text/plain",
      correlationData: new TextEncoder().encode(key),
      userProperties: [
        ["key", key],
        ["key", "twice"],
      ],
    };
  }
}
