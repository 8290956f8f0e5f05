import { expect, test } from "bun:test";
import {
  type LogFields,
  ManualClock,
  noBytes,
  silentLogger,
  textOf,
  utf8,
  WorldError,
} from "../../base/mod.ts";
import { openMemoryRecords, type Records } from "../../storage/mod.ts";
import { asyncBytesMax, asyncDepthMax } from "../limits.ts";
import { type AsyncCall, AsyncCalls, type TryResult } from "./async-calls.ts";
import { type AsyncSettings, asyncSettingsDefault } from "./settings.ts";

const failed: TryResult = {
  kind: "failed",
  payload: utf8('{"errorType":"Error"}'),
  functionError: "Unhandled",
  version: "$LATEST",
};
const done: TryResult = { kind: "done", payload: utf8('{"ok":true}'), version: "$LATEST" };

interface HouseOptions {
  readonly records?: Records;
  readonly clock?: ManualClock;
  readonly settings?: Readonly<Record<string, Partial<AsyncSettings>>>;
  readonly laneWidth?: number;
  readonly triesMax?: number;
  readonly invoke: (call: AsyncCall) => TryResult | Promise<TryResult>;
}

function create(options: HouseOptions) {
  const { records = openMemoryRecords(), clock = new ManualClock() } = options;
  const settings = options.settings ?? { f: {} };
  const logged: string[] = [];
  const errors: unknown[] = [];
  const log = (what: string, fields?: LogFields) => {
    logged.push(what);
    errors.push(fields?.error);
  };
  let id = 0;
  const calls = new AsyncCalls({
    records,
    clock,
    logger: { ...silentLogger, warn: log, error: log },
    triesMax: options.triesMax ?? 100,
    retryDelaysMs: [60_000, 120_000],
    receiverOf: (name) =>
      settings[name] && {
        functionArn: `arn:aws:lambda:r:1:function:${name}`,
        settings: { ...asyncSettingsDefault, ...settings[name] },
        laneWidth: options.laneWidth ?? 4,
      },
    invoke: async (call) => options.invoke(call),
    newRequestId: () => `id-${++id}`,
  });
  const accept = (requestId: string, payload = utf8("{}"), functionName = "f") =>
    calls.accept({ functionName, requestId, payload });
  const pass = async (seconds: number, stepMs = 1000) => {
    for (let step = 0; step < (seconds * 1000) / stepMs; step += 1) {
      await settle();
      clock.advance(stepMs);
    }
    await settle();
  };
  return { records, clock, logged, errors, calls, accept, pass };
}

test("a call that fails is tried again after one minute and after two more", async () => {
  const tries: number[] = [];
  const house = create({
    invoke: () => {
      tries.push(house.clock.monotonic());
      return failed;
    },
  });
  await house.accept("r");
  await house.pass(600, 60_000);
  expect(tries).toEqual([0, 60_000, 180_000]);
  expect(house.logged).toEqual(["asynchronous call given up"]);
  expect(house.errors).toEqual(["Error"]);
  expect([house.calls.givenUpCount, house.calls.pendingCount]).toEqual([1, 0]);
  expect(house.calls.pendingBytes).toBe(0);
});

test.each([0, 1])("a call is tried again %d times where its function says so", async (attempts) => {
  let tries = 0;
  const house = create({
    settings: { f: { retryAttemptsMax: attempts } },
    invoke: () => {
      tries += 1;
      return failed;
    },
  });
  await house.accept("r");
  await house.pass(600, 60_000);
  expect(tries).toBe(attempts + 1);
});

test("a call that is throttled waits for a time that doubles up to a bound", async () => {
  const tries: number[] = [];
  const house = create({
    invoke: () => {
      tries.push(house.clock.monotonic() / 1000);
      return tries.length < 12 ? { kind: "unable" } : done;
    },
  });
  await house.accept("r");
  await house.pass(2000);
  expect(tries).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111]);
  expect(house.logged).toEqual([]);
});

test("a call that grows too old while it is throttled is given up", async () => {
  let tries = 0;
  const house = create({
    settings: { f: { eventAgeSecondsMax: 60 } },
    invoke: () => {
      tries += 1;
      return { kind: "unable" };
    },
  });
  await house.accept("r");
  await house.pass(200);
  expect(tries).toBe(6); // at 0, 1, 3, 7, 15 and 31 seconds
  expect([house.calls.givenUpCount, house.calls.pendingCount]).toEqual([1, 0]);
});

test("calls of a function start in order, at most as many at once as its lane is wide", async () => {
  const started: string[] = [];
  const finish: (() => void)[] = [];
  const house = create({
    laneWidth: 2,
    invoke: ({ requestId }) => {
      started.push(requestId);
      return new Promise((resolve) => finish.push(() => resolve(done)));
    },
  });
  for (const id of ["a", "b", "c", "d"]) await house.accept(id);
  await settle();
  expect(started).toEqual(["a", "b"]);
  finish[0]!();
  await settle();
  expect(started).toEqual(["a", "b", "c"]);
});

