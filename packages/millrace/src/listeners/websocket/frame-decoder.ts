/**
 * Frames of a client, however they are cut, as the one stream of bytes that they carry.
 * [RFC 6455: 5]
 *
 * Payloads are handed on as they come, so that nothing large is ever gathered, and a message may be
 * of any size. Of one piece the small payloads are handed on together, as a copy: a view of a small
 * piece costs more, because this runtime then moves the piece. Large ones are unmasked where they
 * stand. Only the head of a frame, or a control frame, is kept until it is whole.
 *
 * What ends the connection is the last thing that a decoder says; it takes nothing after it.
 */

import { closeCodes, type LastWord, readClose } from "./close-codes.ts";
import { finalBit, lengthOf16Bits, opcodes } from "./frame.ts";
import { turnMask, unmask } from "./unmask.ts";

const reservedBits = 0x70;
const controlBit = 0x08;
const maskBit = 0x80;

/** The first byte of nearly every frame. */
const wholeBinary = finalBit | opcodes.binary;

const controlBytesMax = 125;

/** The two bytes that every frame begins with, and its mask. */
const headBytesMin = 6;
const controlFrameBytesMax = headBytesMin + controlBytesMax;

/** Larger payloads are not copied. */
const copiedBytesMax = 1024;

/** Small payloads of the piece that is read; empty between two pieces. */
const gathered = new Uint8Array(8192);

/** Whoever takes what the frames carry. */
export interface FrameReceiver {
  /** Bytes of binary messages; nobody else has them from here on. */
  onPayload(bytes: Uint8Array): void;
  onPing(payload: Uint8Array): void;
}

export class FrameDecoder {
  readonly #kept = new Uint8Array(controlFrameBytesMax);
  #keptBytes = 0;
  #isInMessage = false;
  /** Of this frame's payload. */
  #missingBytes = 0;
  #mask = 0;
  #gatheredBytes = 0;
  #lastWord: LastWord | undefined;

  /** Whether it stands between two messages, and so may serve another client. */
  get isIdle(): boolean {
    if (this.#missingBytes > 0 || this.#keptBytes > 0) return false;
    return !this.#isInMessage && !this.#lastWord;
  }

  /** Takes a piece of what the client sends; nobody else may have it. */
  push(bytes: Uint8Array, receiver: FrameReceiver): LastWord | undefined {
    let at = 0;
    while (at < bytes.length && !this.#lastWord) {
      if (this.#missingBytes > 0) at += this.#takePayload(bytes, at, receiver);
      else if (this.#keptBytes > 0) at += this.#complete(bytes, at, receiver);
      else at += this.#read(bytes, at, receiver) || this.#keep(bytes, at);
    }
    this.#handOn(receiver);
    return this.#lastWord;
  }

  #handOn(receiver: FrameReceiver): void {
    const length = this.#gatheredBytes;
    if (length === 0) return;
    this.#gatheredBytes = 0;
    receiver.onPayload(gathered.slice(0, length));
  }

  #takePayload(bytes: Uint8Array, at: number, receiver: FrameReceiver): number {
    const length = Math.min(this.#missingBytes, bytes.length - at);
    const isLarge = length > copiedBytesMax;
    if (isLarge || this.#gatheredBytes + length > gathered.length) this.#handOn(receiver);
    if (isLarge) {
      unmask(bytes, at, length, this.#mask);
      // Never a Buffer, whose `slice` does not copy as that of other arrays does.
      receiver.onPayload(new Uint8Array(bytes.buffer, bytes.byteOffset + at, length));
    } else this.#gather(bytes, at, length);
    this.#missingBytes -= length;
    this.#mask = turnMask(this.#mask, length);
    return length;
  }

  #gather(bytes: Uint8Array, from: number, length: number): void {
    const end = from + length;
    let mask = this.#mask;
    let to = this.#gatheredBytes;
    for (let at = from; at < end; at += 1) {
      gathered[to] = bytes[at]! ^ mask;
      mask = (mask >>> 8) | (mask << 24);
      to += 1;
    }
    this.#gatheredBytes = to;
  }

  #keep(bytes: Uint8Array, at: number): number {
    const length = bytes.length - at;
    this.#kept.set(bytes.subarray(at));
    this.#keptBytes = length;
    return length;
  }

  /** Reads what was kept together with what follows it; the bytes of the latter that it took. */
  #complete(bytes: Uint8Array, at: number, receiver: FrameReceiver): number {
    const before = this.#keptBytes;
    const more = Math.min(controlFrameBytesMax - before, bytes.length - at);
    this.#kept.set(bytes.subarray(at, at + more), before);
    const read = this.#read(this.#kept.subarray(0, before + more), 0, receiver);
    this.#keptBytes = read > 0 ? 0 : before + more;
    return read > 0 ? read - before : more;
  }

  /**
   * Reads the head of a data frame, or a control frame, and answers how many bytes that were; 0
   * when it is not whole. After the last word the number means nothing.
   */
  #read(bytes: Uint8Array, at: number, receiver: FrameReceiver): number {
    const there = bytes.length - at;
    if (there < 2) return 0;
    const first = bytes[at]!;
    const second = bytes[at + 1]!;
    if (first !== wholeBinary || second < maskBit || this.#isInMessage) {
      this.#lastWord = this.#problemOf(first, second);
      if (this.#lastWord) return 2;
    }
    const length = second & ~maskBit;
    const maskAt = at + 2 + lengthBytesOf(length);
    if ((first & controlBit) > 0) {
      if (there < headBytesMin + length) return 0;
      const payload = new Uint8Array(bytes.subarray(maskAt + 4, maskAt + 4 + length)); // a copy
      unmask(payload, 0, length, readMask(bytes, maskAt));
      this.#control(first & ~finalBit, payload, receiver);
      return headBytesMin + length;
    }
    if (at + there < maskAt + 4) return 0;
    this.#mask = readMask(bytes, maskAt);
    this.#begin(first, length < lengthOf16Bits ? length : readLength(bytes, at + 2, maskAt));
    return maskAt + 4 - at;
  }

  /** With a negative length, which none has, or one that cannot be counted, it is the end. */
  #begin(first: number, length: number): void {
    if (length < 0) this.#lastWord = wrong("a length that is not in its shortest form");
    else if (length > Number.MAX_SAFE_INTEGER) this.#lastWord = tooLargeFrame;
    this.#isInMessage = first < finalBit;
    this.#missingBytes = length;
  }

