/**
 * Shadows on disk, over the `Records` port.
 *
 *   space `shadows`           thing, line feed, shadow        -> a `Shadow`, as JSON
 *   space `shadow-versions`   thing, line feed, shadow        -> a `Deleted`, as JSON
 *   space `shadows-deleted`   seconds, thing, line feed, ...  -> nothing
 *
 * Under a name there is a shadow, or the version of one that was deleted, never both: so names are
 * listed by their keys. By the mark in the third space, in order of time, a version is found when
 * its time is over. A mark whose shadow has come back is let go.
 */

import { concatBytes, textOf, utf8 } from "../base/mod.ts";
import type { Change, Entry, Records } from "../storage/mod.ts";
import { parseExactly } from "./document/number.ts";
import { type Deleted, isThere, type Kept, keptAt, type Shadow } from "./document/shadow.ts";
import { shadowLimits } from "./limits.ts";
import type { ShadowName } from "./names.ts";

const space = "shadows";
const versionsSpace = "shadow-versions";
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

  /** `undefined`: there is none, whether there was one or not. */
  async read(name: ShadowName): Promise<Shadow | undefined> {
    const value = await this.#records.get({ space, key: keyOf(name) });
    return value && decode<Shadow>(value);
  }

  /** Answers when the change is durable. `decide` is pure and may run again. */
  change<T>(name: ShadowName, decide: (kept: Kept) => StoreDecision<T>): Promise<T> {
    const key = keyOf(name);
    const reads = [
      { space, key },
      { space: versionsSpace, key },
    ];
    return this.#records.update(reads, ([shadow, version]) => {
      const value = shadow ?? version;
      const { kept, result } = decide(value && decode(value));
      if (!kept) return { changes: [], result };
      const left: Change = { space: versionsSpace, key, value: undefined };
      const isBack = isThere(kept) && version !== undefined;
      return { changes: [...changesFor(key, kept), ...(isBack ? [left] : [])], result };
    });
  }

  /** Names of a thing's named shadows, in order, those behind `after`. */
  async names(thingName: string, after: string, countMax: number): Promise<string[]> {
    const from = keyAfter(keyOf({ thingName, shadowName: after }));
    const to = utf8(`${thingName}\x0b`); // what comes after a line feed
    const page = await this.#records.range({ space, from, to, countMax });
    return page.map(({ key }) => textOf(key).slice(thingName.length + 1));
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
    return this.#records.update([{ space: versionsSpace, key }], ([value]) => {
      const isOver = value !== undefined && keptAt(decode(value), nowSeconds) === undefined;
      const mark: Change = { space: marksSpace, key: markKey, value: undefined };
      const forgotten: Change = { space: versionsSpace, key, value: undefined };
      return { changes: isOver ? [forgotten, mark] : [mark], result: undefined };
    });
  }
}

function decode<T extends Shadow | Deleted>(value: Uint8Array): T {
  return parseExactly(textOf(value)) as T;
}

function changesFor(key: Uint8Array, kept: Shadow | Deleted): Change[] {
  const value = utf8(JSON.stringify(kept));
  if (isThere(kept)) return [{ space, key, value }];
  const markKey = concatBytes([timeKey(kept.deletedAtSeconds), key]);
  return [
    { space, key, value: undefined },
    { space: versionsSpace, key, value },
    { space: marksSpace, key: markKey, value: new Uint8Array(0) },
  ];
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
