/** MD2 (RFC 1319), which no library of today brings any more. Fit for nothing but comparison. */

const blockBytes = 16;
const rounds = 18;

/** The 16 bytes of the digest. */
export function md2(message: Uint8Array): Uint8Array {
  const padding = blockBytes - (message.length % blockBytes);
  const length = message.length + padding;
  const padded = new Uint8Array(length + blockBytes).fill(padding, message.length, length);
  padded.set(message);
  padded.set(checksumOf(padded.subarray(0, length)), length);
  const state = new Uint8Array(3 * blockBytes);
  for (let at = 0; at < padded.length; at += blockBytes) {
    for (let index = 0; index < blockBytes; index += 1) {
      const byte = padded[at + index]!;
      state[blockBytes + index] = byte;
      state[2 * blockBytes + index] = byte ^ state[index]!;
    }
    mix(state);
  }
  return state.slice(0, blockBytes);
}

function mix(state: Uint8Array): void {
  let carry = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (let index = 0; index < state.length; index += 1) {
      carry = state[index]! ^ substitution[carry]!;
      state[index] = carry;
    }
    carry = (carry + round) & 0xff;
  }
}

/** As the erratum to the RFC has it: each byte is mixed into what the checksum held. */
function checksumOf(padded: Uint8Array): Uint8Array {
  const checksum = new Uint8Array(blockBytes);
  let last = 0;
  for (let at = 0; at < padded.length; at += 1) {
    const index = at % blockBytes;
    last = checksum[index]! ^ substitution[padded[at]! ^ last]!;
    checksum[index] = last;
  }
  return checksum;
}

/** A permutation of all bytes, made from the digits of pi (RFC 1319). */
const substitution = Buffer.from(
  "292e43c9a2d87c013d3654a1ecf0061362a705f3c0c7738c98932bd9bc4c82ca" +
    "1e9b573cfdd4e01667426f188a17e512be4ec4d6da9ede49a0fbf58ebb2fee7a" +
    "a968799115b2073f94c210890b225f21807f5d9a5a903227353ecce7bff79703" +
    "ff1930b348a5b5d1d75e922aac56aac64fb838d296a47db676fc6be29c7404f1" +
    "459d705964718720865bcf65e62da8021b6025adaeb0b9f61c46616934407e0f" +
    "5547a323dd51af3ac35cf9cebac5ea262c530d6e85288409d3dfcdf441814d52" +
    "6adc37c86cc1abfa24e17b080cbdb14a7888958be363e86de9cbd5fe3b001d39" +
    "f2efb70e6658d0e4a67772f8eb754b0a314450b48fed1f1adb998d339f118314",
  "hex",
);
