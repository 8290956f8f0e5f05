/**
 * A message on its way out: encoded once for each form that somebody wants, however many want it.
 *
 * A form is the protocol version, the QoS, the RETAIN flag, and what is a receiver's own: the
 * subscription identifiers and the topic alias. With QoS 1 and 2 the packet id differs from
 * receiver to receiver: it is written into the shared bytes as they go out.
 */

import {
  encodePublish,
  encodePublishTemplate,
  mqtt5Level,
  mqtt311Level,
  type Properties,
  type PublishTemplate,
  withPacketId,
} from "@millrace/mqtt";
import { noBytes } from "../../base/mod.ts";
import type { Message, MessageProperties, QoS } from "../message.ts";

/** How a receiver wants it. */
export interface Form {
  readonly mqtt5: boolean;
  readonly qos: QoS;
  readonly retain: boolean;
  /** MQTT 5 only, as what follows. */
  readonly identifiers: readonly number[] | undefined;
  /** 0: none. */
  readonly alias: number;
  /** The receiver knows the alias: it stands for the topic. */
  readonly aliasKnown: boolean;
}

const plainForms: readonly Form[] = [false, true].flatMap((mqtt5) =>
  [0, 1, 2].flatMap((qos) =>
    [false, true].map((retain) => ({
      mqtt5,
      qos: qos as QoS,
      retain,
      identifiers: undefined,
      alias: 0,
      aliasKnown: false,
    })),
  ),
);

function indexOf(mqtt5: boolean, qos: QoS, retain: boolean): number {
  return (mqtt5 ? 6 : 0) + qos * 2 + (retain ? 1 : 0);
}

/** One object for all that want the same. */
export function formOf(
  mqtt5: boolean,
  qos: QoS,
  retain: boolean,
  identifiers?: readonly number[],
): Form {
  const plain = plainForms[indexOf(mqtt5, qos, retain)]!;
  return identifiers && mqtt5 ? { ...plain, identifiers } : plain;
}

/** The same with an alias, which the receiver knows already or not. */
export function withAlias(form: Form, alias: number, aliasKnown: boolean): Form {
  return { ...form, alias, aliasKnown };
}

/** About what a PUBLISH takes beside its topic and payload. */
const overheadBytes = 16;

export class Outgoing {
  readonly topic: string;
  readonly expiresAtMs: number | undefined;
  readonly properties: MessageProperties | undefined;
  /** As it came: a view of the socket's chunk, until `own`. */
  #payload: Uint8Array | undefined;
  readonly #payloadBytes: number;
  #anyBytes: Uint8Array | undefined;
  #secondsLeft: number | undefined;
  /** Most messages are wanted in one form. */
  #firstForm: Form | undefined;
  #firstEncoded: PublishTemplate | undefined;
  #others: Map<string, PublishTemplate> | undefined;

  constructor({ topic, payload, properties, expiresAtMs }: Message) {
    this.topic = topic;
    this.properties = properties;
    this.expiresAtMs = expiresAtMs;
    this.#payload = payload;
    this.#payloadBytes = payload.length;
  }

  /** What it counts for in a line, in bytes. */
  get byteLength(): number {
    return this.topic.length + this.#payloadBytes + overheadBytes;
  }

  /** The payload stands at the end of whatever has been encoded. */
  get payload(): Uint8Array {
    const encoded = this.#anyBytes;
    this.#payload ??= encoded?.subarray(encoded.length - this.#payloadBytes) ?? noBytes;
    return this.#payload;
  }

  isExpired(nowMs: number): boolean {
    return this.expiresAtMs !== undefined && this.expiresAtMs <= nowMs;
  }

  /** Lets the socket's chunk go, which would else be kept alive with the message. */
  own(): void {
    this.#payload = this.#anyBytes ? undefined : new Uint8Array(this.payload);
  }

  /** The whole packet of QoS 0, shared: not to be written into. */
  packet(form: Form, nowMs: number): Uint8Array {
    return this.#encoded(form, nowMs).bytes;
  }

  /** The whole packet of QoS 1 or 2, shared, with a place for the packet id. */
  template(form: Form, nowMs: number): PublishTemplate {
    return this.#encoded(form, nowMs);
  }

  /** The whole packet of QoS 1 or 2 under this packet id. */
  numbered(form: Form, packetId: number, nowMs: number): Uint8Array {
    return withPacketId(this.#encoded(form, nowMs), packetId, false);
  }

  /** As `numbered`, with DUP [MQTT-3.3.1-1]. */
  repeated(form: Form, packetId: number, nowMs: number): Uint8Array {
    return withPacketId(this.#encoded(form, nowMs), packetId, true);
  }

  #encoded(form: Form, nowMs: number): PublishTemplate {
    if (this.expiresAtMs !== undefined) this.#age(this.expiresAtMs, nowMs);
    if (form === this.#firstForm && this.#firstEncoded) return this.#firstEncoded;
    if (!this.#firstForm) {
      this.#firstForm = form;
      this.#firstEncoded = this.#encode(form);
      return this.#firstEncoded;
    }
    const { mqtt5, qos, retain, identifiers, alias, aliasKnown } = form;
    const key = `${mqtt5} ${qos} ${retain} ${identifiers} ${alias} ${aliasKnown}`;
    this.#others ??= new Map();
    let encoded = this.#others.get(key);
    if (!encoded) {
      encoded = this.#encode(form);
      this.#others.set(key, encoded);
    }
    return encoded;
  }

  /** What is left of the expiry interval stands in the packet [MQTT5-3.3.2-6]. */
  #age(expiresAtMs: number, nowMs: number): void {
    const secondsLeft = Math.max(0, Math.ceil((expiresAtMs - nowMs) / 1000));
    if (secondsLeft === this.#secondsLeft) return;
    this.#secondsLeft = secondsLeft;
    this.#firstForm = undefined;
    this.#firstEncoded = undefined;
    this.#others = undefined;
  }

  #encode({ mqtt5, qos, retain, identifiers, alias, aliasKnown }: Form): PublishTemplate {
    const { topic, payload, properties } = this;
    const level = mqtt5 ? mqtt5Level : mqtt311Level;
    let all: Properties | undefined = properties;
    if (this.#secondsLeft !== undefined || identifiers || alias > 0) {
      all = {
        ...properties,
        messageExpiryInterval: this.#secondsLeft,
        subscriptionIdentifiers: identifiers, // [MQTT5-3.3.4-3] [MQTT5-3.3.4-4]
        topicAlias: alias > 0 ? alias : undefined,
      };
    }
    const publish = { topic: aliasKnown ? "" : topic, payload, qos, retain, properties: all };
    const encoded =
      qos === 0
        ? { bytes: encodePublish({ ...publish, dup: false }, level), packetIdAt: 0 }
        : encodePublishTemplate(publish, level);
    this.#anyBytes = encoded.bytes;
    return encoded;
  }
}
