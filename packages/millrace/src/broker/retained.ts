/**
 * Retained messages: the last one of each topic, in memory and on disk.
 *
 * An empty payload deletes [MQTT-3.3.1-10]. The answer to `set` comes after the disk has it.
 */

import { topicMatches } from "@millrace/mqtt";
import { textOf, utf8 } from "../base/mod.ts";
import type { Records } from "../storage/mod.ts";
import type { Message } from "./message.ts";
import { decodeMessage, encodeMessage } from "./message-bytes.ts";

const space = "retained";
const pageSize = 1000;

export class Retained {
  readonly #records: Records;
  readonly #countMax: number;
  readonly #byTopic = new Map<string, Message>();

  constructor(records: Records, countMax: number) {
    this.#records = records;
    this.#countMax = countMax;
  }

  /** Reads what an earlier process kept. */
  async load(): Promise<void> {
    let from: Uint8Array | undefined;
    for (;;) {
      const page = await this.#records.range({ space, from, countMax: pageSize });
      for (const { key, value } of page) {
        const topic = textOf(key);
        this.#byTopic.set(topic, decodeMessage(value, `"${space}" under "${topic}"`));
      }
      const last = page.at(-1);
      if (!last || page.length < pageSize) return;
      from = utf8(`${textOf(last.key)}\0`);
    }
  }

  /** False when there is no room for another topic. */
  hasRoomFor(message: Message): boolean {
    return this.#byTopic.size < this.#countMax || this.#byTopic.has(message.topic);
  }

  /** Keeps or deletes; resolves once that is durable. */
  set(message: Message): Promise<void> {
    const key = utf8(message.topic);
    const empty = message.payload.length === 0;
    // The payload is part of a larger chunk of the socket, which would be kept alive with it.
    if (empty) this.#byTopic.delete(message.topic);
    else this.#byTopic.set(message.topic, { ...message, payload: new Uint8Array(message.payload) });
    const value = empty ? undefined : encodeMessage(message);
    return this.#records.update([], () => ({
      changes: [{ space, key, value }],
      result: undefined,
    }));
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
