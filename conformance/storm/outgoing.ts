/**
 * The publishing half of a client: what it has open, and what it sends again.
 *
 * Unacknowledged messages are sent again on the next connection in their first order, before
 * anything new [MQTT-4.4.0-1] [MQTT-4.6.0-1]. After PUBREC only PUBREL is sent [MQTT-4.3.3-1].
 */

import { type Acknowledgement, type Packet, type Properties, reasonCodes } from "@millrace/mqtt";
import type { History, Message } from "./history.ts";
import type { Plan } from "./plan.ts";

interface Open {
  readonly message: Message;
  /** PUBREC has come. */
  isReleased: boolean;
}

/** Reason codes from here on are refusals. */
const refusalMin = 0x80;

const packetIdCount = 65_535;

export class Outgoing {
  readonly #plan: Plan;
  readonly #history: History;
  /** By packet id, in the order of first sending. */
  readonly #open = new Map<number, Open>();
  /** Packet ids whose PUBACK, or PUBREC, is next on this connection. */
  #awaited: { puback: number[]; pubrec: number[] } = { puback: [], pubrec: [] };
  #lastPacketId = 0;
  #send: (packet: Packet) => void = () => {};
  #openMax = 0;
  /** Topics of this connection by name, with their aliases. */
  readonly #aliases = new Map<string, number>();
  #aliasMax = 0;

  constructor(plan: Plan, history: History) {
    this.#plan = plan;
    this.#history = history;
  }

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  get hasRoom(): boolean {
    return this.#open.size < this.#openMax;
  }

  /** A connection is there, with what the server grants. */
  connected(send: (packet: Packet) => void, granted: Properties | undefined): void {
    this.#send = send;
    this.#openMax = Math.min(this.#plan.openMax, granted?.receiveMaximum ?? packetIdCount);
    this.#aliases.clear();
    this.#aliasMax = Math.min(this.#plan.topicAliasMaximum, granted?.topicAliasMaximum ?? 0);
    this.#awaited = { puback: [], pubrec: [] };
    for (const [packetId, { message, isReleased }] of this.#open) {
      if (isReleased) this.#send({ type: "pubrel", packetId });
      else this.#sendMessage(message, packetId, true);
    }
  }

  /** The session is gone, and with it what was open. */
  forget(): void {
    for (const { message } of this.#open.values()) {
      this.#history.note(this.#plan.clientId, "gives up", message.key);
    }
    this.#open.clear();
  }

  publish(message: Message): void {
    if (message.qos === 0) {
      this.#sendMessage(message, undefined, false);
      return;
    }
    const packetId = this.#takePacketId();
    this.#open.set(packetId, { message, isReleased: false });
    this.#sendMessage(message, packetId, false);
  }

  /** PUBACK, PUBREC or PUBCOMP. */
  acknowledged(packet: Acknowledgement): void {
    const { type, packetId, reasonCode = reasonCodes.success } = packet;
    const open = this.#open.get(packetId);
    const key = open?.message.key ?? "";
    const tick = this.#history.note(this.#plan.clientId, `< ${type} ${packetId}`, key);
    if (!open || !this.#isExpected(packet, open)) {
      this.#violate("acknowledgements", `${type} ${packetId} answers nothing that is open`, key);
      return;
    }
    // A PUBREL that was sent again may come to a server that is done with it.
    const isDone = type === "pubcomp" && reasonCode === reasonCodes.packetIdentifierNotFound;
    if (reasonCode >= refusalMin && !isDone) {
      this.#violate("accepts what is allowed", `${type} with reason ${reasonCode}`, key);
      this.#open.delete(packetId);
      return;
    }
    if (type === "puback" || type === "pubcomp") this.#open.delete(packetId);
    if (type === "pubcomp") return;
    open.message.ownedAt ||= tick;
    if (type === "puback") return;
    open.isReleased = true;
    this.#send({ type: "pubrel", packetId });
  }

  #isExpected({ type, packetId }: Acknowledgement, { message, isReleased }: Open): boolean {
    if (type === "pubcomp") return isReleased;
    if (type === "pubrel" || message.qos !== (type === "puback" ? 1 : 2)) return false;
    const next = this.#awaited[type].shift();
    if (next === packetId) return true;
    this.#violate("order of acknowledgements", `${type} ${packetId} before ${next}`, message.key);
    return true; // told already
  }

  #violate(rule: string, text: string, key: string): void {
    this.#history.violate(rule, text, [this.#plan.clientId, key]);
  }

  #sendMessage(message: Message, packetId: number | undefined, dup: boolean): void {
    const { topic, payload, qos, retain, properties, key } = message;
    const what = `> publish ${packetId ?? "-"} qos ${qos}${dup ? " dup" : ""} ${topic}`;
    const tick = this.#history.note(this.#plan.clientId, what, key);
    message.sends += 1;
    message.firstSentAt ||= tick;
    if (packetId) this.#awaited[qos === 1 ? "puback" : "pubrec"].push(packetId);
    const named = this.#nameTopic(topic, properties);
    this.#send({ type: "publish", payload, qos, retain, dup, packetId, ...named });
  }

  /** The topic, its alias, or both, when they meet for the first time on this connection. */
  #nameTopic(topic: string, properties: Properties | undefined) {
    const known = this.#aliases.get(topic);
    if (known) return { topic: "", properties: { ...properties, topicAlias: known } };
    if (this.#aliases.size >= this.#aliasMax) return { topic, properties };
    const topicAlias = this.#aliases.size + 1;
    this.#aliases.set(topic, topicAlias);
    return { topic, properties: { ...properties, topicAlias } };
  }

  #takePacketId(): number {
    do this.#lastPacketId = (this.#lastPacketId % this.#plan.packetIdMax) + 1;
    while (this.#open.has(this.#lastPacketId));
    return this.#lastPacketId;
  }
}
