/**
 * Shadows on disk: one record each, under the thing's name and its own.
 *
 * What was deleted leaves its version in the same place, and a mark in a second space, in order of
 * time, by which it is found when its time is over. A mark whose shadow has come back is let go.
 */

import { concatBytes, textOf, utf8 } from "../base/mod.ts";
import type { Change, Entry, Records } from "../storage/mod.ts";
import { parseExactly } from "./document/number.ts";
import { type Deleted, isThere, type Kept, keptAt, type Shadow } from "./document/shadow.ts";
import { shadowLimits } from "./limits.ts";
import type { ShadowName } from "./names.ts";

const space = "shadows";
const marksSpace = "shadows-deleted";

/** What is to be kept from now on; without it everything stays as it is. */
export interface StoreDecision<T> {
  readonly kept?: Shadow | Deleted;
  readonly result: T;
}

export class ShadowStore {
  readonly #records: Records;

  constructor(records: Records) {
    this.#records = records;
  }

  async read(name: ShadowName): Promise<Kept> {
    return decode(await this.#records.get({ space, key: keyOf(name) }));
  }

  /** Answers when the change is durable. `decide` is pure and may run again. */
  change<T>(name: ShadowName, decide: (kept: Kept) => StoreDecision<T>): Promise<T> {
    const key = keyOf(name);
    return this.#records.update([{ space, key }], ([value]) => {
      const { kept, result } = decide(decode(value));
      return { changes: kept ? changesFor(key, kept) : [], result };
    });
  }

  /** Names of a thing's named shadows, in order, those behind `after`. */
  async names(thingName: string, after: string, countMax: number): Promise<string[]> {
    const names: string[] = [];
    const to = utf8(`${thingName}\x0b`); // what comes after a line feed
    let from = keyAfter(keyOf({ thingName, shadowName: after }));
    for (;;) {
      const page = await this.#records.range({ space, from, to, countMax: shadowLimits.rangeMax });
      for (const { key, value } of page) {
        if (isThere(decode(value))) names.push(textOf(key).slice(thingName.length + 1));
        if (names.length === countMax) return names;
      }
      const last = page.at(-1);
      if (!last || page.length < shadowLimits.rangeMax) return names;
      from = keyAfter(last.key);
    }
  }

  /**
   * Forgets versions whose time is over; answers with how many marks there were. What it has not
   * come to when it is told to stop is there for the next time.
   */
  async sweep(nowSeconds: number, stop?: AbortSignal): Promise<number> {
    const to = timeKey(nowSeconds - shadowLimits.versionKeptSeconds + 1);
    let count = 0;
    for (;;) {
      const countMax = shadowLimits.rangeMax;
      const marks = await this.#records.range({ space: marksSpace, to, countMax });
      for (const mark of marks) {
        if (stop?.aborted) return count;
        await this.#forget(mark, nowSeconds);
        count += 1;
      }
      if (marks.length < countMax) return count;
    }
  }

  #forget({ key: markKey }: Entry, nowSeconds: number): Promise<void> {
    const key = markKey.slice(timeBytes);
    return this.#records.update([{ space, key }], ([value]) => {
      const kept = decode(value);
      const isOver = kept !== undefined && keptAt(kept, nowSeconds) === undefined;
      const mark: Change = { space: marksSpace, key: markKey, value: undefined };
      const forgotten: Change = { space, key, value: undefined };
      return { changes: isOver ? [forgotten, mark] : [mark], result: undefined };
    });
  }
}

function decode(value: Uint8Array | undefined): Kept {
  return value && (parseExactly(textOf(value)) as Kept);
}

function changesFor(key: Uint8Array, kept: Shadow | Deleted): Change[] {
  const change = { space, key, value: utf8(JSON.stringify(kept)) };
  if (isThere(kept)) return [change];
  const markKey = concatBytes([timeKey(kept.deletedAtSeconds), key]);
  return [change, { space: marksSpace, key: markKey, value: new Uint8Array(0) }];
}

/** Neither name has a line feed; the classic shadow comes before those with names. */
function keyOf({ thingName, shadowName = "" }: ShadowName): Uint8Array {
  return utf8(`${thingName}\n${shadowName}`);
}

/** The next key that can be. */
function keyAfter(key: Uint8Array): Uint8Array {
  return new Uint8Array([...key, 0]);
}

const timeBytes = 8;

function timeKey(seconds: number): Uint8Array {
  const bytes = new Uint8Array(timeBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(Math.max(0, seconds)));
  return bytes;
}
