/**
 * Retained messages: the last one of each topic, in memory and on disk.
 *
 * An empty payload deletes [MQTT-3.3.1-10]. The answer to `set` comes after the disk has it.
 */

import { topicMatches } from "@millrace/mqtt";
import { textOf, utf8 } from "../base/mod.ts";
import type { Records } from "../storage/mod.ts";
import type { BrokerLimits } from "./limits.ts";
import type { Message } from "./message.ts";
import { decodeMessage, encodeMessage } from "./message-bytes.ts";

const space = "retained";
const pageSize = 1000;

export type RetainedLimits = Pick<BrokerLimits, "retainedMessagesMax" | "retainedBytesMax">;

export class Retained {
  readonly #records: Records;
  readonly #limits: RetainedLimits;
  #bytes = 0;
  readonly #byTopic = new Map<string, Message>();

  constructor(records: Records, limits: RetainedLimits) {
    this.#records = records;
    this.#limits = limits;
  }

  /** Reads what an earlier process kept. */
  async load(): Promise<void> {
    let from: Uint8Array | undefined;
    for (;;) {
      const page = await this.#records.range({ space, from, countMax: pageSize });
      for (const { key, value } of page) {
        const topic = textOf(key);
        this.#keep(decodeMessage(value, `"${space}" under "${topic}"`));
      }
      const last = page.at(-1);
      if (!last || page.length < pageSize) return;
      from = utf8(`${textOf(last.key)}\0`);
    }
  }

  /**
   * False when another topic, or this payload, would be too much; there is always room to delete.
   */
  hasRoomFor({ topic, payload }: Message): boolean {
    if (payload.length === 0) return true;
    const known = this.#byTopic.get(topic);
    const { retainedMessagesMax, retainedBytesMax } = this.#limits;
    const bytes = this.#bytes - (known?.payload.length ?? 0) + payload.length;
    const count = this.#byTopic.size + (known ? 0 : 1);
    return bytes <= retainedBytesMax && count <= retainedMessagesMax;
  }

  /** Keeps or deletes; resolves once that is durable. */
  set(message: Message): Promise<void> {
    const key = utf8(message.topic);
    const empty = message.payload.length === 0;
    // The payload is part of a larger chunk of the socket, which would be kept alive with it.
    if (empty) this.#forget(message.topic);
    else this.#keep({ ...message, payload: new Uint8Array(message.payload) });
    const value = empty ? undefined : encodeMessage(message);
    return this.#records.update([], () => ({
      changes: [{ space, key, value }],
      result: undefined,
    }));
  }

  #keep(message: Message): void {
    this.#forget(message.topic);
    this.#byTopic.set(message.topic, message);
    this.#bytes += message.payload.length;
  }

  #forget(topic: string): void {
    this.#bytes -= this.#byTopic.get(topic)?.payload.length ?? 0;
    this.#byTopic.delete(topic);
  }

  /** What a new subscription to `filter` gets. */
  matching(filter: string): Message[] {
    if (!/[+#]/.test(filter)) {
      const message = this.#byTopic.get(filter);
      return message ? [message] : [];
    }
    const found: Message[] = [];
    for (const [topic, message] of this.#byTopic) {
      if (topicMatches(filter, topic)) found.push(message);
    }
    return found;
  }
}