test("calls of all functions run at most so many at once, in turn, and those of buses beside", async () => {
  const started: string[] = [];
  const finish: (() => void)[] = [];
  const house = create({
    settings: { f: {}, g: {}, "arn:bus": {} },
    triesMax: 2,
    invoke: ({ requestId }) => {
      started.push(requestId);
      if (requestId === "bus") return done;
      return new Promise((resolve) => finish.push(() => resolve(done)));
    },
  });
  for (const id of ["f1", "f2", "f3", "f4"]) await house.accept(id);
  for (const id of ["g1", "g2"]) await house.accept(id, utf8("{}"), "g");
  await house.accept("bus", utf8("{}"), "arn:bus");
  await settle();
  expect(started).toEqual(["f1", "f2", "bus"]);
  for (const next of ["f3", "g1", "f4", "g2"]) {
    finish.shift()!();
    await settle();
    expect(started.at(-1)).toBe(next);
  }
  for (const end of finish) end();
  await house.calls.settled();
  expect([house.calls.pendingCount, started.length]).toEqual([0, 7]);
});

test("what was accepted and not done is tried by the next process, in order", async () => {
  const first = create({ invoke: () => new Promise(() => {}) });
  for (const id of ["a", "b", "c"]) await first.accept(id, utf8(`"${id}"`));
  const seen: string[] = [];
  const second = create({
    records: first.records,
    laneWidth: 1,
    invoke: ({ requestId, payload }) => {
      seen.push(`${requestId} ${textOf(payload)}`);
      return done;
    },
  });
  await second.calls.restore();
  await second.accept("d", utf8('"d"'));
  await second.pass(1);
  expect(seen).toEqual(['a "a"', 'b "b"', 'c "c"', 'd "d"']);
  const third = create({ records: first.records, invoke: () => done });
  await third.calls.restore();
  expect(third.calls.pendingCount).toBe(0);
});

test("the next process knows how often a call has failed, and waits as the first did", async () => {
  const first = create({ invoke: () => failed });
  await first.accept("r");
  await first.pass(60, 30_000);
  first.calls.close();
  const tries: number[] = [];
  const second = create({
    records: first.records,
    clock: first.clock,
    invoke: () => {
      tries.push(first.clock.monotonic());
      return failed;
    },
  });
  await second.calls.restore();
  await second.pass(600, 30_000);
  expect(tries).toEqual([180_000]);
});

test("a call whose function is gone is given up", async () => {
  const house = create({ settings: {}, invoke: () => done });
  await house.accept("r");
  await house.pass(1);
  expect([house.calls.givenUpCount, house.calls.pendingCount]).toEqual([1, 0]);
});

test("a call whose payload is gone is given up, and said to be lost", async () => {
  const first = create({ invoke: () => new Promise(() => {}) });
  await first.accept("r");
  first.calls.close();
  const space = "function-event-payloads";
  const [{ key } = { key: noBytes }] = await first.records.range({ space, countMax: 1 });
  const changes = [{ space, key, value: undefined }];
  await first.records.update([], () => ({ changes, result: undefined }));
  const seen: unknown[] = [];
  const second = create({
    records: first.records,
    settings: { f: { onFailure: { functionName: "bad" } }, bad: {} },
    invoke: ({ functionName, payload }) => {
      seen.push(functionName, JSON.parse(textOf(payload)).requestPayload);
      return done;
    },
  });
  await second.calls.restore();
  await second.pass(1);
  expect(seen).toEqual(["bad", null]);
  expect(second.logged).toEqual(["asynchronous call lost", "asynchronous call given up"]);
  expect(second.calls.pendingCount).toBe(0);
});

test("destinations get the record of the call, as events of their own", async () => {
  const seen: Record<string, unknown>[] = [];
  const house = create({
    settings: {
      f: { onSuccess: { functionName: "good" }, onFailure: { functionName: "bad" } },
      good: {},
      bad: {},
    },
    invoke: ({ functionName, payload }) => {
      const event = JSON.parse(textOf(payload));
      if (functionName !== "f") seen.push({ functionName, ...event });
      return event.fail ? failed : done;
    },
  });
  await house.accept("r1", utf8('{"fail":false}'));
  await house.accept("r2", utf8('{"fail":true}'));
  await house.pass(600, 60_000);
  expect(seen).toEqual([
    {
      functionName: "good",
      version: "1.0",
      timestamp: "2026-01-01T00:00:00.000Z",
      requestContext: {
        requestId: "r1",
        functionArn: "arn:aws:lambda:r:1:function:f:$LATEST",
        condition: "Success",
        approximateInvokeCount: 1,
      },
      requestPayload: { fail: false },
      responseContext: { statusCode: 200, executedVersion: "$LATEST" },
      responsePayload: { ok: true },
    },
    {
      functionName: "bad",
      version: "1.0",
      timestamp: "2026-01-01T00:03:00.000Z",
      requestContext: {
        requestId: "r2",
        functionArn: "arn:aws:lambda:r:1:function:f:$LATEST",
        condition: "RetriesExhausted",
        approximateInvokeCount: 3,
      },
      requestPayload: { fail: true },
      responseContext: {
        statusCode: 200,
        executedVersion: "$LATEST",
        functionError: "Unhandled",
      },
      responsePayload: { errorType: "Error" },
    },
  ]);
});

