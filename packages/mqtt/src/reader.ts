/**
 * Reads the fields of one packet, in order.
 *
 * The first problem sticks: every later read then gives zero or nothing, `remaining` is 0 so that
 * loops end, and whatever was made of it is thrown away by the Decoder. So the packets can be
 * decoded straight down, without a check after each field. A reader knows the dialect in which the
 * connection is held that it serves.
 */

import type { Dialect, ProtocolLevel } from "./dialect.ts";
import type { Subscription } from "./packets/subscribe.ts";
import type { Properties, PropertyPlace, ReasonPlace } from "./properties.ts";
import type { ProtocolError, ProtocolErrorCode } from "./protocol-error.ts";
import { decodeText } from "./text.ts";
import { TopicMemory } from "./topic-memory.ts";
import { holdsWildcard } from "./topics.ts";

const nothing = new Uint8Array(0);

export class Reader {
  problem: ProtocolError | undefined;
  readonly #dialects: readonly Dialect[];
  #dialect: Dialect;
  #bytes: Uint8Array = nothing;
  #at = 0;
  #end = 0;
  readonly #topics = new TopicMemory();

  /** `dialects`: those that a CONNECT may choose; until then it is `dialect`. */
  constructor(dialect: Dialect, dialects: readonly Dialect[]) {
    this.#dialect = dialect;
    this.#dialects = dialects;
  }

  get protocolLevel(): ProtocolLevel {
    return this.#dialect.protocolLevel;
  }

  /** Goes over to a protocol level from the next field on; false when it is not known here. */
  speak(protocolLevel: number): boolean {
    const dialect = this.#dialects.find((each) => each.protocolLevel === protocolLevel);
    if (dialect !== undefined) this.#dialect = dialect;
    return dialect !== undefined;
  }

  /** Stands at `from`, with the packet's last field ending at `end`. */
  open(bytes: Uint8Array, from: number, end: number): void {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = end;
  }

  /** Lets go of the bytes, so that an idle connection holds none. */
  close(): void {
    this.#bytes = nothing;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  get position(): number {
    return this.#at;
  }

  fail(code: ProtocolErrorCode): void {
    this.problem ??= this.#dialect.protocolError(code);
    this.#at = this.#end;
  }

  byte(): number {
    return this.#has(1) ? this.#bytes[this.#at++]! : 0;
  }

  uint16(): number {
    if (!this.#has(2)) return 0;
    const at = this.#at;
    this.#at = at + 2;
    return (this.#bytes[at]! << 8) | this.#bytes[at + 1]!;
  }

  uint32(): number {
    return this.uint16() * 0x1_0000 + this.uint16();
  }

  /** One byte that must be a reason code, or before MQTT 5 a return code, of that packet. */
  reasonCode(place: ReasonPlace): number {
    const code = this.byte();
    if (!this.#dialect.isReasonCode(code, place)) {
      this.fail(place === "suback" ? "suback-code-reserved" : "reason-code-reserved");
    }
    return code;
  }

  /** Undefined when there are none, as always below level 5. */
  properties(place: PropertyPlace): Properties | undefined {
    return this.#dialect.decodeProperties(this, place);
  }

  /** The subscription to `filter`, whose options come next. */
  subscription(filter: string): Subscription {
    return this.#dialect.decodeOptions(this, filter);
  }

  packetId(): number {
    const packetId = this.uint16();
    if (packetId === 0) this.fail("packet-id-zero"); // [MQTT-2.3.1-1]
    return packetId;
  }

  /** A view, not a copy. */
  binary(): Uint8Array {
    const length = this.uint16();
    return this.#has(length) ? this.#view(length) : nothing;
  }

  /** A view of everything up to the end of the packet. */
  rest(): Uint8Array {
    return this.#view(this.remaining);
  }

  text(): string {
    const text = decodeText(this.binary());
    if (text === undefined)
      this.fail("text-malformed"); // [MQTT-1.5.3-1]
    else if (text.includes("\0")) this.fail("text-with-null"); // [MQTT-1.5.3-2]
    return text ?? "";
  }

  /** A text that is a valid topic name, or empty. */
  topicName(): string {
    const from = this.#at;
    const length = this.uint16();
    if (length === 0 || !this.#has(length)) return "";
    const known = this.#topics.find(this.#bytes, this.#at, length);
    if (known !== undefined) {
      this.#at += length;
      return known;
    }
    this.#at = from;
    const topic = this.text();
    if (holdsWildcard(topic)) this.fail("topic-with-wildcard"); // [MQTT-3.3.2-2]
    if (this.problem === undefined) {
      this.#topics.remember(topic, this.#bytes, this.#at - length, length);
    }
    return topic;
  }

  #view(length: number): Uint8Array {
    const from = this.#at;
    this.#at = from + length;
    return this.#bytes.subarray(from, this.#at);
  }

  #has(count: number): boolean {
    if (this.#end - this.#at >= count) return true;
    this.fail("packet-truncated");
    return false;
  }
}
