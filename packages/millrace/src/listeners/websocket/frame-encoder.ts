/**
 * Frames of the server: each a whole message, without a mask, its head and payload in one piece of
 * memory, because a second write to the kernel would cost more than the copy. [RFC 6455: 5.1, 5.2]
 */

import { closeCodes } from "./close-codes.ts";
import { finalBit, lengthOf16Bits, lengthOf64Bits, opcodes } from "./frame.ts";

/** Longer than 16 bits can say. */
const largeBytesMin = 65_536;

/**
 * Processors of AMD copy twenty times slower when the target lies less than this above the source,
 * both counted from the beginning of their pages, where large arrays begin. [glibc: bug 30994]
 */
const lineBytes = 64;

/** Larger frames get memory of their own. */
const scratch = new Uint8Array(65_536);

/** The bytes are good until the next call. */
export function encodeFrame(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const at = lineBytes + (payload.byteOffset & (lineBytes - 1));
  const end = at + length;
  const bytes = end <= scratch.length ? scratch : new Uint8Array(end);
  bytes.set(payload, at);
  return bytes.subarray(writeHead(bytes, at, opcode, length), end);
}

/** With a code, unless it is the one that says there is none. */
export function encodeClose(code: number): Uint8Array {
  const payload = code === closeCodes.none ? [] : [code >> 8, code & 255];
  return encodeFrame(opcodes.close, new Uint8Array(payload));
}

/** Writes the head before `end`, and answers where it begins. */
function writeHead(bytes: Uint8Array, end: number, opcode: number, length: number): number {
  if (length < lengthOf16Bits) {
    bytes[end - 1] = length;
    bytes[end - 2] = finalBit | opcode;
    return end - 2;
  }
  bytes[end - 1] = length & 255;
  bytes[end - 2] = (length >> 8) & 255;
  if (length < largeBytesMin) {
    bytes[end - 3] = lengthOf16Bits;
    bytes[end - 4] = finalBit | opcode;
    return end - 4;
  }
  bytes[end - 3] = (length >> 16) & 255;
  bytes[end - 4] = length >>> 24;
  bytes.fill(0, end - 8, end - 4); // no payload here has 4 GiB
  bytes[end - 9] = lengthOf64Bits;
  bytes[end - 10] = finalBit | opcode;
  return end - 10;
}
