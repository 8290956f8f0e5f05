/**
 * What happened in a storm, as its clients saw it: messages, sessions, receipts, and a diary.
 *
 * All clients live in one process, so one count, the tick, orders everything: `grantedAt` below
 * `firstSentAt` means that the SUBACK had been read before the first byte of the message was
 * written. Tick 0 means never. Nothing here judges; `rules.ts` does.
 */

import type { Properties, Qos } from "@millrace/mqtt";

export interface Message {
  /** Publisher and number, unique in a storm; it opens the payload. */
  readonly key: string;
  readonly publisher: string;
  /** Rises with each message of the publisher. */
  readonly number: number;
  readonly topic: string;
  readonly qos: Qos;
  readonly retain: boolean;
  /** Published by the server, when its client is gone. */
  readonly isWill: boolean;
  readonly payload: Uint8Array;
  /** What every receiver of MQTT 5 must find unchanged. */
  readonly properties: Properties | undefined;
  /** Copies written by the publisher, resends included. */
  sends: number;
  firstSentAt: number;
  /** When the server said that it owns the message: PUBACK or PUBREC; of a will, when it is due. */
  ownedAt: number;
  /** A will that DISCONNECT took back. */
  withdrawnAt: number;
}

export type NewMessage = Omit<Message, "sends" | "firstSentAt" | "ownedAt" | "withdrawnAt">;

/** One subscription of a session, from SUBSCRIBE to UNSUBACK. */
export interface Period {
  readonly filter: string;
  readonly qos: Qos;
  /** MQTT 5: the subscription identifier that comes with every message. */
  readonly identifier: number | undefined;
  readonly askedAt: number;
  /** The first SUBACK. */
  grantedAt: number;
  /** The first UNSUBSCRIBE. */
  leavingAt: number;
  leftAt: number;
}

/** A message as it came to a client; copies that QoS 2 lets a client tell apart are not here. */
export interface Receipt {
  readonly at: number;
  readonly message: Message;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly identifiers: readonly number[];
}

/** A session from its beginning to the clean start or the expiry that ends it. */
export interface Life {
  /** Client id and number, e.g. `c3#2`. */
  readonly name: string;
  /** False: it ends with its connection, so nothing is owed to it. */
  readonly durable: boolean;
  endedAt: number;
  readonly periods: Period[];
  /** By the key of the message, in the order of arrival. */
  readonly receipts: Map<string, Receipt[]>;
}

export interface Violation {
  readonly rule: string;
  readonly text: string;
  /** Whose diary shows it: clients, and the key of a message. */
  readonly about: readonly string[];
}

export interface Entry {
  readonly tick: number;
  readonly ms: number;
  readonly who: string;
  readonly what: string;
  /** The key of the message that it is about. */
  readonly key: string;
}

export class History {
  readonly messages = new Map<string, Message>();
  readonly lives: Life[] = [];
  /** What clients saw to be wrong at once; the rest is found by the rules. */
  readonly violations: Violation[] = [];
  readonly entries: Entry[] = [];
  /** When the server ended, by whatever signal. */
  readonly ends: number[] = [];
  readonly #startMs = performance.now();
  #tick = 0;

  /** Writes into the diary; the tick of the entry. */
  note(who: string, what: string, key = ""): number {
    this.#tick += 1;
    this.entries.push({ tick: this.#tick, ms: performance.now() - this.#startMs, who, what, key });
    return this.#tick;
  }

  violate(rule: string, text: string, about: readonly string[]): void {
    this.note(about[0] ?? "", `VIOLATION of "${rule}": ${text}`, about[1]);
    this.violations.push({ rule, text, about });
  }

  addMessage(made: NewMessage): Message {
    const message = { ...made, sends: 0, firstSentAt: 0, ownedAt: 0, withdrawnAt: 0 };
    this.messages.set(message.key, message);
    return message;
  }

  beginLife(clientId: string, durable: boolean): Life {
    const number = this.lives.filter(({ name }) => name.startsWith(`${clientId}#`)).length + 1;
    const name = `${clientId}#${number}`;
    const life: Life = { name, durable, endedAt: 0, periods: [], receipts: new Map() };
    this.lives.push(life);
    return life;
  }

  receive(life: Life, receipt: Receipt): void {
    const { key } = receipt.message;
    const known = life.receipts.get(key);
    if (known) known.push(receipt);
    else life.receipts.set(key, [receipt]);
  }

  /** What has been received so far, as a number that only rises: progress, for whoever waits. */
  get tick(): number {
    return this.#tick;
  }
}

const keyEnd = "|";

/** A payload that tells which message it is, `padding` bytes longer than it needs to be. */
export function payloadOf(key: string, padding: number): Uint8Array {
  return new TextEncoder().encode(key + keyEnd + "~".repeat(padding));
}

/** The key in a payload; `undefined` when there is none. */
export function keyIn(payload: Uint8Array): string | undefined {
  const end = payload.indexOf(keyEnd.charCodeAt(0));
  return end < 0 ? undefined : new TextDecoder().decode(payload.subarray(0, end));
}
