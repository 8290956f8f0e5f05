/** The messages of a run, as those know them who sent them. */

import type { QoS } from "../../mod.ts";

/** A place in the order of everything that clients saw; later ones are greater. */
export type Moment = number;

export const never: Moment = Number.POSITIVE_INFINITY;

export interface MessageDraft {
  readonly topic: string;
  readonly qos: QoS;
  readonly retain: boolean;
  /** Bytes behind the name; none at all makes a message that deletes. */
  readonly fillBytes: number | "empty";
  /** MQTT 5. */
  readonly expirySeconds?: number | undefined;
}

export interface SimulatedMessage extends Omit<MessageDraft, "fillBytes"> {
  /** Unique; the payload begins with it. */
  readonly name: string;
  readonly payload: string;
  readonly clientId: string;
  /** The client id, or another program that speaks in its name. */
  readonly publisher: string;
  /** Its place among those of its publisher. */
  readonly number: number;
  readonly isWill: boolean;
  /** When it could be published for the first time. */
  sentAt: Moment;
  sentAtMs: number;
  /** When its sender was told that it is owned; until then it may be published at any time. */
  ownedAt: Moment;
  ownedAtMs: number;
  /** Nobody may ever see it: its connection had lost its client id, or its will was called off. */
  void: boolean;
  /** It was sent with MQTT 3.1.1 at least once, which leaves the expiry out. */
  mayLast: boolean;
  /** It had every chance to arrive, with QoS 0 too. */
  inCalm: boolean;
}

export interface Author {
  readonly clientId: string;
  readonly publisher: string;
  readonly isWill: boolean;
}

export class Messages {
  readonly #byPayload = new Map<string, SimulatedMessage>();
  readonly #all: SimulatedMessage[] = [];
  readonly #counts = new Map<string, number>();

  /** A new message, not yet sent. */
  make({ clientId, publisher, isWill }: Author, draft: MessageDraft): SimulatedMessage {
    const number = (this.#counts.get(publisher) ?? 0) + 1;
    this.#counts.set(publisher, number);
    const name = `${publisher}-${number}${isWill ? "-will" : ""}`;
    const { fillBytes, ...rest } = draft;
    const payload = fillBytes === "empty" ? "" : `${name} ${".".repeat(fillBytes)}`;
    const message = {
      ...{
        ...rest,
        name,
        payload,
        clientId,
        publisher,
        number,
        isWill,
        void: false,
        mayLast: false,
      },
      ...{ mayLast: false, inCalm: false },
      ...{ sentAt: never, sentAtMs: never, ownedAt: never, ownedAtMs: never },
    };
    if (payload !== "") this.#byPayload.set(payload, message);
    this.#all.push(message);
    return message;
  }

  /** The one with this payload, or `undefined` when nobody made it. */
  find(payload: string): SimulatedMessage | undefined {
    return this.#byPayload.get(payload);
  }

  get all(): readonly SimulatedMessage[] {
    return this.#all;
  }
}

/** Whether its expiry has certainly passed by then, wherever it is. */
export function hasExpired(message: SimulatedMessage, ms: number): boolean {
  const { expirySeconds, ownedAtMs, mayLast } = message;
  return expirySeconds !== undefined && !mayLast && ownedAtMs + expirySeconds * 1000 < ms;
}

/** Whether its expiry may have passed by then. */
export function mayHaveExpired({ expirySeconds, sentAtMs }: SimulatedMessage, ms: number): boolean {
  return expirySeconds !== undefined && sentAtMs + expirySeconds * 1000 <= ms;
}
