/**
 * What a client has to say: the messages of its plan, and what it never finishes saying.
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
      // One QoS for each topic: a resend of QoS 1 may rightly come behind a later QoS 2.
      const at = this.#random.between(0, keptTopics.length - 1);
      return this.message(keptTopics[at]!, at === 0 ? 1 : 2, this.#random.chance(0.15));
    }
    return this.message(this.#random.pick(topics), this.#random.pick([0, 1, 1, 2, 2]));
  }

  /** A message to `topic`, retained if that is one of those that keep; erased: an empty one. */
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
      isWill: false,
      retain: this.#plan.keptTopics.includes(topic),
      payload: isErased ? new Uint8Array() : payloadOf(key, padding),
      properties: this.#properties(key),
    });
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
