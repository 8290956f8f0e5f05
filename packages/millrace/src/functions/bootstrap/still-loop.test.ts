/** Calls that Node's bootstrap waits for in reads that block, its loop standing still. */

import { afterEach, expect, test } from "bun:test";
import { textOf } from "../../base/mod.ts";
import { cleanUp, define, type House, isAlive, start } from "../house-fixture.ts";

afterEach(cleanUp);

const startOne = async (source: string): Promise<House> =>
  start([await define({ "app.js": source })], {
    node: { kind: "node", file: Bun.which("node")! },
  });

test("several calls come while the loop stands still, and it turns in between", async () => {
  const { call } = await startOne(`let calls = 0, turns = 0, isSet = false;
    exports.handler = async () => {
      calls += 1;
      if (!isSet) setImmediate(() => { turns += 1; isSet = false; }).unref();
      isSet = true;
      return { calls, turns };
    };`);
  let last = { calls: 0, turns: 0 };
  do last = (await call()).result as typeof last;
  while (last.calls < 300 || (last.turns < 3 && last.calls < 100_000));
  expect(last.turns).toBeGreaterThanOrEqual(3);
  expect(last.turns).toBeLessThan(last.calls - 20);
});

test("what a handler has entered of async storage is not there in the next call", async () => {
  const { call } = await startOne(`
    const storage = new (require("node:async_hooks").AsyncLocalStorage)();
    exports.handler = async ({ number }) => {
      const before = storage.getStore() ?? "none";
      storage.enterWith(number);
      await null;
      return [before, storage.getStore()];
    };`);
  for (let number = 0; number < 50; number += 1) {
    expect((await call({ number })).result).toEqual(["none", number]);
  }
});

test("what does not keep a process alive goes on in one that is idle", async () => {
  const { call, lines } = await startOne(`exports.handler = async ({ number }) => {
      if (number === 9) setTimeout(() => console.log("it goes on"), 10).unref();
    };`);
  for (let number = 0; number < 10; number += 1) await call({ number });
  while (!lines.some((line) => line.includes("it goes on"))) await Bun.sleep(5);
});

test("a signal that a handler listens to reaches it while it waits for a call", async () => {
  const { call, lines } = await startOne(`
    process.on("SIGTERM", () => { console.log("asked to end"); process.exit(); });
    exports.handler = async () => process.pid;`);
  let pid = 0;
  for (let count = 0; count < 10; count += 1) pid = (await call()).result as number;
  process.kill(pid, "SIGTERM");
  while (isAlive(pid)) await Bun.sleep(5);
  expect(lines.join("\n")).toContain("asked to end");
  expect((await call()).functionError).toBeUndefined();
});

test.each([
  "process.nextTick(fail)",
  "queueMicrotask(fail)",
  "Promise.reject(new Error())",
  "setImmediate(fail)",
  "process.exit(1)",
])("what comes right behind an answer costs no call before or after it: %s", async (later) => {
  const { call } = await startOne(`
    const fail = () => { throw new Error("behind"); };
    exports.handler = async ({ isLast }) => {
      if (isLast) Promise.resolve().then(() => {}).then(() => ${later});
      return process.pid;
    };`);
  const pids = new Set<unknown>();
  for (let count = 0; count < 40; count += 1) {
    const { result, functionError } = await call({ isLast: count % 10 === 9 });
    expect(functionError).toBeUndefined();
    pids.add(result);
  }
  expect(pids.size).toBe(4);
});

test("a call and an answer of any length come behind short ones", async () => {
  const { functions, call } = await startOne("exports.handler = async (event) => event;");
  // Somewhere among these a call fills the memory of one read to the last byte.
  for (let length = 65_000; length < 65_600; length += 1) {
    const event = JSON.stringify("x".repeat(length));
    const called = await functions.invoke("greet", event);
    expect(called.found && textOf(called.payload) === event).toBe(true);
  }
  for (const length of [131_072, 1, 3_000_000, 2, 200_000]) {
    expect((await call("x".repeat(length))).result).toHaveLength(length);
  }
});

test("a handler that works on behind its answer is not held up until the next call", async () => {
  const { call, lines } = await startOne(`
    exports.handler = async () => {
      setTimeout(() => {
        console.log("first");
        setTimeout(() => console.log("second"), 5);
      }, 5);
      return 1;
    };`);
  for (let count = 0; count < 5; count += 1) await call();
  const count = (text: string) => lines.filter((line) => line.includes(text)).length;
  while (count("first") < 5 || count("second") < 5) await Bun.sleep(5);
});

test("each call's log has its own lines, whichever way it came", async () => {
  const { call } = await startOne(`exports.handler = async ({ number }) => {
      if (number % 3 === 0) console.log("said " + number);
      if (number % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      if (number % 11 === 0) throw new Error("thrown " + number);
      return number;
    };`);
  for (let number = 1; number < 200; number += 1) {
    const { result, functionError, logTail } = await call({ number });
    if (number % 11 === 0) expect(functionError).toBe("Unhandled");
    else expect(result).toBe(number);
    expect(logTail.includes(`said ${number}\n`)).toBe(number % 3 === 0);
    expect(logTail.includes(`thrown ${number}`)).toBe(number % 11 === 0);
    expect(logTail.match(/said/g)?.length ?? 0).toBe(number % 3 === 0 ? 1 : 0);
  }
});
