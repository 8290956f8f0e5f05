/** What a frame is. [RFC 6455: 5.2] */

export const opcodes = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

/** In the first byte, beside the opcode: the message ends with this frame. */
export const finalBit = 0x80;

/** In the second byte in place of a length: it stands behind, in 16 bits or in 64. */
export const lengthOf16Bits = 126;
export const lengthOf64Bits = 127;
