/**
 * What an engine that keeps everything in memory holds: named spaces of ordered records.
 *
 * Values are copied on the way in and on the way out; nobody shares an array with the store.
 */

import { assert } from "../../base/mod.ts";
import { bytesOfKey, spellBound, spellKey } from "../identity.ts";
import type { Change, Entry, Range, RecordAddress } from "../records.ts";
import { SortedMap } from "./sorted-map.ts";

export class Spaces {
  readonly #spaces = new Map<string, SortedMap<Uint8Array>>();

  get({ space, key }: RecordAddress): Uint8Array | undefined {
    return this.#spaces.get(space)?.get(spellKey(key))?.slice();
  }

  range(range: Range): Entry[] {
    assert(range.countMax >= 0, `a range of ${range.countMax} entries`);
    const space = this.#spaces.get(range.space);
    if (!space) return [];
    const { valueBytesMax } = range;
    const from = range.from && spellBound(range.from);
    const to = range.to && spellBound(range.to);
    const { keys, start, end } = space.keysWithin(from, to);
    const chosen = range.reverse
      ? keys.slice(Math.max(start, end - range.countMax), end).reverse()
      : keys.slice(start, Math.min(end, start + range.countMax));
    return chosen.map((key) => ({
      key: bytesOfKey(key),
      value: space.get(key)!.slice(0, valueBytesMax),
    }));
  }

  apply({ space: name, key, value }: Change): void {
    let space = this.#spaces.get(name);
    if (!space) {
      space = new SortedMap();
      this.#spaces.set(name, space);
    }
    if (value === undefined) space.delete(spellKey(key));
    else space.set(spellKey(key), value.slice());
  }
}
