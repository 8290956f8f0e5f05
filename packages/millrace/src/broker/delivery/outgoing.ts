/**
 * A message on its way out: encoded once for each form that somebody wants, however many want it.
 *
 * A form is the protocol version, the QoS, the RETAIN flag, and what is a receiver's own: the
 * subscription identifiers and the topic alias. With QoS 1 and 2 the packet id differs from
 * receiver to receiver; but those who have been in a room equally long have the same one next, so
 * the last copy is handed out again while the id stays (`bench/`, one-room with QoS 1).
 */

import {
  encodePublish,
  encodePublishTemplate,
  mqtt5Level,
  mqtt311Level,
  type Properties,
  withPacketId,
} from "@millrace/mqtt";
import type { Message, QoS } from "../message.ts";

export interface Form {
  readonly mqtt5: boolean;
  readonly qos: QoS;
  readonly retain: boolean;
  /** MQTT 5 only, as what follows. */
  readonly identifiers?: readonly number[] | undefined;
  /** 0 or absent: none. */
  readonly alias?: number;
  /** The receiver knows the alias: it stands for the topic. */
  readonly aliasKnown?: boolean;
}

interface Encoded {
  readonly bytes: Uint8Array;
  readonly packetIdAt: number;
  lastPacketId: number;
  lastBytes: Uint8Array;
}

/** About what a PUBLISH takes beside its topic and payload. */
const overheadBytes = 16;

export class Outgoing {
  #message: Message;
  readonly #plain: (Encoded | undefined)[] = [];
  #special: Map<string, Encoded> | undefined;
  #owned = false;
  #secondsLeft: number | undefined;

  constructor(message: Message) {
    this.#message = message;
  }

  get message(): Message {
    return this.#message;
  }

  /** What it counts for in a line, in bytes. */
  get byteLength(): number {
    return this.#message.topic.length + this.#message.payload.length + overheadBytes;
  }

  isExpired(nowMs: number): boolean {
    const { expiresAtMs } = this.#message;
    return expiresAtMs !== undefined && expiresAtMs <= nowMs;
  }

  /** Takes the payload out of the socket's chunk, which would else be kept alive with it. */
  own(): void {
    if (this.#owned) return;
    this.#owned = true;
    this.#message = { ...this.#message, payload: new Uint8Array(this.#message.payload) };
  }

  /** The whole packet of QoS 0, shared: not to be written into. */
  packet(form: Form, nowMs: number): Uint8Array {
    return this.#encoded(form, nowMs).bytes;
  }

  /** The whole packet of QoS 1 or 2 under this packet id, possibly shared. */
  numbered(form: Form, packetId: number, nowMs: number): Uint8Array {
    const encoded = this.#encoded(form, nowMs);
    if (encoded.lastPacketId !== packetId) {
      encoded.lastPacketId = packetId;
      encoded.lastBytes = withPacketId(encoded, packetId, false);
    }
    return encoded.lastBytes;
  }

  /** As `numbered`, with DUP [MQTT-3.3.1-1]. */
  repeated(form: Form, packetId: number, nowMs: number): Uint8Array {
    return withPacketId(this.#encoded(form, nowMs), packetId, true);
  }

  #encoded(form: Form, nowMs: number): Encoded {
    if (this.#message.expiresAtMs !== undefined) this.#age(this.#message.expiresAtMs, nowMs);
    const plainIndex = (form.mqtt5 ? 6 : 0) + form.qos * 2 + (form.retain ? 1 : 0);
    if (!form.identifiers && !form.alias) {
      this.#plain[plainIndex] ??= this.#encode(form);
      return this.#plain[plainIndex];
    }
    const key = `${plainIndex} ${form.identifiers} ${form.alias} ${form.aliasKnown}`;
    this.#special ??= new Map();
    let encoded = this.#special.get(key);
    if (!encoded) {
      encoded = this.#encode(form);
      this.#special.set(key, encoded);
    }
    return encoded;
  }

  /** What is left of the expiry interval stands in the packet [MQTT5-3.3.2-6]. */
  #age(expiresAtMs: number, nowMs: number): void {
    const secondsLeft = Math.max(0, Math.ceil((expiresAtMs - nowMs) / 1000));
    if (secondsLeft === this.#secondsLeft) return;
    this.#secondsLeft = secondsLeft;
    this.#plain.length = 0;
    this.#special = undefined;
  }

  #encode({ mqtt5, qos, retain, identifiers, alias, aliasKnown }: Form): Encoded {
    const { topic, payload, properties } = this.#message;
    const level = mqtt5 ? mqtt5Level : mqtt311Level;
    let all: Properties | undefined = properties;
    if (this.#secondsLeft !== undefined || identifiers || alias) {
      all = {
        ...properties,
        messageExpiryInterval: this.#secondsLeft,
        subscriptionIdentifiers: identifiers, // [MQTT5-3.3.4-3] [MQTT5-3.3.4-4]
        topicAlias: alias || undefined,
      };
    }
    const publish = { topic: aliasKnown ? "" : topic, payload, qos, retain, properties: all };
    const { bytes, packetIdAt } =
      qos === 0
        ? { bytes: encodePublish({ ...publish, dup: false }, level), packetIdAt: 0 }
        : encodePublishTemplate(publish, level);
    return { bytes, packetIdAt, lastPacketId: 0, lastBytes: bytes };
  }
}
