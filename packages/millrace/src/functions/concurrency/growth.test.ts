import { afterEach, expect, test } from "bun:test";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, type Logger, silentLogger, systemClock, utf8 } from "../../base/mod.ts";
import {
  cleanUp,
  define,
  figureOf,
  type House,
  newFolder,
  pendingOf,
  start,
} from "../house-fixture.ts";

afterEach(cleanUp);

const processesOf = (house: House) => figureOf(house, "millrace_function_processes");

/** Each call leaves a mark and answers when as many marks are there as `event.count` says. */
const gathering = `const fs = require("node:fs");
exports.handler = async ({ folder, count }, { awsRequestId }) => {
  if (!folder) return process.pid;
  fs.writeFileSync(folder + "/" + awsRequestId, "");
  while (fs.readdirSync(folder).length < count) await new Promise((go) => setTimeout(go, 20));
  return process.pid;
};`;

async function gatheringHouse(changes: Parameters<typeof start>[1] = {}) {
  const definition = await define({ "app.js": gathering }, { timeoutSeconds: 120 });
  const house = await start([definition], changes);
  return { house, folder: await newFolder({}) };
}

test("calls that all wait for each other get a process each, far more than start at once", async () => {
  const count = 24;
  const { house, folder } = await gatheringHouse({ processesMax: 100 });
  const calls = Array.from({ length: count }, () => house.call({ folder, count }));
  const pids = (await Promise.all(calls)).map(({ result }) => result);
  expect(new Set(pids).size).toBe(count);
});

test("calls beyond what the machine runs at once wait, and that is told", async () => {
  const warnings: unknown[] = [];
  const logger: Logger = {
    ...silentLogger,
    warn: (text, fields) => void warnings.push([text, fields?.processes]),
  };
  const { house, folder } = await gatheringHouse({ processesMax: 3, logger });
  const calls = Array.from({ length: 12 }, () => house.call({ folder, count: 3 }));
  const pids = (await Promise.all(calls)).map(({ result }) => result);
  expect(new Set(pids).size).toBe(3);
  expect(warnings).toContainEqual(["calls wait, as many processes run as may: --processes", 3]);
});

test("calls that wait for a place do not keep the server awake", async () => {
  let timerCount = 0;
  const after: Clock["after"] = (delayMs, callback) => {
    timerCount += 1;
    return systemClock.after(delayMs, callback);
  };
  const { house, folder } = await gatheringHouse({
    processesMax: 2,
    clock: { ...systemClock, after },
  });
  const held = [1, 2].map(() => house.call({ folder, count: 3 }));
  while (readdirSync(folder).length < 2) await Bun.sleep(10);
  const waiting = [1, 2].map(() => house.call({}));
  await Bun.sleep(300); // until a start has been due for long
  timerCount = 0;
  await Bun.sleep(500);
  expect(timerCount).toBeLessThan(50);
  mkdirSync(join(folder, "third"));
  await Promise.all([...held, ...waiting]);
});

test("a function whose place others have taken runs all the same, and idle ones make room", async () => {
  const folder = await newFolder({});
  const asked = await define(
    { "app.js": "exports.handler = async () => process.pid;" },
    { name: "asked" },
  );
  const definitions = [await define({ "app.js": gathering }, { timeoutSeconds: 120 }), asked];
  const both = await start(definitions, { processesMax: 2 });
  const held = [1, 2].map(() => both.call({ folder, count: 3 })); // both places
  while (readdirSync(folder).length < 2) await Bun.sleep(10);
  expect((await both.call({}, "asked")).functionError).toBeUndefined();
  mkdirSync(join(folder, "third"));
  await Promise.all(held);
});

