/**
 * Writes the fields of one packet into an array of exactly its size, allocated once.
 *
 * The caller says the remaining length beforehand, so each packet's `encode` adds up its fields
 * and then writes them. What `Decoder` would refuse in a field (too long, U+0000, half a surrogate
 * pair, packet id 0) throws a RangeError: it is a mistake of the program, not of the peer.
 */

import { fieldBytesMax, remainingLengthMax } from "./limits.ts";
import { textByteLength, writeText } from "./text.ts";

/** Bytes that `text` takes as a field, its length prefix included. */
export function textFieldBytes(text: string): number {
  return 2 + textByteLength(text);
}

/**
 * A writer that stands behind the fixed header. `firstByte`: packet type and flags;
 * `remainingLength`: bytes after the fixed header.
 */
export function startPacket(firstByte: number, remainingLength: number): Writer {
  if (remainingLength > remainingLengthMax) {
    throw new RangeError(`cannot encode a packet of ${remainingLength} bytes`);
  }
  const headerBytes = 1 + variableByteIntegerBytes(remainingLength);
  const writer = new Writer(headerBytes + remainingLength);
  writer.byte(firstByte);
  writer.variableByteInteger(remainingLength);
  return writer;
}

export class Writer {
  readonly bytes: Uint8Array;
  #at = 0;

  constructor(byteCount: number) {
    this.bytes = new Uint8Array(byteCount);
  }

  /** Where the next field will begin. */
  get position(): number {
    return this.#at;
  }

  byte(value: number): void {
    this.bytes[this.#at++] = value;
  }

  uint16(value: number): void {
    this.bytes[this.#at++] = value >>> 8;
    this.bytes[this.#at++] = value;
  }

  uint32(value: number): void {
    this.uint16(value >>> 16);
    this.uint16(value);
  }

  /** Seven bits a byte, the lowest first (2.2.3). */
  variableByteInteger(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.byte(rest | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  packetId(packetId: number | undefined): void {
    this.uint16(checkedPacketId(packetId));
  }

  text(text: string): void {
    const length = textByteLength(text);
    const wellFormed = !text.includes("\0") && text.isWellFormed(); // [MQTT-1.5.3-1]
    if (!wellFormed || length > fieldBytesMax) {
      throw new RangeError(`cannot encode "${text.slice(0, 80)}" as an MQTT text`);
    }
    this.uint16(length);
    writeText(text, length, this.bytes, this.#at);
    this.#at += length;
  }

  binary(value: Uint8Array): void {
    if (value.length > fieldBytesMax) {
      throw new RangeError(`cannot encode a binary field of ${value.length} bytes`);
    }
    this.uint16(value.length);
    this.raw(value);
  }

  raw(value: Uint8Array): void {
    // Properties mostly are one byte or none, and `set` costs more than that.
    if (value.length === 1) this.bytes[this.#at] = value[0]!;
    else if (value.length > 0) this.bytes.set(value, this.#at);
    this.#at += value.length;
  }
}

/** How many bytes `value` takes, seven bits in each (2.2.3). */
export function variableByteIntegerBytes(value: number): number {
  if (value < 1 << 7) return 1;
  if (value < 1 << 14) return 2;
  return value < 1 << 21 ? 3 : 4;
}

/** `packetId` when it is one, else a RangeError. */
export function checkedPacketId(packetId: number | undefined): number {
  if (packetId !== undefined && packetId > 0 && packetId <= 0xffff) return packetId;
  throw new RangeError(`cannot encode packet id "${packetId}"`); // [MQTT-2.3.1-1]
}
