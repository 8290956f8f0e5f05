/**
 * Numbers that look random and follow from a seed.
 *
 * Each client draws from a stream of its own, forked by its name, so that what one client decides
 * does not hang on how the others were scheduled. The machine's timing stays out of the seed's
 * reach: the same seed gives the same plans and the same decisions, not the same interleaving.
 */

export class Random {
  readonly #seed: number;
  #state: number;

  /** Any whole number; its low 32 bits count. */
  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#state = this.#seed;
  }

  /** From 0 up to, and without, 1. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.between(0, from.length - 1)]!;
  }

  /** Each of `from` with this probability, in its order; at least one. */
  some<T>(from: readonly T[], probability: number): T[] {
    const chosen = from.filter(() => this.chance(probability));
    return chosen.length > 0 ? chosen : [this.pick(from)];
  }

  /** A stream of its own, the same for the same seed and name. */
  fork(name: string): Random {
    let hash = this.#seed ^ 0x811c9dc5;
    for (const character of name) {
      hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
    }
    return new Random(hash);
  }
}
