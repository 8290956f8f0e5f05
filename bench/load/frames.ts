/**
 * WebSocket frames (RFC 6455), as much as the generator needs.
 *
 * A header is put before outgoing bytes with a mask of zeros, which leaves them as they are.
 * Incoming frames are taken off without copying: payloads are handed on in the pieces they came
 * in. A ping is told, so that it can be answered; other control frames are skipped.
 */

const binaryFinal = 0x82;
const pongFinal = 0x8a;
const pingOpcode = 9;
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

/** The answer to a ping. */
export function pongOf(payload: Uint8Array): Uint8Array {
  const pong = frameOf(payload);
  pong[0] = pongFinal;
  return pong;
}

export class Deframer {
  readonly #receive: (piece: Uint8Array) => void;
  readonly #ping: (payload: Uint8Array) => void;
  readonly #header = new Uint8Array(headerBytesMax);
  #headerCount = 0;
  #payloadLeft = 0;
  #opcode = 0;
  /** What has come of a ping; a ping has at most 125 bytes. */
  #pinged: Uint8Array = new Uint8Array(0);

  /**
   * `receive` gets the payload of data frames, in pieces that are views of what was pushed; `ping`
   * gets that of each ping.
   */
  constructor(receive: (piece: Uint8Array) => void, ping: (payload: Uint8Array) => void) {
    this.#receive = receive;
    this.#ping = ping;
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
      this.#take(chunk.subarray(at, end));
      at = end;
    }
  }

  #take(piece: Uint8Array): void {
    if (this.#opcode <= 2) {
      this.#receive(piece);
      return;
    }
    if (this.#opcode !== pingOpcode) return;
    this.#pinged = Buffer.concat([this.#pinged, piece]);
    if (this.#payloadLeft > 0) return;
    this.#ping(this.#pinged);
    this.#pinged = new Uint8Array(0);
  }

  #readHeader(): void {
    if (this.#headerCount < 2) return;
    const short = this.#header[1]! & 0x7f;
    const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
    if (this.#headerCount < 2 + lengthBytes) return;
    let length = lengthBytes === 0 ? short : 0;
    for (let at = 2; at < 2 + lengthBytes; at += 1) length = length * 256 + this.#header[at]!;
    this.#payloadLeft = length;
    this.#opcode = this.#header[0]! & 0x0f;
    this.#headerCount = 0;
    if (length === 0 && this.#opcode === pingOpcode) this.#ping(new Uint8Array(0));
  }
}
