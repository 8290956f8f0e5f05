/**
 * WebSocket frames (RFC 6455), as much as the generator needs.
 *
 * A frame is put before outgoing bytes with a mask of zeros, which leaves them as they are.
 * Incoming frames are taken off without copying: payloads are handed on in the pieces they came
 * in. Control frames are skipped; the connections do not live long enough to need a pong.
 */

const binaryFinal = 0x82;
const masked = 0x80;
const headerBytesMax = 14;

/** One binary frame with `bytes`, of at most 65,535 bytes. */
export function frameOf(bytes: Uint8Array): Uint8Array {
  const isShort = bytes.length < 126;
  const headerLength = isShort ? 6 : 8;
  const frame = new Uint8Array(headerLength + bytes.length);
  frame[0] = binaryFinal;
  frame[1] = masked | (isShort ? bytes.length : 126);
  if (!isShort) new DataView(frame.buffer).setUint16(2, bytes.length);
  frame.set(bytes, headerLength);
  return frame;
}

export class Deframer {
  readonly #receive: (piece: Uint8Array) => void;
  readonly #header = new Uint8Array(headerBytesMax);
  #headerCount = 0;
  #payloadLeft = 0;
  #isData = false;

  /** `receive` gets the payload of data frames, in pieces that are views of what was pushed. */
  constructor(receive: (piece: Uint8Array) => void) {
    this.#receive = receive;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#payloadLeft === 0) {
        this.#header[this.#headerCount] = chunk[at]!;
        this.#headerCount += 1;
        at += 1;
        this.#readHeader();
        continue;
      }
      const end = Math.min(chunk.length, at + this.#payloadLeft);
      this.#payloadLeft -= end - at;
      if (this.#isData) this.#receive(chunk.subarray(at, end));
      at = end;
    }
  }

  #readHeader(): void {
    if (this.#headerCount < 2) return;
    const short = this.#header[1]! & 0x7f;
    const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
    if (this.#headerCount < 2 + lengthBytes) return;
    let length = lengthBytes === 0 ? short : 0;
    for (let at = 2; at < 2 + lengthBytes; at += 1) length = length * 256 + this.#header[at]!;
    this.#payloadLeft = length;
    this.#isData = (this.#header[0]! & 0x0f) <= 2;
    this.#headerCount = 0;
  }
}
