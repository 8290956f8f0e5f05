/** Frames of the server: whole, of one frame each, without a mask. [RFC 6455: 5.1, 5.2] */

import { closeCodes } from "./close-codes.ts";
import { opcodes } from "./opcodes.ts";

const headBytesMax = 10;
const final = 0x80;

/** Larger frames get memory of their own. */
const scratchBytes = 65_536;
const scratch = new Uint8Array(scratchBytes);

/** The bytes are good until the next call. */
export function encodeFrame(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const bytes =
    length <= scratchBytes - headBytesMax ? scratch : new Uint8Array(length + headBytesMax);
  const headBytes = writeHead(bytes, opcode, length);
  bytes.set(payload, headBytes);
  return bytes.subarray(0, headBytes + length);
}

/** With a code, unless it is the one that says there is none. */
export function encodeClose(code: number): Uint8Array {
  const payload = code === closeCodes.none ? [] : [code >> 8, code & 255];
  return encodeFrame(opcodes.close, new Uint8Array(payload));
}

/** Answers how many bytes the head has. */
function writeHead(bytes: Uint8Array, opcode: number, length: number): number {
  bytes[0] = final | opcode;
  if (length < 126) {
    bytes[1] = length;
    return 2;
  }
  if (length < 65_536) {
    bytes[1] = 126;
    bytes[2] = length >> 8;
    bytes[3] = length & 255;
    return 4;
  }
  bytes[1] = 127;
  new DataView(bytes.buffer).setBigUint64(2, BigInt(length));
  return 10;
}
