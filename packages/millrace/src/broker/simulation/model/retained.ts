/**
 * Retained messages as registers: which values a reader may find.
 *
 * A write takes effect once or several times between its sending and its acknowledgement; without
 * one, at any time after its sending. A reader finds a value that no later write has certainly
 * replaced: none that began after the value's write had ended, and ended before the reader began.
 */

import { topicMatches } from "@millrace/mqtt";
import {
  hasExpired,
  type Moment,
  mayHaveExpired,
  never,
  type SimulatedMessage,
} from "./messages.ts";

export interface Reading {
  readonly from: Moment;
  readonly fromMs: number;
  readonly to: Moment;
  readonly toMs: number;
}

export class RetainedModel {
  readonly #writes = new Map<string, SimulatedMessage[]>();

  /** Called when the message is made; it counts from its sending on. */
  add(message: SimulatedMessage): void {
    const writes = this.#writes.get(message.topic);
    if (writes) writes.push(message);
    else this.#writes.set(message.topic, [message]);
  }

  topicsMatching(filter: string): string[] {
    return [...this.#writes.keys()].filter((topic) => topicMatches(filter, topic));
  }

  /** Whether a reader may find this message as the retained one of its topic. */
  mayFind(message: SimulatedMessage, reading: Reading): boolean {
    return this.#mayBeLast(message, reading) && !hasExpired(message, reading.fromMs);
  }

  /** Whether a reader may find nothing. */
  mayFindNothing(topic: string, reading: Reading): boolean {
    const writes = this.#effective(topic);
    if (!writes.some(({ ownedAt }) => ownedAt < reading.from)) return true;
    return writes.some((write) => {
      const mayBeGone = write.payload === "" || mayHaveExpired(write, reading.toMs);
      return mayBeGone && this.#mayBeLast(write, reading);
    });
  }

  #mayBeLast(message: SimulatedMessage, reading: Reading): boolean {
    if (message.void || message.sentAt > reading.to) return false;
    return !this.#effective(message.topic).some(
      (other) => other.sentAt > message.ownedAt && other.ownedAt < reading.from,
    );
  }

  #effective(topic: string): SimulatedMessage[] {
    const writes = this.#writes.get(topic) ?? [];
    return writes.filter((write) => !write.void && write.sentAt !== never);
  }
}
