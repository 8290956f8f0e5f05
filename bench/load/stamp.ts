/**
 * The PUBLISH packets of a room: all of one size, told apart by a stamp in the payload.
 *
 * The payload begins with the moment of sending (float64, milliseconds of `performance.now()`) and
 * the message's number in its room (uint32), or is an object of JSON that has the same bytes as
 * hexadecimal digits. A broker passes a PUBLISH on unchanged but for the
 * packet id, which QoS 1 has and which both sides choose anew, so what a subscriber gets is counted
 * by its bytes.
 */

import { encodePublish, encodePublishTemplate } from "@millrace/mqtt";
import type { Manner } from "./workload.ts";

const momentBytes = 8;
const stampBytes = momentBytes + 4;

/** Ids that may be under way at once, from 1 on. */
export const packetIdCount = 65_535;

const jsonStart = '{"v":1,"type":"say","stamp":"';
const jsonBetween = '","text":"';
const jsonEnd = '"}';

interface PacketForm extends Omit<Manner, "transport"> {
  /** The payload is an object of JSON. */
  readonly isJson?: boolean;
}

export class StampedPackets {
  /** Bytes of one packet. */
  readonly size: number;
  /** Where the packet id stands; -1 with QoS 0. */
  readonly #packetIdAt: number;
  readonly #stampAt: number;
  readonly #template: Uint8Array;
  readonly #isJson: boolean;

  constructor(topic: string, payloadBytes: number, { level, qos, isJson = false }: PacketForm) {
    const payload = isJson ? jsonPayload(payloadBytes) : new Uint8Array(payloadBytes).fill(0x2e);
    if (payloadBytes < stampBytes || payload.length !== payloadBytes) {
      throw new RangeError(`a payload of ${payloadBytes} bytes`);
    }
    this.#isJson = isJson;
    const fields = { topic, payload, retain: false } as const;
    if (qos === 0) {
      this.#template = encodePublish({ ...fields, qos, dup: false }, level);
      this.#packetIdAt = -1;
    } else {
      const template = encodePublishTemplate({ ...fields, qos }, level);
      this.#template = template.bytes;
      this.#packetIdAt = template.packetIdAt;
    }
    this.size = this.#template.length;
    this.#stampAt = this.size - payloadBytes + (isJson ? jsonStart.length : 0);
  }

  /** `count` packets in a row, numbered from `firstNumber`, all stamped with `momentMs`. */
  make(count: number, firstNumber: number, momentMs: number): Uint8Array {
    const bytes = new Uint8Array(count * this.size);
    const view = new DataView(bytes.buffer);
    for (let index = 0; index < count; index += 1) {
      const at = index * this.size;
      const number = firstNumber + index;
      bytes.set(this.#template, at);
      if (this.#packetIdAt >= 0) view.setUint16(at + this.#packetIdAt, packetIdOf(number));
      if (this.#isJson) {
        bytes.set(Buffer.from(stampOf(momentMs, number).toString("hex")), at + this.#stampAt);
        continue;
      }
      view.setFloat64(at + this.#stampAt, momentMs);
      view.setUint32(at + this.#stampAt + momentBytes, number);
    }
    return bytes;
  }

  /** The moment stamped on the packet at `at`; throws when it is another one than `number`. */
  read(bytes: Uint8Array, at: number, number: number): number {
    for (let index = 0; index < this.#stampAt; index += 1) {
      if (bytes[at + index] === this.#template[index]) continue;
      const isPacketId = index === this.#packetIdAt || index === this.#packetIdAt + 1;
      if (!isPacketId) throw new Error(`message ${number} came back changed`);
    }
    const stamp = this.#stampIn(bytes, at + this.#stampAt);
    const found = stamp.readUInt32BE(momentBytes);
    if (found !== number) throw new Error(`expected message ${number} and got ${found}`);
    return stamp.readDoubleBE(0);
  }

  #stampIn(bytes: Uint8Array, at: number): Buffer {
    const length = this.#isJson ? stampBytes * 2 : stampBytes;
    const stamp = Buffer.from(bytes.buffer, bytes.byteOffset + at, length);
    return this.#isJson ? Buffer.from(stamp.toString("latin1"), "hex") : stamp;
  }

  /** Writes a PUBACK for the packet at `at` into `acks` at `ackAt`. */
  acknowledge(bytes: Uint8Array, at: number, acks: Uint8Array, ackAt: number): void {
    acks[ackAt] = 0x40;
    acks[ackAt + 1] = 2;
    acks[ackAt + 2] = bytes[at + this.#packetIdAt]!;
    acks[ackAt + 3] = bytes[at + this.#packetIdAt + 1]!;
  }
}

function stampOf(momentMs: number, number: number): Buffer {
  const stamp = Buffer.alloc(stampBytes);
  stamp.writeDoubleBE(momentMs, 0);
  stamp.writeUInt32BE(number, momentBytes);
  return stamp;
}

function jsonPayload(byteCount: number): Uint8Array {
  const stamp = "0".repeat(stampBytes * 2);
  const fixed = jsonStart.length + stamp.length + jsonBetween.length + jsonEnd.length;
  const text = ".".repeat(Math.max(0, byteCount - fixed));
  return Buffer.from(`${jsonStart}${stamp}${jsonBetween}${text}${jsonEnd}`);
}

/** Under which packet id a publisher sends a message with QoS 1. */
export function packetIdOf(number: number): number {
  return (number % packetIdCount) + 1;
}
