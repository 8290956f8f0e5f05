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

import { decodePacket } from "./decode-packet.ts";
import { type Dialect, mqtt5Level, type ProtocolLevel } from "./dialect.ts";
import { firstByteProblem } from "./fixed-header.ts";
import type { Packet } from "./packet.ts";
import type { ProtocolError } from "./protocol-error.ts";
import { Reader } from "./reader.ts";

export interface ChunkDecoderOptions {
  /** The largest packet accepted, in bytes, its fixed header included. */
  readonly packetBytesMax: number;
  /** Called for each packet, in order, during `push`. Must not throw. */
  readonly receive: (packet: Packet) => void;
  /** Spoken until a CONNECT chooses another one. */
  readonly dialect: Dialect;
  /** Those that a CONNECT may choose. */
  readonly dialects: readonly Dialect[];
}

const nothing = new Uint8Array(0);
const heldBytesMin = 64;

export class ChunkDecoder {
  readonly #packetBytesMax: number;
  readonly #receive: (packet: Packet) => void;
  readonly #reader: Reader;
  #stopped = false;
  /** The beginning of a packet whose end has not come: the first `#heldCount` bytes of it. */
  #held: Uint8Array = nothing;
  #heldCount = 0;
  /** The size of the held packet; 0 while its fixed header is incomplete. */
  #heldSize = 0;
  /** Of the packet measured last. */
  #remainingLength = 0;

  constructor({ packetBytesMax, receive, dialect, dialects }: ChunkDecoderOptions) {
    this.#packetBytesMax = packetBytesMax;
    this.#receive = receive;
    this.#reader = new Reader(dialect, dialects);
  }

  /** That of the last CONNECT whose level is known, even if the rest of it was refused. */
  get protocolLevel(): ProtocolLevel {
    return this.#reader.protocolLevel;
  }

  /** Whether it stands between two packets, so that it could as well serve another connection. */
  get idle(): boolean {
    return this.#heldCount === 0 && !this.#stopped;
  }

  /** Goes over to the level of a connection that it serves next; only while `idle`. */
  speak(protocolLevel: ProtocolLevel): void {
    this.#reader.speak(protocolLevel);
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
    const problem = firstByteProblem(bytes[from]!, this.protocolLevel);
    if (problem !== undefined) return this.#refuse(problem);
    let remainingLength = 0;
    for (let digit = 0; digit < 4; digit++) {
      const at = from + 1 + digit;
      if (at >= to) return 0;
      const byte = bytes[at]!;
      remainingLength |= (byte & 0x7f) << (7 * digit);
      if (byte > 0x7f) continue;
      if (byte === 0 && digit > 0 && this.protocolLevel === mqtt5Level) {
        return this.#refuse("length-not-minimal"); // [MQTT5-1.5.5-1]
      }
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
