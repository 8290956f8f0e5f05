/**
 * The promises of `records.ts`, one test per line, and two tests of everything at once: against a
 * plain map, and many updates of one hot key.
 *
 * An engine's own test calls `recordsSuite`. A promise it does not make is named with its reason.
 */

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Awaitable, textOf, utf8, WorldError } from "../base/mod.ts";
import type { Change, Entry, Records } from "./records.ts";
import { arbitrarySteps, Model } from "./records-model.ts";

export interface RecordsSuiteOptions {
  /** A fresh, empty store. */
  readonly create: () => Promise<Records>;
  /** The latest store again, as it is after its process was lost or it was closed. */
  readonly reopen?: () => Promise<Records>;
  /** A fresh store in which there is no room for a megabyte. */
  readonly createSmall?: () => Promise<Records>;
  /** Promises that the engine does not make, e.g. `{ R4: "memory is lost with the process" }`. */
  readonly notPromised?: Readonly<Record<string, string>>;
}

type Body = (records: Records) => Promise<void>;

export function recordsSuite(name: string, options: RecordsSuiteOptions): void {
  const { create, reopen, createSmall, notPromised = {} } = options;
  const promise = (
    line: string,
    body: Body,
    open: (() => Promise<Records>) | undefined = create,
  ) => {
    const reason = notPromised[line.slice(0, 2)];
    if (reason !== undefined) {
      console.info(`${name} does not promise ${line.slice(0, 2)}: ${reason}`);
      return;
    }
    test(line, async () => {
      if (!open) throw new Error(`nothing to test "${line}" with, and no reason why not`);
      const records = await open();
      await body(records);
    });
  };
  const closing = (body: Body) => async (records: Records) => {
    await body(records);
    await records.close();
  };

  describe(name, () => {
    promise("R1 what an update has answered is seen by get and range", closing(seesAnswered));
    promise("R2 the changes of one update become visible together", closing(seesWhole));
    promise("R3 updates of one key never decide on the same value", closing(losesNoUpdate));
    promise("R4 answered changes outlive the process", outlives(reopen), reopen && create);
    promise("R5 a decision that throws changes nothing", closing(changesNothing));
    promise("R6 a range is in byte order and within its bounds", closing(givesRanges));
    promise("R7 arrays may be reused once a call has returned", closing(keepsBytes));
    promise("R8 a failed commit leaves what was there", closing(failsWhole), createSmall);
    promise("R9 close answers after everything accepted is durable", closes(reopen));
    promise("any sequence of calls gives what a plain map gives", closing(equalsModel));
  });
}

const space = "suite";

export const at = (key: string | Uint8Array, inSpace = space) => ({
  space: inSpace,
  key: typeof key === "string" ? utf8(key) : key,
});

function put(key: string | Uint8Array, value: string | undefined): Change {
  return { ...at(key), value: value === undefined ? undefined : utf8(value) };
}

function write(records: Records, ...changes: Change[]): Promise<void> {
  return records.update([], () => ({ changes, result: undefined }));
}

async function read(records: Records, key: string): Promise<string | undefined> {
  const value = await records.get(at(key));
  return value && textOf(value);
}

function increment(records: Records, key: string): Promise<number> {
  return records.update([at(key)], ([value]) => {
    const count = Number(value ? textOf(value) : 0) + 1;
    return { changes: [put(key, String(count))], result: count };
  });
}

async function rejection(answer: Awaitable<unknown>): Promise<unknown> {
  return Promise.resolve(answer).then(
    () => expect.unreachable("it should have been rejected"),
    (error: unknown) => error,
  );
}

async function seesAnswered(records: Records): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    await write(records, put("a", `${round}`), put(`b${round}`, "new"));
    expect(await read(records, "a")).toBe(`${round}`);
    expect(await records.range({ space, from: utf8("b"), countMax: 100 })).toHaveLength(round + 1);
  }
  await write(records, put("a", undefined), put("never there", undefined));
  expect(await read(records, "a")).toBeUndefined();
  expect(await records.get(at("b1", "another space"))).toBeUndefined();
}

