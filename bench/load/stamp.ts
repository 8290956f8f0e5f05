/**
 * The PUBLISH packets of a room: all of one size, told apart by a stamp in the payload.
 *
 * The payload begins with the moment of sending (float64, milliseconds of `performance.now()`) and
 * the message's number in its room (uint32). A broker passes a PUBLISH of QoS 0 on unchanged, so
 * what a subscriber gets is counted by its bytes.
 */

import { encode } from "@millrace/mqtt";

const momentBytes = 8;
const stampBytes = momentBytes + 4;

export class StampedPackets {
  /** Bytes of one packet. */
  readonly size: number;
  readonly #stampAt: number;
  readonly #template: Uint8Array;

  constructor(topic: string, payloadBytes: number) {
    if (payloadBytes < stampBytes) throw new RangeError(`a payload of ${payloadBytes} bytes`);
    const payload = new Uint8Array(payloadBytes).fill(0x2e);
    const fields = { topic, payload, qos: 0, retain: false, dup: false } as const;
    this.#template = encode({ type: "publish", ...fields });
    this.size = this.#template.length;
    this.#stampAt = this.size - payloadBytes;
  }

  /** `count` packets in a row, numbered from `firstNumber`, all stamped with `nowMs`. */
  make(count: number, firstNumber: number, nowMs: number): Uint8Array {
    const bytes = new Uint8Array(count * this.size);
    const view = new DataView(bytes.buffer);
    for (let index = 0; index < count; index += 1) {
      const at = index * this.size;
      bytes.set(this.#template, at);
      view.setFloat64(at + this.#stampAt, nowMs);
      view.setUint32(at + this.#stampAt + momentBytes, firstNumber + index);
    }
    return bytes;
  }

  /** The moment stamped on the packet; throws when it is another packet than `number`. */
  read(packet: Uint8Array, number: number): number {
    for (let at = 0; at < this.#stampAt; at += 1) {
      if (packet[at] !== this.#template[at]) throw new Error(`message ${number} came back changed`);
    }
    const view = new DataView(packet.buffer, packet.byteOffset + this.#stampAt, stampBytes);
    const found = view.getUint32(momentBytes);
    if (found !== number) throw new Error(`expected message ${number} and got ${found}`);
    return view.getFloat64(0);
  }
}
