import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ManualClock, silentLogger, WorldError } from "../base/mod.ts";
import { openMemoryRecords, type Records } from "../storage/mod.ts";
import { comparePlaces, placeId, placeOfId } from "./event.ts";
import {
  blockSpanMs,
  flushMs,
  followerWorkMax,
  followerWorkMs,
  pendingBytesMax,
  readPerTurnMax,
  scannedBytesMax,
  streamsPerGroupMax,
  trimEveryMs,
} from "./limits.ts";
import { type Followed, Logs, type LogsOptions } from "./logs.ts";
import { PatternTooCostly } from "./pattern/cursor.ts";
import type { ReadWish } from "./reader.ts";

const dayMs = 86_400_000;

async function open(changes: Partial<LogsOptions> = {}) {
  const clock = changes.clock ?? new ManualClock();
  const records = changes.records ?? openMemoryRecords();
  const logs = new Logs({ clock, records, logger: silentLogger, ...changes });
  await logs.start();
  const line = (message: string, timestampMs = clock.now(), stream = "s", group = "g") =>
    logs.write({ group, stream, message, timestampMs });
  return { logs, clock: clock as ManualClock, records, line };
}

/** The messages of a group. */
async function read(logs: Logs, wish: Partial<ReadWish> = {}, groupName = "g") {
  const group = logs.group(groupName);
  if (!group) return undefined;
  const { events } = await logs.read(group, {
    fromMs: 0,
    toMs: Number.POSITIVE_INFINITY,
    direction: "forward",
    wants: () => true,
    ...wish,
  });
  return events.map(({ message }) => message);
}

function droppedOf(logs: Logs): Record<string, number> {
  const figure = logs.figures().find(({ name }) => name === "millrace_log_events_dropped_total");
  const samples = (
    figure as unknown as { samples: { labels: { reason: string }; value: number }[] }
  ).samples;
  return Object.fromEntries(samples.map(({ labels, value }) => [labels.reason, value]));
}

/** Records that can be told to fail, as a full disk does. */
function failing(records: Records) {
  const state = { fails: false };
  const update: Records["update"] = (reads, decide) =>
    state.fails
      ? Promise.reject(new WorldError("DISK_FULL", "full"))
      : records.update(reads, decide);
  const wrapped: Records = {
    get: (address) => records.get(address),
    range: (range) => records.range(range),
    close: () => records.close(),
    update,
  };
  return { state, records: wrapped };
}

describe("lines that nobody waits for", () => {
  test("are seen by whoever reads next, and by the next process", async () => {
    const { logs, line, records, clock } = await open();
    line("one");
    line("two", clock.now(), "other");
    expect(await read(logs)).toEqual(["one", "two"]);
    const again = await open({ records, clock });
    expect(await read(again.logs)).toEqual(["one", "two"]);
    again.line("three");
    expect(await read(again.logs)).toEqual(["one", "two", "three"]);
  });

  test("reach the disk a moment after the first of them", async () => {
    const { line, clock, records } = await open();
    line("one");
    const kept = async () => (await records.range({ space: "log-events", countMax: 9 })).length;
    clock.advance(flushMs - 1);
    await Bun.sleep(1);
    expect(await kept()).toBe(0);
    clock.advance(1);
    await Bun.sleep(1);
    expect(await kept()).toBe(1);
  });

  test("that find no room are dropped and counted", async () => {
    const { logs, line } = await open();
    const large = "x".repeat(1_000_000);
    const fit = Math.floor(pendingBytesMax / (large.length + 26));
    for (let i = 0; i < fit + 3; i += 1) line(large);
    expect(droppedOf(logs)).toEqual({ full: 3, failed: 0, room: 0 });
    await logs.close();
    expect(droppedOf(logs)).toEqual({ full: 3, failed: 0, room: 0 });
  });

  test("that the disk refuses are counted, and later ones are kept", async () => {
    const { state, records } = failing(openMemoryRecords());
    const { logs, line } = await open({ records });
    state.fails = true;
    line("lost");
    expect(await read(logs)).toEqual([]);
    expect(droppedOf(logs).failed).toBe(1);
    state.fails = false;
    line("kept");
    expect(await read(logs)).toEqual(["kept"]);
  });
});

