/**
 * Takes the mask off what clients send. [RFC 6455: 5.3]
 *
 * A mask is four bytes, here a number whose lowest byte is for the next byte of the payload.
 */

/** Fewer bytes are sooner done one by one than a view of words is made. */
const wordwiseBytesMin = 256;

/** The mask for what follows after so many bytes. */
export function turnMask(mask: number, bytes: number): number {
  const bits = (bytes & 3) * 8;
  return bits === 0 ? mask : (mask >>> bits) | (mask << (32 - bits));
}

/** Unmasks `length` bytes where they stand. */
export function unmask(bytes: Uint8Array, from: number, length: number, mask: number): void {
  if (length < wordwiseBytesMin) unmaskBytes(bytes, from, length, mask);
  else unmaskWords(bytes, from, length, mask);
}

function unmaskBytes(bytes: Uint8Array, from: number, length: number, mask: number): void {
  const end = from + length;
  let turned = mask;
  for (let at = from; at < end; at += 1) {
    bytes[at]! ^= turned;
    turned = (turned >>> 8) | (turned << 24);
  }
}

/** Byte by byte up to a border of words in memory, and behind the last whole word. */
function unmaskWords(bytes: Uint8Array, from: number, length: number, mask: number): void {
  const before = -(bytes.byteOffset + from) & 3;
  unmaskBytes(bytes, from, before, mask);
  const turned = turnMask(mask, before);
  const count = (length - before) >>> 2;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + from + before, count);
  for (let at = 0; at < count; at += 1) words[at]! ^= turned;
  const done = before + count * 4;
  unmaskBytes(bytes, from + done, length - done, turned);
}