  #control(opcode: number, payload: Uint8Array, receiver: FrameReceiver): void {
    if (opcode === opcodes.ping) receiver.onPing(payload);
    else if (opcode === opcodes.close) this.#lastWord = readClose(payload);
  }

  /** What the first two bytes of a frame have against it. [RFC 6455: 5.1, 5.2, 5.4, 5.5] */
  #problemOf(first: number, second: number): LastWord | undefined {
    if ((first & reservedBits) > 0) return wrong("a reserved bit without an extension");
    if (second < maskBit) return wrong("a frame without a mask");
    const opcode = first & ~finalBit;
    if (opcode >= opcodes.close) {
      if (opcode > opcodes.pong) return wrong(`a frame of the unknown opcode ${opcode}`);
      if (first < finalBit) return wrong("a control frame in fragments");
      const isTooLong = (second & ~maskBit) > controlBytesMax;
      return isTooLong ? wrong(`a control frame of more than ${controlBytesMax} bytes`) : undefined;
    }
    if (opcode > opcodes.binary) return wrong(`a frame of the unknown opcode ${opcode}`);
    if (this.#isInMessage) {
      return opcode === opcodes.continuation ? undefined : wrong("a message within another");
    }
    if (opcode === opcodes.continuation) return wrong("a frame that continues nothing");
    return opcode === opcodes.text ? textFrame : undefined;
  }
}

// [MQTT5-6.0.0-1]
const textFrame: LastWord = {
  closeCode: closeCodes.unsupportedData,
  complaint: "text frame instead of a binary one",
  clause: "MQTT-6.0.0-1",
};

const tooLargeFrame: LastWord = {
  closeCode: closeCodes.tooLarge,
  complaint: `a frame of more than ${Number.MAX_SAFE_INTEGER} bytes`,
};

function wrong(complaint: string): LastWord {
  return { closeCode: closeCodes.protocolError, complaint };
}

function lengthBytesOf(length: number): number {
  if (length < lengthOf16Bits) return 0;
  return length === lengthOf16Bits ? 2 : 8;
}

/** Of 16 or 64 bits, up to `end`; negative when fewer bits would do, or the highest is set. */
function readLength(bytes: Uint8Array, at: number, end: number): number {
  let length = 0;
  for (let next = at; next < end; next += 1) length = length * 256 + bytes[next]!;
  if (end - at === 2) return length < lengthOf16Bits ? -1 : length;
  return length < 65_536 || bytes[at]! > 127 ? -1 : length;
}

function readMask(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
