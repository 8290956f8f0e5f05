/**
 * Frames of the channel between the server and a process of ours, and what they say.
 *
 * A frame is the length of what follows in four bytes, little-endian, a byte for its kind, and a
 * body. The bootstraps have the same table (`bootstrap/channel.mjs`, `bootstrap/python.py`); all
 * come from one installation, so there is no version to agree on.
 */

import { concatBytes, noBytes } from "../../base/mod.ts";

/** What a process says. */
export const fromProcess = {
  /**
   * It asks for work; the call before, or the start, is over. A byte: 1 where a mark stands in the
   * call's log, 0 where nothing was logged; the memory in use, in KiB, in four bytes.
   */
  ready: 1,
  /** The answer. */
  response: 2,
  /** The call failed, or breaks off in the middle of its answer: the error's JSON. Is confirmed. */
  error: 3,
  /** The start failed: the error's JSON. Is confirmed. */
  initError: 4,
  /** An answer in pieces begins: its content type. */
  begin: 5,
  /** A piece of it. Is confirmed when it is taken. */
  piece: 6,
  /** The last piece was the last. */
  end: 7,
  /**
   * The answer, and that it asks for work: nothing was logged. A call that it has ahead begins
   * behind that. The memory in use, in KiB, in four bytes, then the answer.
   */
  answered: 8,
} as const;

/** What the server says. */
export const toProcess = {
  /**
   * A call, in lines: request id, trace id, deadline in ms, ARN, client context (or nothing); and
   * behind these the event.
   */
  call: 1,
  /** So many bytes of pieces were taken, in four bytes; 0 confirms an error. */
  taken: 2,
  /** No call has come for a while: what waits in a read that blocks shall go on with its loop. */
  rest: 3,
  /**
   * A call ahead, behind the one that runs, for which a ticket is to be taken: the number of that
   * in a byte, 0 or 1, then as `call`, with the time that it has, in ms, in place of the deadline.
   * It counts behind `answered` alone, and is dropped behind any other end.
   */
  ahead: 4,
} as const;

const lengthBytes = 4;
export const headBytes = lengthBytes + 1;

export type TakeFrame = (kind: number, body: Uint8Array | undefined) => void;

/** Puts the head of a frame with a body of so many bytes at the beginning of `bytes`. */
export function writeHead(bytes: Uint8Array, kind: number, bodyLength: number): void {
  writeUInt32(bytes, 0, 1 + bodyLength);
  bytes[lengthBytes] = kind;
}

/** Four bytes from `at` on, one by one: a view on the bytes would cost more than all of them. */
export function writeUInt32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** What `writeUInt32` has written. */
export function readUInt32(bytes: Uint8Array, at: number): number {
  const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
  return low + bytes[at + 3]! * 2 ** 24;
}

/**
 * Takes bytes however they were cut, and gives frames. A body of more than `bodyBytesMax` is
 * counted, not kept, and given as `undefined`. A body may be a view of the bytes that came.
 */
export class FrameReader {
  readonly #bodyBytesMax: number;
  readonly #take: TakeFrame;
  /** Of a frame that has not come as a whole; with its head until that is known. */
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #kind: number | undefined;
  #bodyLength = 0;
  /** Of a body that is too long, those still to come. */
  #skipBytes = 0;

  constructor(bodyBytesMax: number, take: TakeFrame) {
    this.#bodyBytesMax = bodyBytesMax;
    this.#take = take;
  }

  push(chunk: Uint8Array): void {
    let rest = this.#takeWhole(chunk);
    while (rest.length > 0) rest = this.#step(rest);
  }

  /** Takes a frame that is there as a whole, as most are; gives the bytes that are left. */
  #takeWhole(bytes: Uint8Array): Uint8Array {
    const isWithin = this.#kind !== undefined || this.#keptBytes > 0;
    if (isWithin || bytes.length < headBytes) return bytes;
    const end = lengthBytes + readUInt32(bytes, 0);
    if (end < headBytes || end > bytes.length || end - headBytes > this.#bodyBytesMax) return bytes;
    this.#take(bytes[lengthBytes]!, bytes.subarray(headBytes, end));
    return end === bytes.length ? noBytes : bytes.subarray(end); // a view costs as much as the rest
  }

  /** Takes some of the bytes; gives those that are left. */
  #step(bytes: Uint8Array): Uint8Array {
    if (this.#kind === undefined) {
      const [head, rest] = this.#gather(bytes, headBytes);
      if (head) this.#begin(head);
      return rest;
    }
    if (this.#bodyLength > this.#bodyBytesMax) return this.#skip(bytes);
    const [body, rest] = this.#gather(bytes, this.#bodyLength);
    if (body) this.#give(body);
    return rest;
  }

  /** The first `count` bytes once they are all there, and what is left of those given. */
  #gather(bytes: Uint8Array, count: number): [Uint8Array | undefined, Uint8Array] {
    const missing = count - this.#keptBytes;
    if (bytes.length < missing) {
      this.#kept.push(bytes.slice());
      this.#keptBytes += bytes.length;
      return [undefined, bytes.subarray(bytes.length)];
    }
    const last = bytes.subarray(0, missing);
    const whole = this.#keptBytes === 0 ? last : concatBytes([...this.#kept, last]);
    this.#kept = [];
    this.#keptBytes = 0;
    return [whole, bytes.subarray(missing)];
  }

  #begin(head: Uint8Array): void {
    this.#bodyLength = Math.max(0, readUInt32(head, 0) - 1);
    this.#kind = head[lengthBytes]!;
    if (this.#bodyLength === 0) this.#give(new Uint8Array(0));
    else this.#skipBytes = this.#bodyLength;
  }

  #skip(bytes: Uint8Array): Uint8Array {
    const skipped = Math.min(this.#skipBytes, bytes.length);
    this.#skipBytes -= skipped;
    if (this.#skipBytes === 0) this.#give(undefined);
    return bytes.subarray(skipped);
  }

  #give(body: Uint8Array | undefined): void {
    const kind = this.#kind!;
    this.#kind = undefined;
    this.#take(kind, body);
  }
}
