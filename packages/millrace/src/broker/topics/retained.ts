/**
 * Retained messages: the last one of each topic, in memory and on disk.
 *
 * An empty payload deletes [MQTT-3.3.1-10]. The answer to `set` comes after the disk has it. One
 * that has expired is as good as gone, and goes when somebody comes upon it.
 */

import { type Clock, SortedKeys, textOf, utf8 } from "../../base/mod.ts";
import { entriesOf, type Records } from "../../storage/mod.ts";
import type { BrokerLimits } from "../limits.ts";
import type { Message } from "../message.ts";
import { decodeMessage, encodeMessage } from "../session/message-bytes.ts";
import { TopicMap } from "./topic-map.ts";

const space = "retained";

export type RetainedLimits = Pick<
  BrokerLimits,
  "retainedMessagesMax" | "retainedBytesMax" | "retainedToWildcards" | "multiLevelMatchesParent"
>;

export interface RetainedMessage {
  readonly message: Message;
  /** By the wall clock. */
  readonly storedAtMs: number;
}

interface Underway {
  stored: RetainedMessage | undefined;
  count: number;
}

export interface RetainedOptions {
  readonly records: Records;
  readonly limits: RetainedLimits;
  readonly clock: Clock;
  readonly reportStorageError: (error: unknown) => void;
  /** What a filter finds besides: made for whoever asks, and kept nowhere. */
  readonly madeFor?: (filter: string) => readonly Message[];
}

// [MQTT-3.1.2-7]
export class Retained {
  readonly #options: RetainedOptions;
  readonly #byTopic: TopicMap<RetainedMessage>;
  /** For listing them a page at a time. */
  readonly #topics = new SortedKeys();
  #bytes = 0;
  /** Topics whose changes are on their way to the disk, and what it has of them. */
  readonly #underway = new Map<string, Underway>();

  constructor(options: RetainedOptions) {
    this.#options = options;
    this.#byTopic = new TopicMap(options.limits.multiLevelMatchesParent);
  }

  get count(): number {
    return this.#byTopic.size;
  }

  /** Payload bytes of all of them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Reads what an earlier process kept. */
  async load(): Promise<void> {
    const { records } = this.#options;
    for await (const { key, value } of entriesOf(records, { space })) {
      const topic = textOf(key);
      const { message, storedAtMs = 0 } = decodeMessage(value, `"${space}" under "${topic}"`);
      this.#keep({ message, storedAtMs });
    }
  }

  /** The bound that keeping this message would go beyond; there is always room to delete. */
  boundReachedBy({
    topic,
    payload,
  }: Message): "retainedBytesMax" | "retainedMessagesMax" | undefined {
    if (payload.length === 0) return undefined;
    const known = this.#byTopic.get(topic);
    const { retainedMessagesMax, retainedBytesMax } = this.#options.limits;
    const bytes = this.#bytes - (known?.message.payload.length ?? 0) + payload.length;
    const count = this.#byTopic.size + (known ? 0 : 1);
    if (count > retainedMessagesMax) return "retainedMessagesMax";
    return bytes > retainedBytesMax ? "retainedBytesMax" : undefined;
  }

  /** Keeps or deletes; resolves once that is durable. */
  set(message: Message): Promise<void> {
    const { topic, payload } = message;
    // [MQTT-3.3.1-11] [MQTT5-3.3.1-6] [MQTT5-3.3.1-7]
    if (payload.length === 0) return this.#change(topic, undefined, undefined);
    const storedAtMs = this.#options.clock.now(); // [MQTT-3.3.1-7]
    // The payload is part of a larger chunk of the socket, which would be kept alive with it.
    const retained = { message: { ...message, payload: new Uint8Array(payload) }, storedAtMs };
    return this.#change(topic, retained, encodeMessage(message, { storedAtMs }));
  }

  /** At once in memory; what the disk does not take is as before, once nothing is on its way. */
  async #change(
    topic: string,
    retained: RetainedMessage | undefined,
    bytes: Uint8Array | undefined,
  ): Promise<void> {
    const underway = this.#underway.get(topic) ?? { stored: this.#byTopic.get(topic), count: 0 };
    this.#underway.set(topic, underway);
    underway.count += 1;
    this.#put(topic, retained);
    try {
      await this.#store(topic, bytes);
      underway.stored = retained;
    } finally {
      underway.count -= 1;
      if (underway.count === 0) this.#settle(topic, underway.stored);
    }
  }

  #settle(topic: string, stored: RetainedMessage | undefined): void {
    this.#underway.delete(topic);
    if (this.#byTopic.get(topic) !== stored) this.#put(topic, stored);
  }

  #put(topic: string, retained: RetainedMessage | undefined): void {
    if (retained) this.#keep(retained);
    else this.#forget(topic);
  }

  /** The message of one topic, unless it has expired. */
  get(topic: string): RetainedMessage | undefined {
    const found = this.#byTopic.get(topic);
    return found && this.#isThere(found) ? found : undefined;
  }

  /** The first ones behind `topic` in the order of their topics; `undefined`: from the first on. */
  after(topic: string | undefined, countMax: number): RetainedMessage[] {
    const { keys } = this.#topics;
    const behind = topic === undefined ? "" : `${topic}\0`; // no topic holds U+0000
    const messages: RetainedMessage[] = [];
    let index = this.#topics.indexOf(behind);
    while (messages.length < countMax && index < keys.length) {
      const found = this.get(keys[index]!);
      // One that has expired goes, and the next stands in its place.
      if (!found) continue;
      messages.push(found);
      index += 1;
    }
    return messages;
  }

  /** What a new subscription to `filter` gets; the walk may be taken up again later. */
  *matching(filter: string): Generator<Message, undefined> {
    const exact = !/[+#]/.test(filter);
    if (!exact && !this.#options.limits.retainedToWildcards) return undefined;
    yield* this.#options.madeFor?.(filter) ?? [];
    for (const found of this.#byTopic.matching(filter)) {
      if (this.#isThere(found)) yield found.message;
    }
    return undefined;
  }

  #isThere({ message }: RetainedMessage): boolean {
    const { clock, reportStorageError } = this.#options;
    const { topic, expiresAtMs } = message;
    if (expiresAtMs === undefined || expiresAtMs > clock.now()) return true;
    this.#forget(topic);
    this.#store(topic, undefined).catch(reportStorageError);
    return false;
  }

  #store(topic: string, value: Uint8Array | undefined): Promise<void> {
    const changes = [{ space, key: utf8(topic), value }];
    return this.#options.records.update([], () => ({ changes, result: undefined }));
  }

  #keep(retained: RetainedMessage): void {
    const { topic, payload } = retained.message;
    this.#bytes += payload.length - (this.#byTopic.get(topic)?.message.payload.length ?? 0);
    this.#byTopic.set(topic, retained);
    this.#topics.add(topic);
  }

  #forget(topic: string): void {
    this.#bytes -= this.#byTopic.get(topic)?.message.payload.length ?? 0;
    this.#byTopic.delete(topic);
    this.#topics.delete(topic);
  }
}
