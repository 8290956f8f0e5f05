/**
 * From bytes to packets, however the bytes are cut into chunks.
 *
 * A packet that lies in one chunk is decoded where it is; one that straddles chunks is put
 * together first, and only that one. The fixed header is judged as soon as it is there, so nothing
 * is kept of a packet that will be refused. What is held grows with what was received, so a
 * length that is only claimed costs nothing. After the first error nothing more is read.
 *
 * Rules about the order of packets (CONNECT first, once) belong to the connection.
 */

import { firstByteProblem, firstBytes } from "./fixed-header.ts";
import type { Packet } from "./packet.ts";
import { decodeAcknowledgement } from "./packets/acknowledgement.ts";
import { decodeConnack } from "./packets/connack.ts";
import { decodeConnect } from "./packets/connect.ts";
import { decodePublish } from "./packets/publish.ts";
import { decodeSuback } from "./packets/suback.ts";
import { decodeSubscribe } from "./packets/subscribe.ts";
import { decodeUnsuback } from "./packets/unsuback.ts";
import { decodeUnsubscribe } from "./packets/unsubscribe.ts";
import type { ProtocolError } from "./protocol-error.ts";
import { Reader } from "./reader.ts";

export interface DecoderOptions {
  /** The largest packet accepted, in bytes, its fixed header included. */
  readonly packetBytesMax: number;
  /** Called for each packet, in order, during `push`. Must not throw. */
  readonly receive: (packet: Packet) => void;
}

const nothing = new Uint8Array(0);
const heldBytesMin = 64;

export class Decoder {
  readonly #packetBytesMax: number;
  readonly #receive: (packet: Packet) => void;
  readonly #reader = new Reader();
  #stopped = false;
  /** The beginning of a packet whose end has not come: the first `#heldCount` bytes of it. */
  #held: Uint8Array = nothing;
  #heldCount = 0;
  /** The size of the held packet; 0 while its fixed header is incomplete. */
  #heldSize = 0;
  /** Of the packet measured last. */
  #remainingLength = 0;

  constructor({ packetBytesMax, receive }: DecoderOptions) {
    this.#packetBytesMax = packetBytesMax;
    this.#receive = receive;
  }

  /**
   * Takes the next bytes, which must not be changed afterwards: payloads are views of them.
   * Answers undefined while all is well; else the first error, and again on every later call.
   */
  push(chunk: Uint8Array): ProtocolError | undefined {
    let at = this.#heldCount > 0 ? this.#complete(chunk) : 0;
    while (at < chunk.length && !this.#stopped) {
      const size = this.#measure(chunk, at, chunk.length);
      if (this.#stopped) break;
      if (size === 0 || at + size > chunk.length) {
        this.#hold(chunk, at, size);
        break;
      }
      this.#decode(chunk, at, at + size);
      at += size;
    }
    this.#reader.close();
    return this.#reader.problem;
  }

  /**
   * From now on nothing is delivered, not even the rest of the chunk that is being decoded, and
   * `push` answers as it did before.
   */
  stop(): void {
    this.#stopped = true;
    this.#release();
  }

  /**
   * Judges the fixed header at `from` and says the size of its packet; 0 when the header does not
   * end before `to`, or when it is refused.
   */
  #measure(bytes: Uint8Array, from: number, to: number): number {
    const problem = firstByteProblem(bytes[from]!);
    if (problem !== undefined) return this.#refuse(problem);
    let remainingLength = 0;
    for (let digit = 0; digit < 4; digit++) {
      const at = from + 1 + digit;
      if (at >= to) return 0;
      const byte = bytes[at]!;
      remainingLength |= (byte & 0x7f) << (7 * digit);
      if (byte > 0x7f) continue;
      this.#remainingLength = remainingLength;
      const size = 2 + digit + remainingLength;
      return size > this.#packetBytesMax ? this.#refuse("packet-too-large") : size;
    }
    return this.#refuse("remaining-length-malformed"); // 2.2.3
  }

  #decode(bytes: Uint8Array, from: number, end: number): void {
    const reader = this.#reader;
    reader.open(bytes, end - this.#remainingLength, end);
    const packet = decodePacket(bytes[from]!, reader);
    if (reader.remaining > 0) reader.fail("bytes-left-over");
    if (reader.problem === undefined) this.#receive(packet);
    else this.stop();
  }

  #refuse(code: ProtocolError["code"]): 0 {
    this.#reader.fail(code);
    this.stop();
    return 0;
  }

  /** Keeps the incomplete packet that begins at `from`; the chunk itself is let go. */
  #hold(chunk: Uint8Array, from: number, size: number): void {
    this.#heldCount = chunk.length - from;
    this.#heldSize = size;
    this.#held = new Uint8Array(this.#capacityFor(this.#heldCount));
    this.#held.set(chunk.subarray(from));
  }

  /** Adds what the held packet lacks and decodes it if that is all; says where it ended. */
  #complete(chunk: Uint8Array): number {
    let at = 0;
    while (this.#heldSize === 0 && at < chunk.length) {
      this.#held[this.#heldCount++] = chunk[at++]!;
      this.#heldSize = this.#measure(this.#held, 0, this.#heldCount);
      if (this.#stopped) return at;
    }
    const end = Math.min(chunk.length, at + this.#heldSize - this.#heldCount);
    if (this.#heldSize > 0) this.#append(chunk.subarray(at, end));
    if (this.#heldCount < this.#heldSize || this.#heldSize === 0) return chunk.length;
    const packet = this.#held;
    const size = this.#heldSize;
    this.#release();
    this.#decode(packet, 0, size);
    return end;
  }

  #append(part: Uint8Array): void {
    const count = this.#heldCount + part.length;
    if (count > this.#held.length) {
      const larger = new Uint8Array(this.#capacityFor(count));
      larger.set(this.#held.subarray(0, this.#heldCount));
      this.#held = larger;
    }
    this.#held.set(part, this.#heldCount);
    this.#heldCount = count;
  }

  /** Doubling makes the copying linear; the packet's size caps it. */
  #capacityFor(count: number): number {
    const doubled = Math.max(2 * count, heldBytesMin);
    return this.#heldSize === 0 ? doubled : Math.min(doubled, this.#heldSize);
  }

  #release(): void {
    this.#held = nothing;
    this.#heldCount = 0;
    this.#heldSize = 0;
  }
}

/** `firstByte` has been judged. What comes back counts only if the reader has no problem. */
function decodePacket(firstByte: number, reader: Reader): Packet {
  switch (firstByte) {
    case firstBytes.connect:
      return decodeConnect(reader);
    case firstBytes.connack:
      return decodeConnack(reader);
    case firstBytes.puback:
      return decodeAcknowledgement("puback", reader);
    case firstBytes.pubrec:
      return decodeAcknowledgement("pubrec", reader);
    case firstBytes.pubrel:
      return decodeAcknowledgement("pubrel", reader);
    case firstBytes.pubcomp:
      return decodeAcknowledgement("pubcomp", reader);
    case firstBytes.subscribe:
      return decodeSubscribe(reader);
    case firstBytes.suback:
      return decodeSuback(reader);
    case firstBytes.unsubscribe:
      return decodeUnsubscribe(reader);
    case firstBytes.unsuback:
      return decodeUnsuback(reader);
    case firstBytes.pingreq:
      return { type: "pingreq" };
    case firstBytes.pingresp:
      return { type: "pingresp" };
    case firstBytes.disconnect:
      return { type: "disconnect" };
    default:
      return decodePublish(firstByte, reader);
  }
}
