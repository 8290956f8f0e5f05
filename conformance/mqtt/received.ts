/**
 * What a server sends, taken apart: one packet of MQTT 3.1, 3.1.1 or 5.0. Written from the standard
 * alone and not from the package under test, so that a mistake there is not repeated here.
 * Malformed packets throw: a server that sends one has failed.
 */

export const packetNames = [
  "RESERVED",
  "CONNECT",
  "CONNACK",
  "PUBLISH",
  "PUBACK",
  "PUBREC",
  "PUBREL",
  "PUBCOMP",
  "SUBSCRIBE",
  "SUBACK",
  "UNSUBSCRIBE",
  "UNSUBACK",
  "PINGREQ",
  "PINGRESP",
  "DISCONNECT",
  "AUTH",
] as const;

/** 3 for MQTT 3.1, 4 for 3.1.1, 5 for 5.0. */
export type Level = 3 | 4 | 5;
export type PropertyValue = number | string | Uint8Array | readonly [string, string];

export interface Received {
  readonly packet: (typeof packetNames)[number];
  readonly bytes: Uint8Array;
  readonly dup?: boolean;
  readonly qos?: number;
  readonly retain?: boolean;
  readonly sessionPresent?: boolean;
  readonly topic?: string;
  readonly id?: number;
  readonly payload?: Uint8Array;
  /** The return or reason code; 0 where the packet leaves it out. */
  readonly code?: number;
  /** One for each filter. */
  readonly codes?: readonly number[];
  readonly properties: ReadonlyMap<string, readonly PropertyValue[]>;
}

type Kind = "byte" | "two" | "four" | "varint" | "text" | "binary" | "pair";

/** The names of 2.2.2.2 in kebab case, with how each value is written. */
export const properties: ReadonlyMap<number, readonly [name: string, kind: Kind]> = new Map([
  [0x01, ["payload-format-indicator", "byte"]],
  [0x02, ["message-expiry-interval", "four"]],
  [0x03, ["content-type", "text"]],
  [0x08, ["response-topic", "text"]],
  [0x09, ["correlation-data", "binary"]],
  [0x0b, ["subscription-identifier", "varint"]],
  [0x11, ["session-expiry-interval", "four"]],
  [0x12, ["assigned-client-identifier", "text"]],
  [0x13, ["server-keep-alive", "two"]],
  [0x15, ["authentication-method", "text"]],
  [0x16, ["authentication-data", "binary"]],
  [0x17, ["request-problem-information", "byte"]],
  [0x18, ["will-delay-interval", "four"]],
  [0x19, ["request-response-information", "byte"]],
  [0x1a, ["response-information", "text"]],
  [0x1c, ["server-reference", "text"]],
  [0x1f, ["reason-string", "text"]],
  [0x21, ["receive-maximum", "two"]],
  [0x22, ["topic-alias-maximum", "two"]],
  [0x23, ["topic-alias", "two"]],
  [0x24, ["maximum-qos", "byte"]],
  [0x25, ["retain-available", "byte"]],
  [0x26, ["user-property", "pair"]],
  [0x27, ["maximum-packet-size", "four"]],
  [0x28, ["wildcard-subscription-available", "byte"]],
  [0x29, ["subscription-identifier-available", "byte"]],
  [0x2a, ["shared-subscription-available", "byte"]],
] as const);

/** Bytes of the first packet in `buffer`, or `undefined` as long as it is not all there. */
export function firstPacketLength(buffer: Uint8Array): number | undefined {
  let length = 0;
  for (let at = 1; at <= 4; at += 1) {
    const byte = buffer[at];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) << (7 * (at - 1));
    if (byte < 0x80) return buffer.length >= at + 1 + length ? at + 1 + length : undefined;
  }
  return undefined;
}

/** Takes one whole packet apart; throws when it is malformed. */
export function takeApart(bytes: Uint8Array, level: Level): Received {
  const packet = packetNames[bytes[0]! >> 4]!;
  const from = bytes.findIndex((byte, at) => at > 0 && byte < 0x80) + 1;
  const cursor = new Cursor(bytes.subarray(from));
  const none = new Map<string, PropertyValue[]>();
  const listed = () => (level === 5 ? cursor.properties() : none);
  if (packet === "PUBLISH") return { packet, bytes, ...publish(bytes[0]!, cursor, listed) };
  if (packet === "CONNACK") {
    const sessionPresent = cursor.byte() === 1;
    const code = cursor.byte();
    const isShort = code > 0 && cursor.left === 0; // a refusal in the form of 3.1.1
    return { packet, bytes, sessionPresent, code, properties: isShort ? none : listed() };
  }
  if (packet === "SUBACK" || packet === "UNSUBACK") {
    const id = cursor.two();
    return { packet, bytes, id, properties: listed(), codes: [...cursor.rest()] };
  }
  if (packet === "PINGRESP") return { packet, bytes, properties: none };
  const id = packet.startsWith("PUB") ? cursor.two() : undefined;
  const code = cursor.left > 0 ? cursor.byte() : 0;
  return { packet, bytes, id, code, properties: cursor.left > 0 ? listed() : none };
}

function publish(first: number, cursor: Cursor, listed: () => Received["properties"]) {
  const qos = (first >> 1) & 3;
  return {
    dup: (first & 8) > 0,
    qos,
    retain: (first & 1) > 0,
    topic: cursor.text(),
    id: qos > 0 ? cursor.two() : undefined,
    properties: listed(),
    payload: cursor.rest(),
  };
}

class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(count: number): Uint8Array {
    if (count > this.left) throw new Error("the server sent a packet that ends inside a field");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  rest = () => this.take(this.left);
  byte = () => this.take(1)[0]!;
  two = () => this.byte() * 256 + this.byte();
  four = () => this.two() * 65_536 + this.two();
  binary = () => this.take(this.two());
  text = () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.binary());
  pair = () => [this.text(), this.text()] as const;

  varint = () => {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Error("the server sent a number of more than four bytes");
  };

  properties(): Map<string, PropertyValue[]> {
    const list = new Cursor(this.take(this.varint()));
    const found = new Map<string, PropertyValue[]>();
    while (list.left > 0) {
      const identifier = list.varint();
      const property = properties.get(identifier);
      if (!property) throw new Error(`the server sent the unknown property ${identifier}`);
      const [name, kind] = property;
      found.set(name, [...(found.get(name) ?? []), list[kind]()]);
    }
    return found;
  }
}
