/**
 * Topic names that were read before: the same bytes give the same string again.
 *
 * A publisher mostly repeats its topic, and comparing 30 bytes takes a quarter of the time of
 * decoding them, allocates nothing, and hands on a string whose hash is already known. Each place
 * holds the topic that came last of those that share it; nothing is ever looked for twice.
 */

import { rememberedTopicBytesMax } from "./limits.ts";

interface Remembered {
  readonly topic: string;
  readonly bytes: Uint8Array;
}

/** A power of two. */
const placeCount = 512;

export class TopicMemory {
  #places: (Remembered | undefined)[] | undefined;

  /** The topic whose UTF-8 stands at `from`, if it is remembered. */
  find(bytes: Uint8Array, from: number, length: number): string | undefined {
    const known = this.#places?.[placeOf(bytes, from, length)];
    if (known === undefined || known.bytes.length !== length) return undefined;
    const remembered = known.bytes;
    for (let index = 0; index < length; index++) {
      if (bytes[from + index] !== remembered[index]) return undefined;
    }
    return known.topic;
  }

  /** `topic` must be valid, and its UTF-8 stand at `from`. */
  remember(topic: string, bytes: Uint8Array, from: number, length: number): void {
    if (length > rememberedTopicBytesMax) return;
    this.#places ??= new Array(placeCount);
    // A copy by constructor, because `slice` of a Buffer is a view that would hold the chunk.
    const copy = new Uint8Array(bytes.subarray(from, from + length));
    this.#places[placeOf(bytes, from, length)] = { topic, bytes: copy };
  }
}

/** Topics of one application differ at their end and in their length. */
function placeOf(bytes: Uint8Array, from: number, length: number): number {
  const end = from + length;
  let sum = length;
  for (let at = Math.max(from, end - 4); at < end; at++) sum = sum * 31 + bytes[at]!;
  return sum & (placeCount - 1);
}
