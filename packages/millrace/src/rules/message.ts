/** A message on its way through the rules, and what the language may ask about it. */

import { newUuid, type Random } from "../base/mod.ts";
import {
  createPayload,
  type MessageContext,
  type MessageProperties,
  type Payload,
} from "../sql/mod.ts";

/** Who caused a message, and over how many rules. */
export interface Origin {
  /** Absent when the message did not come over MQTT, or from a rule. */
  readonly clientId?: string;
  readonly sourceIp?: string;
  readonly principal?: string;
  /** Carried on by rules; absent until the first rule looks at the message. */
  readonly traceId?: string;
  /** How many republish actions, and answers to them, led here; 0 for a message from outside. */
  readonly ruleDepth: number;
  /** True for the server's own messages: nobody waits for their acknowledgement, */
  readonly internal?: boolean;
  /** unless this is true too. */
  readonly isAwaited?: boolean;
}

/** Of a PUBLISH of MQTT 5. */
export interface RuleMessageProperties {
  readonly payloadFormatIndicator?: 0 | 1 | undefined;
  readonly contentType?: string | undefined;
  readonly responseTopic?: string | undefined;
  readonly correlationData?: Uint8Array | undefined;
  /** In the order of the packet. */
  readonly userProperties?: readonly (readonly [name: string, value: string])[] | undefined;
}

/** The payload must not change until the rules are done with it. */
export interface RuleMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly origin: Origin;
  readonly properties?: RuleMessageProperties | undefined;
}

export interface Reception {
  readonly receivedAtMs: number;
  readonly accountId: string;
  readonly random: Random;
  /** What `topic()` sees: not the whole topic when the message is for one rule alone. */
  readonly topic: string;
}

/**
 * What ties together everything that follows from one message: an id, made when first asked for. It
 * may be kept for long; the message, with its payload, may not.
 */
export class Cause {
  #id: string | undefined;
  readonly #random: Random;

  constructor(id: string | undefined, random: Random) {
    this.#id = id;
    this.#random = random;
  }

  get id(): string {
    this.#id ??= newUuid(this.#random);
    return this.#id;
  }
}

/** The message as statements and templates see it; all rules that match it share one. */
export class RuleContext implements MessageContext {
  readonly topic: string;
  /** The topic that it was published on. */
  readonly receivedOn: string;
  readonly payload: Payload;
  readonly origin: Origin;
  readonly receivedAtMs: number;
  readonly accountId: string;
  readonly random: Random;
  readonly cause: Cause;
  readonly properties: MessageProperties | undefined;

  constructor(message: RuleMessage, reception: Reception) {
    this.topic = reception.topic;
    this.receivedOn = message.topic;
    this.payload = createPayload(message.payload);
    this.origin = message.origin;
    this.receivedAtMs = reception.receivedAtMs;
    this.accountId = reception.accountId;
    this.random = reception.random;
    this.cause = new Cause(message.origin.traceId, reception.random);
    this.properties = message.properties && propertiesOf(message.properties);
  }

  get clientId(): string | undefined {
    return this.origin.clientId;
  }

  get sourceIp(): string | undefined {
    return this.origin.sourceIp;
  }

  get principal(): string | undefined {
    return this.origin.principal;
  }

  /** A message that came neither over MQTT nor from a rule has none. */
  get traceId(): string | undefined {
    return this.origin.clientId === undefined ? this.origin.traceId : this.causeId;
  }

  /** What a message caused by this one carries as its trace. */
  get causeId(): string {
    return this.cause.id;
  }
}

function propertiesOf(properties: RuleMessageProperties): MessageProperties {
  const { payloadFormatIndicator, ...rest } = properties;
  return { ...rest, isUtf8: payloadFormatIndicator === 1 };
}
