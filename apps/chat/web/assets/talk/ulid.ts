/**
 * ULIDs: 48 bits of time in milliseconds and 80 random bits, in 26 characters that sort by time.
 * Those of one maker only rise, also within a millisecond and when the clock is set back.
 */

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export interface UlidSource {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Fresh random bytes. */
  readonly random: (count: number) => Uint8Array;
}

export function createUlids(source: UlidSource): () => string {
  let last = 0n;
  return () => {
    const random = source.random(10).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const next = (BigInt(source.now()) << 80n) | random;
    last = next >> 80n > last >> 80n ? next : last + 1n;
    return encodeUlid(last);
  };
}

/** Milliseconds since 1970 of a well-formed ULID. */
export function timeOfUlid(id: string): number {
  return [...id.slice(0, 10)].reduce((sum, digit) => sum * 32 + alphabet.indexOf(digit), 0);
}

function encodeUlid(value: bigint): string {
  let text = "";
  for (let rest = value; text.length < 26; rest >>= 5n) {
    text = alphabet[Number(rest & 31n)] + text;
  }
  return text;
}
