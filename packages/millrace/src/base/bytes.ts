/** Bytes and text. */

const encoder = new TextEncoder();
const lenientDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const noBytes = new Uint8Array(0);

/** Bytes that come in pieces. */
export interface BytePieces {
  /** Of all pieces together, where it is known. */
  readonly length?: number;
  readonly pieces: ReadableStream<Uint8Array>;
}

/** At most, of one code unit of UTF-16, by which the length of a text is measured. */
export const utf8BytesPerUnitMax = 3;

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text of the bytes; what is not UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return lenientDecoder.decode(bytes);
}

/** Text of the bytes, or `undefined` when they are not UTF-8. */
export function textOrUndefined(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined; // TextDecoder has no other way to say no
  }
}

/** A new array with the bytes of all chunks, in order. */
export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return joined;
}

/** Order of two byte strings, unsigned, shorter first: negative, zero or positive. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at += 1) {
    const difference = left[at]! - right[at]!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export function toBase64(bytes: Uint8Array): string {
  return bytes.toBase64();
}

/** Bytes of a base64 text in its one canonical form, or `undefined`. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) return undefined;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
