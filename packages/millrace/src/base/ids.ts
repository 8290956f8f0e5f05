/** Identifiers, from a source of randomness that a test can fix. */

export interface Random {
  /** Fresh random bytes, fit for keys and tokens. */
  bytes(count: number): Uint8Array;
  /** In [0, 1). For jitter and shuffling, never for secrets. */
  fraction(): number;
}

export const systemRandom: Random = {
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  fraction: () => Math.random(),
};

/** A version 4 UUID (RFC 9562), lower case with hyphens. */
export function newUuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = toHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** `countBytes` random bytes as lower-case hexadecimal. */
export function newHexId(random: Random, countBytes: number): string {
  return toHex(random.bytes(countBytes));
}

function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}
