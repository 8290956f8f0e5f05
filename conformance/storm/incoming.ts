/**
 * The receiving half of a client: what came, and what it answers.
 *
 * With QoS 2 a packet id stays taken until PUBREL, over connections too: a PUBLISH under it is the
 * same message again and is not received twice. Another message under it would be lost on any
 * client, so that is told at once.
 */

import type { Packet, Publish, Pubrel } from "@millrace/mqtt";
import { type History, keyIn, type Life, type Message } from "./history.ts";
import type { Plan } from "./plan.ts";

export class Incoming {
  readonly #plan: Plan;
  readonly #history: History;
  /** Packet ids that the server has not released, with the messages that came under them. */
  readonly #unreleased = new Map<number, string>();
  readonly #topicByAlias = new Map<number, string>();
  /** Packet ids that count against the receive maximum of this connection. */
  readonly #unanswered = new Set<number>();

  constructor(plan: Plan, history: History) {
    this.#plan = plan;
    this.#history = history;
  }

  /** A new connection: aliases and the receive maximum begin anew. */
  connected(): void {
    this.#topicByAlias.clear();
    this.#unanswered.clear();
  }

  /** The session is gone. */
  forget(): void {
    this.#unreleased.clear();
  }

  /** Takes a message into `life`; the answer that is due, if one is. */
  publish(packet: Publish, life: Life): Packet | undefined {
    const { qos, packetId = 0, dup } = packet;
    const topic = this.#topicOf(packet);
    const key = keyIn(packet.payload) ?? (packet.payload.length === 0 ? "" : "?");
    const flags = `${dup ? " dup" : ""}${packet.retain ? " retained" : ""}`;
    const tick = this.#note(`< publish ${packetId || "-"} qos ${qos}${flags} ${topic}`, key);
    if (qos > 0) this.#countOpen(packetId);
    const message = this.#messageOf(packet, topic, key);
    const isAgain = qos === 2 && this.#unreleased.has(packetId);
    if (qos > 0) this.#checkFree(packetId, qos === 2 ? key : "a message of QoS 1");
    if (message && !isAgain) {
      const identifiers = packet.properties?.subscriptionIdentifiers ?? [];
      const { retain } = packet;
      this.#history.receive(life, { at: tick, message, qos, retain, dup, identifiers });
    }
    if (qos === 2 && !isAgain) this.#unreleased.set(packetId, key);
    if (qos === 0) return undefined;
    return { type: qos === 1 ? "puback" : "pubrec", packetId };
  }

  /** The server lets a packet id go. */
  pubrel({ packetId }: Pubrel): Packet {
    this.#note(`< pubrel ${packetId}`, this.#unreleased.get(packetId) ?? "");
    this.#unreleased.delete(packetId);
    return { type: "pubcomp", packetId };
  }

  /** An answer has left. */
  answered(packet: Packet): void {
    if (packet.type === "puback" || packet.type === "pubcomp") {
      this.#unanswered.delete(packet.packetId);
    }
  }

  #topicOf({ topic, properties }: Publish): string {
    const alias = properties?.topicAlias;
    if (alias === undefined) return topic;
    if (alias > this.#plan.topicAliasMaximum) this.#violate("topic aliases", `alias ${alias}`, "");
    if (topic !== "") this.#topicByAlias.set(alias, topic);
    return this.#topicByAlias.get(alias) ?? "";
  }

  /** The published message; `undefined` for an empty payload, and for what nobody published. */
  #messageOf({ payload, properties }: Publish, topic: string, key: string): Message | undefined {
    if (key === "") return undefined;
    const message = this.#history.messages.get(key);
    if (!message || message.topic !== topic || !Buffer.from(payload).equals(message.payload)) {
      this.#violate("unchanged", `on "${topic}" came ${payload.length} bytes of "${key}"`, key);
      return undefined;
    }
    const { contentType, userProperties, correlationData } = properties ?? {};
    const expected = this.#plan.protocolLevel === 5 ? (message.properties ?? {}) : {};
    const came = { contentType, userProperties, correlationData };
    if (!Bun.deepEquals(came, { ...came, ...expected })) {
      this.#violate("unchanged", `came with ${JSON.stringify(came)}`, key);
    }
    return message;
  }

  /** Until PUBREL nothing else may come under the packet id of a QoS 2 message. */
  #checkFree(packetId: number, key: string): void {
    const before = this.#unreleased.get(packetId);
    if (before === undefined || before === key) return;
    const text = `packet id ${packetId} is ${before} until PUBREL, now it came with ${key}`;
    this.#violate("QoS 2 packet ids", text, key);
  }

  #countOpen(packetId: number): void {
    this.#unanswered.add(packetId);
    const { protocolLevel, receiveMaximum } = this.#plan;
    if (protocolLevel < 5 || this.#unanswered.size <= receiveMaximum) return;
    this.#violate("receive maximum", `${this.#unanswered.size} open of ${receiveMaximum}`, "");
  }

  #note(what: string, key: string): number {
    return this.#history.note(this.#plan.clientId, what, key);
  }

  #violate(rule: string, text: string, key: string): void {
    this.#history.violate(rule, text, [this.#plan.clientId, key]);
  }
}