describe("batches that are waited for", () => {
  test("are on disk when they are answered", async () => {
    const { logs, records, clock } = await open();
    await logs.createGroup("g", { tags: {} });
    await logs.createStream("g", "s");
    const events = [{ timestampMs: clock.now(), message: "m" }];
    expect(await logs.put("g", "s", events)).toEqual({ ok: true, value: undefined });
    expect(await records.range({ space: "log-events", countMax: 9 })).toHaveLength(1);
  });

  test("need a group and a stream", async () => {
    const { logs } = await open();
    expect(await logs.put("g", "s", [])).toEqual({ ok: false, problem: "no-group" });
    await logs.createGroup("g", { tags: {} });
    expect(await logs.put("g", "s", [])).toEqual({ ok: false, problem: "no-stream" });
  });

  test("are refused with the disk's reason", async () => {
    const { state, records } = failing(openMemoryRecords());
    const { logs } = await open({ records });
    await logs.createGroup("g", { tags: {} });
    await logs.createStream("g", "s");
    state.fails = true;
    expect(logs.put("g", "s", [{ timestampMs: 1, message: "m" }])).rejects.toThrow("full");
    expect(logs.createGroup("h", { tags: {} })).rejects.toThrow("full");
    await Bun.sleep(1);
    expect(logs.group("h")).toBeUndefined();
  });
});

test("a flush waits for what was taken before it, and for nothing that comes later", async () => {
  const held: (() => void)[] = [];
  const inner = openMemoryRecords();
  let isHeld = false;
  const records: Records = {
    get: (address) => inner.get(address),
    range: (range) => inner.range(range),
    close: () => inner.close(),
    async update(reads, decide) {
      if (isHeld) await new Promise<void>((resolve) => held.push(resolve));
      return inner.update(reads, decide);
    },
  };
  const { logs } = await open({ records });
  await logs.createGroup("g", { tags: {} });
  await logs.createStream("g", "s");
  isHeld = true;
  const put = (message: string) => logs.put("g", "s", [{ timestampMs: 1, message }]);
  const first = put("first");
  while (held.length < 1) await Bun.sleep(1);
  const flushed = logs.flush();
  const second = put("second");
  held[0]!();
  await first;
  await flushed;
  while (held.length < 2) await Bun.sleep(1);
  held[1]!();
  expect(await second).toMatchObject({ ok: true });
});

test("reads give every event once and in order, from any place, in both directions", async () => {
  const time = fc.oneof(fc.nat(4 * blockSpanMs), fc.nat(30), fc.constant(blockSpanMs));
  const batch = fc.array(fc.record({ time, stream: fc.nat(2) }), { maxLength: 12 });
  const bound = fc.nat(4 * blockSpanMs);
  await fc.assert(
    fc.asyncProperty(
      fc.array(batch, { maxLength: 6 }),
      fc.tuple(bound, bound),
      fc.integer({ min: 1, max: 7 }),
      fc.constantFrom("forward" as const, "backward" as const),
      async (batches, [fromMs, toMs], countMax, direction) => {
        const { logs, line } = await open();
        const written: { time: number; message: string; stream: number }[] = [];
        line("first", 0, "s9");
        await read(logs);
        for (const events of batches) {
          for (const { time: at, stream } of events) {
            const message = `m${written.length}`;
            line(message, at, `s${stream}`);
            written.push({ time: at, message, stream });
          }
          await read(logs); // each batch becomes blocks of its own
        }
        const group = logs.group("g")!;
        const wanted = group.streams.get("s1")?.number;
        const found: string[] = [];
        let after: ReadWish["after"];
        for (let isAtEnd = false; !isAtEnd; ) {
          const wants = ({ stream }: { stream: number }) => stream === wanted;
          const wish = { fromMs, toMs, direction, after, countMax, wants };
          const result = await logs.read(group, wish);
          expect(result.events.length).toBeLessThanOrEqual(countMax);
          found.push(...result.events.map(({ message }) => message));
          ({ last: after, isAtEnd } = result);
        }
        const inRange = written.filter(
          ({ time: at, stream }) => stream === 1 && at >= fromMs && at < toMs,
        );
        const expected = inRange
          .toSorted((left, right) => left.time - right.time)
          .map(({ message }) => message);
        expect(found).toEqual(direction === "forward" ? expected : expected.reverse());
      },
    ),
    { numRuns: 60 },
  );
});