test("a record for an event bus takes the place of its event, and is called by the bus's ARN", async () => {
  const busArn = "arn:aws:events:r:1:event-bus/b";
  const seen: unknown[] = [];
  let isBusy = true;
  const house = create({
    settings: { f: { onSuccess: { busArn } }, [busArn]: {} },
    invoke: ({ functionName, payload }) => {
      if (functionName === "f") return done;
      seen.push([functionName, JSON.parse(textOf(payload)).requestContext.condition]);
      if (!isBusy) return done;
      isBusy = false;
      return { kind: "unable" };
    },
  });
  await house.accept("r");
  await house.pass(2);
  // Tried again without the function.
  expect(seen).toEqual([
    [busArn, "Success"],
    [busArn, "Success"],
  ]);
  expect(house.calls.pendingCount).toBe(0);
});

test("a function that takes no calls at all has its events sent on at once", async () => {
  const seen: string[] = [];
  const house = create({
    settings: { f: { onFailure: { functionName: "bad" } }, bad: {} },
    invoke: ({ functionName, payload }) => {
      if (functionName === "f") return { kind: "never" };
      seen.push(JSON.parse(textOf(payload)).requestContext.condition);
      return done;
    },
  });
  await house.accept("r");
  await house.pass(1);
  expect(seen).toEqual(["RetriesExhausted"]);
});

test("what is sent on while a start takes up many events takes no other's place", async () => {
  const count = 1_500; // more than a page
  const records = openMemoryRecords();
  const first = create({ records, invoke: () => new Promise<TryResult>(() => {}) });
  for (let at = 0; at < count; at += 1) await first.accept(`${at}`);
  first.calls.close();

  const slow: Records = {
    get: (address) => records.get(address),
    range: async (range) => {
      for (let turn = 0; turn < 20; turn += 1) await settle();
      return records.range(range);
    },
    update: (reads, decide) => records.update(reads, decide),
    close: () => records.close(),
  };
  let sentOn = 0;
  const second = create({
    records: slow,
    settings: { f: { onFailure: { functionName: "bad" } }, bad: {} },
    invoke: ({ functionName }) => {
      if (functionName === "f") return { kind: "never" };
      sentOn += 1;
      return done;
    },
  });
  await second.calls.restore();
  for (let turn = 0; turn < 20_000 && second.calls.pendingCount > 0; turn += 1) await settle();
  expect([sentOn, second.calls.pendingCount]).toEqual([count, 0]);
});

test("destinations that lead in a circle are stopped", async () => {
  let tries = 0;
  const house = create({
    settings: { f: { onSuccess: { functionName: "f" } } },
    invoke: () => {
      tries += 1;
      return done;
    },
  });
  await house.accept("r");
  await house.pass(100);
  expect(tries).toBe(asyncDepthMax + 1);
  expect(house.logged).toEqual(["destinations lead in a circle; the last is left out"]);
});

test("a call past the bound is refused; after a close none is accepted", async () => {
  const house = create({ invoke: () => new Promise(() => {}) });
  const large = { length: asyncBytesMax } as unknown as Uint8Array;
  await expect(house.accept("r", large)).rejects.toThrow(); // it is no bytes, so it is not kept
  expect(house.calls.pendingBytes).toBe(0);
  await house.accept("r");
  await expect(house.accept("r", large)).rejects.toThrow(
    'cannot accept a call of "f": 1 calls are waiting',
  );
  expect(house.calls.refusedCount).toBe(1);
  house.calls.close();
  await expect(house.accept("r")).rejects.toThrow("cannot accept a call while closing");
});

test("a call that cannot be stored is not accepted; one that cannot be forgotten stays", async () => {
  const records = openMemoryRecords();
  let broken = true;
  const full = () => Promise.reject(new WorldError("DISK_FULL", "the disk is full"));
  const faulty: Records = {
    get: (address) => records.get(address),
    range: (range) => records.range(range),
    update: (reads, decide) => (broken ? full() : records.update(reads, decide)),
    close: () => records.close(),
  };
  let tries = 0;
  const house = create({
    records: faulty,
    invoke: () => {
      tries += 1;
      return done;
    },
  });
  await expect(house.accept("r", noBytes)).rejects.toThrow("the disk is full");
  expect(house.calls.pendingCount).toBe(0);
  broken = false;
  await house.accept("r", noBytes);
  broken = true;
  await settle();
  broken = false;
  await house.pass(2);
  expect([tries, house.calls.pendingCount]).toEqual([2, 0]);
});

/** Lets everything that is already due in this turn happen. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
