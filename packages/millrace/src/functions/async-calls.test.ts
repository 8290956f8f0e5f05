import { expect, test } from "bun:test";
import { ManualClock, noBytes, silentLogger } from "../base/mod.ts";
import { AsyncCalls } from "./async-calls.ts";
import { asyncCallsMax, environmentsPerFunctionMax } from "./limits.ts";

type Result = "done" | "failed" | "throttled";

function create(invoke: (requestId: string) => Promise<Result>) {
  const clock = new ManualClock();
  const logged: string[] = [];
  const log = (what: string) => void logged.push(what);
  const calls = new AsyncCalls({
    clock,
    logger: { ...silentLogger, warn: log, error: log },
    invoke: (call) => invoke(call.requestId),
  });
  const accept = (requestId: string) =>
    calls.accept({ functionName: "f", requestId, payload: noBytes });
  return { clock, logged, calls, accept };
}

test("a call that fails is tried again after one minute and after two more", async () => {
  const tries: number[] = [];
  const house = create(async () => {
    tries.push(house.clock.monotonic());
    return "failed";
  });
  house.accept("r");
  for (let minute = 0; minute < 10; minute += 1) {
    await settle();
    house.clock.advance(60_000);
  }
  expect(tries).toEqual([0, 60_000, 180_000]);
  expect(house.logged).toEqual(["asynchronous call given up"]);
  expect([house.calls.givenUpCount, house.calls.pendingCount]).toEqual([1, 0]);
});

test("a call that is throttled waits for a time that doubles up to a bound", async () => {
  const tries: number[] = [];
  const house = create(async () => {
    tries.push(house.clock.monotonic() / 1000);
    return tries.length < 12 ? "throttled" : "done";
  });
  house.accept("r");
  for (let second = 0; second < 2000; second += 1) {
    await settle();
    house.clock.advance(1000);
  }
  expect(tries).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111]);
  expect(house.logged).toEqual([]);
});

test("calls of a function start in order, at most one for each environment", async () => {
  const started: string[] = [];
  const finish: (() => void)[] = [];
  const house = create((requestId) => {
    started.push(requestId);
    return new Promise((resolve) => finish.push(() => resolve("done")));
  });
  const ids = Array.from({ length: environmentsPerFunctionMax + 2 }, (_, at) => `r${at}`);
  for (const id of ids) house.accept(id);
  expect(started).toEqual(ids.slice(0, environmentsPerFunctionMax));
  finish[0]!();
  await settle();
  expect(started).toEqual(ids.slice(0, environmentsPerFunctionMax + 1));
});

test("calls past the bound are refused, and what is lost when closing is told", async () => {
  const house = create(() => new Promise(() => {}));
  for (let count = 0; count < asyncCallsMax; count += 1) house.accept("r");
  expect(() => house.accept("r")).toThrow('cannot accept a call of "f": 10000 calls are waiting');
  const { pendingCount, refusedCount } = house.calls;
  expect([pendingCount, refusedCount]).toEqual([asyncCallsMax, 1]);
  house.calls.close();
  expect(house.logged).toEqual(["asynchronous calls lost"]);
  expect(() => house.accept("r")).toThrow("cannot accept a call while closing");
});

/** Lets everything that is already due in this turn happen. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
