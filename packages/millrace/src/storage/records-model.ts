/**
 * The slow and obvious store that engines are compared with: a plain map, sorted when asked.
 *
 * A step is a burst of updates that are sent without waiting, or a question whose answer must be
 * the map's.
 */

import { expect } from "bun:test";
import fc from "fast-check";
import { compareBytes } from "../base/mod.ts";
import type { Change, Entry, Key, Records } from "./records.ts";

type Pair = readonly [key: Uint8Array, value: Uint8Array | undefined];

type Step =
  | { readonly kind: "updates"; readonly bursts: readonly (readonly Pair[])[] }
  | { readonly kind: "get"; readonly key: Key }
  | {
      readonly kind: "range";
      readonly from: Key | undefined;
      readonly to: Key | undefined;
      readonly reverse: boolean;
      readonly countMax: number;
    };

/** Few and short keys, so that they meet. */
const arbitraryKey = fc
  .array(fc.constantFrom(0, 1, 127, 128, 255), { maxLength: 3 })
  .map((bytes) => new Uint8Array(bytes));
const arbitraryPair = fc.tuple(
  arbitraryKey,
  fc.option(fc.uint8Array({ maxLength: 20 }), { nil: undefined }),
);
const arbitraryBound = fc.option(arbitraryKey, { nil: undefined });

export const arbitrarySteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("updates" as const),
      bursts: fc.array(fc.array(arbitraryPair, { maxLength: 4 }), { maxLength: 5 }),
    }),
    fc.record({ kind: fc.constant("get" as const), key: arbitraryKey }),
    fc.record({
      kind: fc.constant("range" as const),
      from: arbitraryBound,
      to: arbitraryBound,
      reverse: fc.boolean(),
      countMax: fc.nat({ max: 20 }),
    }),
  ),
  { maxLength: 30 },
);

export class Model {
  readonly #space: string;
  readonly #entries = new Map<string, Entry>();

  constructor(space: string) {
    this.#space = space;
  }

  /** Runs the step on both, and compares. */
  async check(records: Records, step: Step): Promise<void> {
    const space = this.#space;
    if (step.kind === "updates") {
      const updates = step.bursts.map((pairs) => this.#update(records, pairs));
      await Promise.all(updates);
    } else if (step.kind === "get") {
      expect(await records.get({ space, key: step.key })).toEqual(this.#get(step.key));
    } else {
      const { from, to, reverse, countMax } = step;
      const found = await records.range({ space, from, to, reverse, countMax });
      let expected = this.#sorted().filter(
        ({ key }) => (!from || compareBytes(key, from) >= 0) && (!to || compareBytes(key, to) < 0),
      );
      if (reverse) expected = expected.reverse();
      expect(found).toEqual(expected.slice(0, countMax));
    }
  }

  #update(records: Records, pairs: readonly Pair[]): Promise<void> {
    const addresses = pairs.map(([key]) => ({ space: this.#space, key }));
    const changes: Change[] = pairs.map(([key, value]) => ({ space: this.#space, key, value }));
    const expected = pairs.map(([key]) => this.#get(key));
    for (const [key, value] of pairs) {
      if (value) this.#entries.set(textOfKey(key), { key, value });
      else this.#entries.delete(textOfKey(key));
    }
    return records.update(addresses, (values) => {
      expect(values).toEqual(expected);
      return { changes, result: undefined };
    });
  }

  #get(key: Key): Uint8Array | undefined {
    return this.#entries.get(textOfKey(key))?.value;
  }

  #sorted(): Entry[] {
    return [...this.#entries.values()].sort((left, right) => compareBytes(left.key, right.key));
  }
}

function textOfKey(key: Key): string {
  return key.join(" ");
}