describe("a read of many small blocks", () => {
  const blocks = 9000;

  async function openMany(stepMs: number) {
    const { logs, clock } = await open();
    await logs.createGroup("g", { tags: {} });
    await logs.createStream("g", "s");
    for (let at = 0; at < blocks; at += 1) {
      await logs.put("g", "s", [{ timestampMs: clock.now() + at * stepMs, message: `${at}` }]);
    }
    const group = logs.group("g")!;
    const wish = { fromMs: 0, toMs: Number.POSITIVE_INFINITY, direction: "forward" } as const;
    return { logs, group, wish };
  }

  test("answers before it has looked at all of them", async () => {
    const { logs, group, wish } = await openMany(10);
    const first = await logs.read(group, { ...wish, wants: () => false });
    expect(first.isAtEnd).toBe(false);
    const wants = ({ message }: { message: string }) => message === `${blocks - 1}`;
    const second = await logs.read(group, { ...wish, wants, after: first.last });
    expect([second.events.length, second.isAtEnd]).toEqual([1, true]);
  });

  test("answers with what it has when asking has cost too much", async () => {
    const { logs, line } = await open();
    for (let count = 0; count < 9; count += 1) line(`${count}`);
    await read(logs);
    const seen: string[][] = [];
    let after: ReadWish["after"];
    for (let isAtEnd = false; !isAtEnd; ) {
      const wish = { fromMs: 0, toMs: Number.POSITIVE_INFINITY, direction: "forward" } as const;
      const costly = { wants: () => true, takeWork: () => scannedBytesMax / 3.5 };
      const result = await logs.read(logs.group("g")!, { ...wish, ...costly, after });
      seen.push(result.events.map(({ message }) => message));
      ({ last: after, isAtEnd } = result);
    }
    expect(seen).toEqual([["0", "1", "2", "3"], ["4", "5", "6", "7"], ["8"]]);
  });

  test("gives others their turn now and then", async () => {
    let turns = 0;
    const atEndOfTurn = (callback: () => void) => {
      turns += 1;
      queueMicrotask(callback);
    };
    const { logs, line } = await open({ atEndOfTurn });
    for (let count = 0; count < 9; count += 1) line(`${count}`);
    expect(await read(logs, { takeWork: () => readPerTurnMax / 2.5 })).toHaveLength(9);
    expect(turns).toBe(3);
    line("x".repeat(readPerTurnMax - 100));
    await read(logs, { wants: () => false });
    expect(turns).toBe(4);
  });

  test("of one moment comes to its end", async () => {
    const { logs, group, wish } = await openMany(0);
    const found: string[] = [];
    let after: ReadWish["after"];
    for (let isAtEnd = false; !isAtEnd; ) {
      const result = await logs.read(group, { ...wish, after, countMax: 4000, wants: () => true });
      found.push(...result.events.map(({ message }) => message));
      ({ last: after, isAtEnd } = result);
    }
    expect(found).toEqual(Array.from({ length: blocks }, (_, at) => `${at}`));
  });
});

test("a range of time may reach beyond what a key can say", async () => {
  const { logs, line } = await open();
  line("one");
  const far = Number.MAX_SAFE_INTEGER;
  expect(await read(logs, { toMs: far })).toEqual(["one"]);
  expect(await read(logs, { toMs: 2 ** 48 })).toEqual(["one"]);
  expect(await read(logs, { fromMs: 2 ** 50, toMs: far })).toEqual([]);
  expect(await read(logs, { toMs: far, direction: "backward" })).toEqual(["one"]);
});

