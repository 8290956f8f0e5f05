/**
 * Chance from a seed: the same seed and name give the same numbers on every machine.
 *
 * Each part of a simulation draws from a stream of its own, so that one more draw here does not
 * change everything there. The generator is sfc32, seeded by FNV-1a of seed and name.
 */

import type { Random } from "../../base/mod.ts";

export class SeededRandom implements Random {
  readonly #seed: number;
  readonly #name: string;
  readonly #state: Uint32Array;

  constructor(seed: number, name: string) {
    this.#seed = seed;
    this.#name = name;
    this.#state = Uint32Array.of(
      hashText(name),
      hashText(`${seed}`),
      hashText(`${name}${seed}`),
      1,
    );
    for (let round = 0; round < 12; round += 1) this.#next();
  }

  /** A stream of its own for a part. */
  fork(name: string): SeededRandom {
    return new SeededRandom(this.#seed, `${this.#name}/${name}`);
  }

  fraction(): number {
    return this.#next() / 2 ** 32;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.#next() & 0xff);
  }

  /** An integer in [0, `count`). */
  below(count: number): number {
    return Math.floor(this.fraction() * count);
  }

  /** In [`from`, `to`). */
  between(from: number, to: number): number {
    return from + this.fraction() * (to - from);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** Some of the choices, at least one, in their order. */
  some<T>(choices: readonly T[], countMax: number): T[] {
    const wanted = Math.min(1 + this.below(countMax), choices.length);
    const rest = choices.map((_, index) => index);
    const picked: number[] = [];
    while (picked.length < wanted) picked.push(...rest.splice(this.below(rest.length), 1));
    return picked.sort((left, right) => left - right).map((index) => choices[index]!);
  }

  #next(): number {
    const state = this.#state;
    const [a, b, c, counter] = state as unknown as [number, number, number, number];
    const sum = (a + b + counter) >>> 0;
    state[3] = counter + 1;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    return sum;
  }
}

/** FNV-1a, 32 bits. `hash` goes on from an earlier text. */
export function hashText(text: string, hash = 0x811c9dc5): number {
  let mixed = hash;
  for (let at = 0; at < text.length; at += 1) {
    mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193);
  }
  return mixed >>> 0;
}
