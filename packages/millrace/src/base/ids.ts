/** Identifiers, from a source of randomness that a test can fix. */

export interface Random {
  /** Fresh random bytes, fit for keys and tokens. */
  bytes(count: number): Uint8Array;
  /** In [0, 1). For jitter and shuffling, never for secrets. */
  fraction(): number;
  /** A version 4 UUID, where the source has a quicker way than its bytes. */
  uuid?(): string;
}

/** Few bytes, of which each request takes some, are drawn in advance; keys are longer. */
const drawnBytes = 4_096;
const fewBytesMax = 24;

function openSystemRandom(): Random {
  const drawn = new Uint8Array(drawnBytes);
  let at = drawnBytes;
  function takeDrawn(count: number): Uint8Array {
    if (at + count > drawnBytes) {
      crypto.getRandomValues(drawn);
      at = 0;
    }
    at += count;
    return drawn.slice(at - count, at);
  }
  return {
    bytes: (count) =>
      count <= fewBytesMax ? takeDrawn(count) : crypto.getRandomValues(new Uint8Array(count)),
    fraction: () => Math.random(),
    uuid: () => crypto.randomUUID(),
  };
}

export const systemRandom: Random = openSystemRandom();

/** A version 4 UUID (RFC 9562), lower case with hyphens. */
export function newUuid(random: Random): string {
  return random.uuid ? random.uuid() : uuidOf(random.bytes(16));
}

function uuidOf(bytes: Uint8Array): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toHex();
  const ends = [8, 12, 16, 20, 32];
  return ends.map((end, index) => hex.slice(ends[index - 1] ?? 0, end)).join("-");
}

/** `countBytes` random bytes as lower-case hexadecimal. */
export function newHexId(random: Random, countBytes: number): string {
  return random.bytes(countBytes).toHex();
}