test("an event's id is its place, and sorts as it does", () => {
  const place = fc.record({
    timestampMs: fc.nat(2 ** 47),
    block: fc.nat(2 ** 31 - 1),
    index: fc.nat(10_000),
  });
  fc.assert(
    fc.property(place, place, (left, right) => {
      expect(placeOfId(placeId(left))).toEqual(left);
      const ids = placeId(left) < placeId(right);
      expect(ids).toBe(comparePlaces(left, right) < 0);
    }),
  );
  expect([placeOfId("1"), placeOfId("x".repeat(56)), placeOfId("9".repeat(56))]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

describe("what goes", () => {
  test("is past the retention: at once for readers, then from the disk, with its stream", async () => {
    const { logs, line, clock, records } = await open();
    line("old", clock.now(), "old stream");
    await read(logs);
    await logs.changeGroup("g", { retentionDays: 3 });
    clock.advance(3 * dayMs - 1000);
    line("new", clock.now(), "new stream");
    expect(await read(logs)).toEqual(["old", "new"]);
    clock.advance(2000);
    expect(await read(logs)).toEqual(["new"]);
    clock.advance(2 * blockSpanMs);
    await logs.trim();
    expect([...logs.group("g")!.streams.keys()]).toEqual(["new stream"]);
    expect(await records.range({ space: "log-events", countMax: 9 })).toHaveLength(1);
    expect(await records.range({ space: "log-streams", countMax: 9 })).toHaveLength(1);
  });

  test("goes though a block of it cannot be read", async () => {
    const { logs, line, clock, records } = await open();
    line("broken");
    await read(logs);
    line("whole");
    await read(logs);
    const [first] = await records.range({ space: "log-events", countMax: 1 });
    const broken = { space: "log-events", key: first!.key, value: new Uint8Array([123]) };
    await records.update([], () => ({ changes: [broken], result: undefined }));
    await logs.changeGroup("g", { retentionDays: 1 });
    clock.advance(2 * dayMs);
    await logs.trim();
    expect(await records.range({ space: "log-events", countMax: 9 })).toEqual([]);
  });

  test("is counted still when the disk does not let it go", async () => {
    const { state, records } = failing(openMemoryRecords());
    const { logs, line, clock } = await open({ records });
    line("old");
    await read(logs);
    await logs.changeGroup("g", { retentionDays: 1 });
    clock.advance(2 * dayMs);
    const { record } = logs.group("g")!;
    const before = record.storedBytes;
    state.fails = true;
    await logs.trim();
    expect(record.storedBytes).toBe(before);
    state.fails = false;
    await logs.trim();
    expect([before > 0, record.storedBytes]).toEqual([true, 0]);
  });

  test("does not take a stream along that has just been written to", async () => {
    const { logs, line, clock } = await open();
    line("first");
    await logs.changeGroup("g", { retentionDays: 1 });
    clock.advance(2 * dayMs);
    line("late", clock.now() - dayMs + 1000, "late");
    await read(logs);
    clock.advance(3 * blockSpanMs);
    await logs.trim();
    expect([...logs.group("g")!.streams.keys()]).toEqual(["s", "late"]);
    clock.advance(trimEveryMs);
    await logs.trim();
    expect([...logs.group("g")!.streams.keys()]).toEqual([]);
  });

  test("without a retention is nothing, as long as there is room", async () => {
    const { logs, line, clock } = await open();
    line("old");
    await read(logs);
    clock.advance(3 * 365 * dayMs);
    await logs.trim();
    expect(await read(logs)).toEqual(["old"]);
  });

  test("for want of room is the oldest of the group that takes most, and counted", async () => {
    const { logs, line, clock } = await open({ storedBytesMax: 200_000 });
    line("quiet", clock.now(), "s", "quiet");
    const written = 400;
    for (let i = 0; i < written; i += 1) {
      line(`${i} ${"x".repeat(1000)}`);
      clock.advance(blockSpanMs);
      if (i % 20 === 0) await read(logs);
    }
    await read(logs);
    await logs.trim();
    expect(await read(logs, {}, "quiet")).toEqual(["quiet"]);
    const kept = (await read(logs))!;
    expect(kept.length).toBeGreaterThan(50);
    expect(kept.at(-1)).toStartWith("399 ");
    expect(kept.length + droppedOf(logs).room!).toBe(written);
    expect(logs.group("g")!.record.storedBytes).toBeLessThan(200_000);
  });

  test("with its group is every block of it, over a restart too", async () => {
    const { logs, line, records, clock } = await open();
    line("gone");
    line("kept", clock.now(), "s", "other");
    await read(logs);
    expect(await logs.deleteGroup("g")).toEqual({ ok: true, value: undefined });
    line("anew");
    expect(await read(logs)).toEqual(["anew"]);
    await logs.trim();
    expect(await records.range({ space: "log-events", countMax: 9 })).toHaveLength(2);
    const again = await open({ records, clock });
    expect(await read(again.logs)).toEqual(["anew"]);
    expect(await read(again.logs, {}, "other")).toEqual(["kept"]);
  });

  test("that a crash has left of a deleted group goes after the restart", async () => {
    const { state, records } = failing(openMemoryRecords());
    const { logs, line, clock } = await open({ records });
    line("gone");
    await read(logs);
    const deleting = logs.deleteGroup("g");
    state.fails = true; // the group is marked, its blocks stay
    await deleting;
    await logs.trim();
    state.fails = false;
    const again = await open({ records, clock });
    expect(again.logs.group("g")).toBeUndefined();
    await again.logs.trim();
    expect(await records.range({ space: "log-events", countMax: 9 })).toEqual([]);
    expect(await records.range({ space: "log-groups", countMax: 9 })).toEqual([]);
  });

  test("with its stream is not shown again, under the same name neither", async () => {
    const { logs, line, records, clock } = await open();
    line("gone");
    line("other", clock.now(), "t");
    await read(logs);
    line("pending");
    await logs.deleteStream("g", "s");
    expect(await read(logs)).toEqual(["other"]);
    line("anew");
    await read(logs);
    const again = await open({ records, clock });
    again.line("once more", clock.now(), "u");
    expect(await read(again.logs)).toEqual(["other", "anew", "once more"]);
  });

  test("when a group has too many streams is the oldest that came by itself", async () => {
    const { logs, line, clock } = await open();
    await logs.createGroup("g", { tags: {} });
    await logs.createStream("g", "mine");
    for (let i = 0; i < streamsPerGroupMax; i += 1) line(`${i}`, clock.now(), `s${i}`);
    const { streams } = logs.group("g")!;
    expect([streams.size, streams.has("mine"), streams.has("s0")]).toEqual([
      streamsPerGroupMax,
      true,
      false,
    ]);
    expect(await logs.createStream("g", "more")).toEqual({ ok: false, problem: "too-many" });
  });
});

describe("groups of the template", () => {
  test("have its retention and tags, at every start", async () => {
    const { records, line, logs } = await open();
    line("before");
    await logs.changeGroup("g", { retentionDays: 30 });
    await logs.close();
    const again = new Logs({ records, clock: new ManualClock(), logger: silentLogger });
    await again.start([
      { name: "g", retentionDays: 7, tags: { a: "b" } },
      { name: "new", tags: {} },
    ]);
    expect(again.groups.map(({ record }) => [record.name, record.retentionDays])).toEqual([
      ["g", 7],
      ["new", undefined],
    ]);
    expect(await read(again)).toEqual(["before"]);
  });
});

describe("a follower", () => {
  test("hears of what it wishes as it comes, until it has had enough", async () => {
    const { logs, line, clock } = await open();
    const heard: string[] = [];
    const tell = ({ groupName, streamName, message }: Followed) =>
      heard.push(`${groupName} ${streamName} ${message}`);
    let ended = 0;
    const end = () => {
      ended += 1;
    };
    const miss = () => {};
    const all = logs.follow({ matches: () => true }, { tell, miss, end });
    const some = { groupName: "g", matches: (message: string) => message.includes("x") };
    logs.follow(some, { tell, miss, end });
    line("x");
    line("y", clock.now(), "t", "h");
    all();
    line("y");
    line("xx");
    expect(heard).toEqual(["g s x", "g s x", "h t y", "g s xx"]);
    await logs.close();
    expect(ended).toBe(1);
  });

  test("misses lines while its pattern has cost too much, and hears again later", async () => {
    const { logs, line, clock } = await open();
    const heard: string[] = [];
    const follower = {
      tell: ({ message }: Followed) => void heard.push(message),
      miss: () => void heard.push("missed"),
      end() {},
    };
    let work = 0;
    const takeWork = () => {
      const taken = work;
      work = 0;
      return taken;
    };
    const matches = (message: string) => {
      work = followerWorkMax / 2;
      if (message === "hard") throw new PatternTooCostly("hard");
      return message !== "other";
    };
    logs.follow({ matches, takeWork }, follower);
    logs.follow({ matches: () => false }, { ...follower, miss: () => heard.push("another's") });
    for (const message of ["hard", "other", "one", "two"]) line(message);
    expect(heard).toEqual(["missed", "missed", "missed"]);
    clock.advance(followerWorkMs);
    line("three");
    expect(heard.slice(3)).toEqual(["three"]);
  });
});

test("whoever begins to follow in a flood reads or hears each event, and none twice", async () => {
  const inner = openMemoryRecords();
  let isFlood = false;
  let count = 0;
  const records: Records = {
    get: (address) => inner.get(address),
    range: (range) => inner.range(range),
    close: () => inner.close(),
    async update(reads, decide) {
      const answer = await inner.update(reads, decide);
      if (isFlood) add();
      return answer;
    },
  };
  const { logs, line, clock } = await open({ records });
  const puts: Promise<unknown>[] = [];
  const add = () => {
    for (const name of ["g", "h"]) {
      count += 2;
      line(`${count - 1}`, undefined, "s", name);
      puts.push(logs.put(name, "s", [{ timestampMs: clock.now(), message: `${count}` }]));
    }
  };
  add();
  add();
  isFlood = true;
  const told: Followed[] = [];
  const follower = { tell: (one: Followed) => told.push(one), miss() {}, end() {} };
  const { isBefore } = await logs.followFromNow({ matches: () => true }, follower);
  add();
  isFlood = false;
  await Promise.all(puts);
  const found = told.map(({ message }) => message);
  for (const name of ["g", "h"]) {
    const group = logs.group(name)!;
    found.push(...(await read(logs, { wants: (event) => isBefore(group, event) }, name))!);
  }
  const each = Array.from({ length: count }, (_, at) => `${at + 1}`);
  expect(found.sort()).toEqual(each.sort());
});
