/**
 * A realistic mix of topic filters, and topics whose matches are known without matching.
 *
 * Of ten filters four are exact, three end in `#`, two in `+`, and one begins with `+`. Each has an
 * id of its own, so a topic made for one filter reaches that one alone, and a near miss goes down
 * the tree as far and reaches nobody.
 */

/** One message in so many reaches a subscriber. */
export const reachingEvery = 10;

/** The filter with this index. */
export function filterOf(index: number): string {
  const kind = index % 10;
  if (kind < 4) return `device/${index}/temperature`;
  if (kind < 7) return `user/${index}/#`;
  return kind < 9 ? `room/${index}/+` : `+/${index}/state`;
}

/** A topic that only the filter with this index matches; a new one for each number if it can be. */
function topicFor(index: number, number: number): string {
  const kind = index % 10;
  if (kind < 4) return `device/${index}/temperature`;
  if (kind < 7) return `user/${index}/inbox/${number}`;
  return kind < 9 ? `room/${index}/m${number}` : `sensor${number}/${index}/state`;
}

/** A topic on the way to the filter with this index that none matches; new for each number. */
function nearMissFor(index: number, number: number): string {
  const kind = index % 10;
  if (kind < 4) return `device/${index}/t${number}`;
  if (kind < 7) return `user/x${index}/inbox/${number}`;
  return kind < 9 ? `room/${index}/m/${number}` : `sensor/${index}/c${number}`;
}

/** Topics all over the filters, the same in every run. */
export class Topics {
  readonly #filterCount: number;
  #number = 0;
  #random = 0x2545_f491;

  constructor(filterCount: number) {
    this.#filterCount = filterCount;
  }

  /** A topic that was not there before: no memory of earlier topics helps. */
  fresh(): string {
    const number = this.#number;
    this.#number += 1;
    const index = this.#nextIndex();
    if (number % reachingEvery > 0) return nearMissFor(index, number);
    const first = index - (index % 10);
    return topicFor(first + 4 + (index % 6), number); // exact filters have one topic only
  }

  /** Some topics that come again and again; the first of every ten reaches a subscriber. */
  several(count: number): string[] {
    return Array.from({ length: count }, (_, number) => {
      const index = this.#nextIndex();
      const isReaching = number % reachingEvery === 0;
      return isReaching ? topicFor(index, number) : nearMissFor(index, number);
    });
  }

  /** An xorshift generator, of which only the spread matters. */
  #nextIndex(): number {
    let value = this.#random;
    value ^= value << 13;
    value ^= value >>> 17;
    value ^= value << 5;
    this.#random = value;
    return (value >>> 0) % this.#filterCount;
  }
}