test("a function gets more processes where others have one each that is idle", async () => {
  const others = ["b", "c", "d"].map((name) =>
    define({ "app.js": "exports.handler = async () => 1;" }, { name }),
  );
  const definitions = [await define({ "app.js": gathering }), ...(await Promise.all(others))];
  const house = await start(definitions, { processesMax: definitions.length });
  for (const { name } of definitions) await house.call({}, name);
  const folder = await newFolder({});
  const calls = [1, 2, 3].map(() => house.call({ folder, count: 3 }));
  expect((await Promise.all(calls)).map(({ functionError }) => functionError)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("what is to be held ready gets its places when others have been idle for a second", async () => {
  const other = await define({ "app.js": gathering }, { name: "other" });
  const house = await start([await define({ "app.js": gathering }), other], { processesMax: 4 });
  const { control, settings } = house.functions;
  await control.publish("greet", {});
  const folder = await newFolder({});
  await Promise.all([1, 2, 3].map(() => house.call({ folder, count: 3 }, "other")));
  expect(await settings.provision("greet", "1", 3)).toBeUndefined();
  while (settings.warmth("greet", "1").count < 3) await Bun.sleep(10);
});

test("quick calls share one process, however many come at once", async () => {
  const definition = await define({ "app.js": "exports.handler = async () => process.pid;" });
  // Time stands still: however busy the machine is, no call takes any, and none has waited.
  const clock: Clock = { ...systemClock, monotonic: () => 0 };
  const house = await start([definition], { processesMax: 500, clock });
  await house.call();
  const calls = Array.from({ length: 200 }, () => house.call());
  expect((await Promise.all(calls)).every(({ functionError }) => !functionError)).toBe(true);
  expect(processesOf(house)).toBe(1);
});

test("a process that has answered in this turn counts as one that comes back", async () => {
  const folder = await newFolder({});
  const source = `const fs = require("node:fs");
    const held = new Int32Array(new SharedArrayBuffer(4));
    const until = (name) => {
      while (!fs.existsSync(${JSON.stringify(folder)} + "/" + name)) Atomics.wait(held, 0, 0, 5);
    };
    if (fs.existsSync(${JSON.stringify(folder)} + "/first")) until("second process");
    exports.handler = async (name) => name && until(name);`;
  let nowMs = 0;
  let atAnswer = () => {};
  const house = await start([await define({ "app.js": source }, { timeoutSeconds: 120 })], {
    processesMax: 100,
    clock: { ...systemClock, monotonic: () => nowMs },
    atEndOfTurn: (callback) => {
      queueMicrotask(atAnswer);
      atAnswer = () => {};
      setImmediate(callback);
    },
  });
  const call = (name = "") => house.functions.invoke("greet", utf8(JSON.stringify(name)));
  const runningOf = () => figureOf(house, "millrace_function_calls_running");
  const slow = call("first");
  while (runningOf() < 1) await Bun.sleep(5);
  nowMs += 10_000; // so that a process is started for whoever waits
  writeFileSync(join(folder, "first"), "");
  await slow;
  const calls = [call("a"), call()];
  expect(processesOf(house)).toBe(2);
  const seen = Promise.withResolvers<number[]>();
  atAnswer = () => {
    calls.push(call());
    seen.resolve([runningOf(), processesOf(house)]);
  };
  writeFileSync(join(folder, "a"), "");
  expect(await seen.promise).toEqual([0, 2]);
  await Promise.all(calls);
  writeFileSync(join(folder, "second process"), "");
});

test("a load of quick calls that stays gets more processes", async () => {
  const { house } = await gatheringHouse({ processesMax: 3 });
  await house.call();
  let isOver = false;
  const callOn = async () => {
    while (!isOver) await house.call();
  };
  const callers = Array.from({ length: 8 }, callOn);
  while (processesOf(house) < 3) await Bun.sleep(10);
  isOver = true;
  await Promise.all(callers);
});

test("calls that turn out slower than those before get processes too", async () => {
  const { house, folder } = await gatheringHouse({ processesMax: 100 });
  for (let count = 0; count < 20; count += 1) await house.call();
  const count = 3;
  const calls = [1, 2, 3].map(() => house.call({ folder, count }));
  const pids = (await Promise.all(calls)).map(({ result }) => result);
  expect(new Set(pids).size).toBe(3);
});

test("asynchronous calls take half of the processes, so that there is room for callers", async () => {
  const { house, folder } = await gatheringHouse({ processesMax: 4 });
  const payload = utf8(JSON.stringify({ folder, count: 3 }));
  for (let count = 0; count < 6; count += 1) await house.functions.invokeAsync("greet", payload);
  while (readdirSync(folder).length < 2) await Bun.sleep(10);
  expect((await house.call({ folder, count: 3 })).functionError).toBeUndefined(); // the third
  while (pendingOf(house) > 0) await Bun.sleep(10);
});

test("a call beyond the account's limit is throttled, and says of what", async () => {
  const { house } = await gatheringHouse({ processesMax: 1 });
  const call = () => house.functions.invoke("greet", utf8("{}"));
  const calls = Array.from({ length: 1001 }, call);
  const outcomes = (await Promise.all(calls)).map((one) => one.found && one.throttled);
  expect(outcomes.filter((one) => one === undefined).length).toBe(1000);
  expect(outcomes.filter((one) => one === "ConcurrentInvocationLimitExceeded").length).toBe(1);
});