async function seesWhole(records: Records): Promise<void> {
  const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
  let writing = true;
  const writes = (async () => {
    for (let round = 0; round < 30; round += 1) {
      await write(records, ...keys.map((key) => put(key, `${round}`)));
    }
    writing = false;
  })();
  while (writing) {
    const entries = await records.range({ space, countMax: 100 });
    expect(entries.length === 0 || entries.length === keys.length).toBe(true);
    expect(new Set(entries.map((entry) => textOf(entry.value))).size).toBeLessThanOrEqual(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await writes;
}

async function losesNoUpdate(records: Records): Promise<void> {
  const updates: Promise<number>[] = [];
  for (let turn = 0; turn < 50; turn += 1) {
    for (let count = 0; count < 20; count += 1) updates.push(increment(records, "hot"));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const counts = await Promise.all(updates);
  expect(new Set(counts).size).toBe(1_000);
  expect(await read(records, "hot")).toBe("1000");
}

function outlives(reopen: (() => Promise<Records>) | undefined): Body {
  return async (records) => {
    await write(records, put("kept", "yes"), put("gone", "soon"));
    await write(records, put("gone", undefined));
    await records.close();
    const again = await reopen!();
    expect(await read(again, "kept")).toBe("yes");
    expect(await read(again, "gone")).toBeUndefined();
    await again.close();
  };
}

async function changesNothing(records: Records): Promise<void> {
  const refusal = new Error("condition not met");
  const before = write(records, put("a", "1"));
  const failing = records.update([at("a")], ([value]) => {
    expect(value && textOf(value)).toBe("1");
    throw refusal;
  });
  expect(await rejection(failing)).toBe(refusal);
  expect(await read(records, "a")).toBe("1"); // it was looked at, hence durable by now
  await before;
  expect(await records.range({ space, countMax: 10 })).toHaveLength(1);
}

async function givesRanges(records: Records): Promise<void> {
  const keys = [[], [0], [0, 0], [1], [1, 255], [127], [128], [200, 1], [255], [255, 255]];
  const shuffled = [...keys].sort((left, right) => right.length - left.length);
  await write(records, ...shuffled.map((key) => put(new Uint8Array(key), "value")));
  await write(records, { ...at("x", "a neighbour"), value: utf8("other") });
  const keysOf = (entries: Entry[]) => entries.map((entry) => [...entry.key]);
  const range = async (bounds: object) =>
    keysOf(await records.range({ space, countMax: 100, ...bounds }));
  expect(await range({})).toEqual(keys);
  expect(await range({ reverse: true })).toEqual([...keys].reverse());
  expect(await range({ from: new Uint8Array([1]) })).toEqual(keys.slice(3));
  expect(await range({ to: new Uint8Array([128]) })).toEqual(keys.slice(0, 6));
  const middle = { from: new Uint8Array([0, 0]), to: new Uint8Array([200]) };
  expect(await range(middle)).toEqual(keys.slice(2, 7));
  expect(await range({ ...middle, countMax: 2 })).toEqual(keys.slice(2, 4));
  expect(await range({ ...middle, countMax: 2, reverse: true })).toEqual([[128], [127]]);
  expect(await range({ from: new Uint8Array([9]), to: new Uint8Array([3]) })).toEqual([]);
  expect(await range({ countMax: 0 })).toEqual([]);
  const [long, longer] = [5_000, 5_001].map((length) => new Uint8Array(length).fill(1));
  expect(await range({ from: long })).toEqual(keys.slice(4));
  expect(await range({ to: long, reverse: true })).toEqual(keys.slice(0, 4).reverse());
  expect(await range({ from: long, to: longer })).toEqual([]);
  for (const valueBytesMax of [0, 2, 5, 9]) {
    for (const bounds of [{}, { to: new Uint8Array([128]) }, { reverse: true }]) {
      const cut = { space, countMax: 100, valueBytesMax, ...bounds };
      const values = (await records.range(cut)).map(({ value }) => textOf(value));
      expect(new Set(values)).toEqual(new Set(["value".slice(0, valueBytesMax)]));
    }
  }
}

async function keepsBytes(records: Records): Promise<void> {
  const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const empty = new Uint8Array(0);
  const large = new Uint8Array(400_000).fill(7);
  const longKey = new Uint8Array(2_048).fill(255);
  const reused = everyByte.slice();
  const key = longKey.slice();
  const updated = records.update([], () => ({
    changes: [
      { ...at(key), value: reused },
      { ...at("empty"), value: empty },
      { ...at("large"), value: large.subarray(1, 300_000) },
    ],
    result: undefined,
  }));
  reused.fill(0);
  key.fill(1);
  await updated;
  expect(await records.get(at(longKey))).toEqual(everyByte);
  expect(await records.get(at("empty"))).toEqual(empty);
  expect(await records.get(at("large"))).toEqual(large.subarray(1, 300_000));
  const [entry] = await records.range({ space, from: longKey, countMax: 1 });
  entry!.value.fill(9);
  expect(await records.get(at(longKey))).toEqual(everyByte);
}

async function failsWhole(records: Records): Promise<void> {
  await write(records, put("a", "before"));
  const tooMuch = { ...at("big"), value: new Uint8Array(2_000_000).fill(1) };
  const failing = rejection(write(records, put("a", "after"), tooMuch));
  const looking = rejection(
    records.update([at("a")], ([value]) => ({ changes: [], result: value && textOf(value) })),
  );
  const building = rejection(
    records.update([at("big")], () => ({ changes: [put("c", "built")], result: undefined })),
  );
  expect(await failing).toBeInstanceOf(WorldError);
  expect(await looking).toBeInstanceOf(WorldError);
  expect(await building).toBeInstanceOf(WorldError);
  expect(await read(records, "a")).toBe("before");
  expect(await records.range({ space, countMax: 10 })).toHaveLength(1);
  await write(records, put("a", "later"));
  expect(await read(records, "a")).toBe("later");
}

function closes(reopen: (() => Promise<Records>) | undefined): Body {
  return async (records) => {
    const accepted = [increment(records, "n"), increment(records, "n")];
    await records.close();
    expect(await Promise.all(accepted)).toEqual([1, 2]);
    expect(await rejection(records.get(at("n")))).toBeInstanceOf(WorldError);
    expect(await rejection(records.range({ space, countMax: 1 }))).toBeInstanceOf(WorldError);
    expect(await rejection(increment(records, "n"))).toBeInstanceOf(WorldError);
    expect(await rejection(records.close())).toBeInstanceOf(WorldError);
    if (!reopen) return;
    const again = await reopen();
    expect(await read(again, "n")).toBe("2");
    await again.close();
  };
}

async function equalsModel(records: Records): Promise<void> {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(arbitrarySteps, async (steps) => {
      runs += 1;
      const model = new Model(`run ${runs}`);
      for (const step of steps) await model.check(records, step);
    }),
    { numRuns: 40 },
  );
}
