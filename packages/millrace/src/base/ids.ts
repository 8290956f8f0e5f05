/** Identifiers, from a source of randomness that a test can fix. */

export interface Random {
  /** Fresh random bytes, fit for keys and tokens. */
  bytes(count: number): Uint8Array;
  /** In [0, 1). For jitter and shuffling, never for secrets. */
  fraction(): number;
  /** A version 4 UUID, where the source has a quicker way than its bytes. */
  uuid?(): string;
}

export const systemRandom: Random = {
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  fraction: () => Math.random(),
  uuid: () => crypto.randomUUID(),
};

/** A version 4 UUID (RFC 9562), lower case with hyphens. */
export function newUuid(random: Random): string {
  return random.uuid ? random.uuid() : uuidOf(random.bytes(16));
}

function uuidOf(bytes: Uint8Array): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = toHex(bytes);
  const ends = [8, 12, 16, 20, 32];
  return ends.map((end, index) => hex.slice(ends[index - 1] ?? 0, end)).join("-");
}

/** `countBytes` random bytes as lower-case hexadecimal. */
export function newHexId(random: Random, countBytes: number): string {
  return toHex(random.bytes(countBytes));
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
