/** Starts of processes that take long, and what the server's log says of those that end early. */

import { afterEach, describe, expect, test } from "bun:test";
import { type Clock, type LogFields, silentLogger, systemClock } from "../../base/mod.ts";
import type { FunctionDefinition } from "../definition.ts";
import { cleanUp, define, start } from "../house-fixture.ts";
import { initMsMax, provisionedInitMsMax } from "../limits.ts";
import { ownMemoryOf } from "../memory.ts";
import { StartFailures } from "./start-failures.ts";

afterEach(cleanUp);

/** The time of a start is over after a moment; all else is as long as it is. */
const after: Clock["after"] = (ms, callback) =>
  systemClock.after(ms === initMsMax ? 300 : ms, callback);
const clock: Clock = { ...systemClock, after };

async function startLogged(source: string, changes: Partial<FunctionDefinition>) {
  const warned: (LogFields | undefined)[] = [];
  const warn = (_: string, fields?: LogFields) => void warned.push(fields);
  const logger = { ...silentLogger, warn };
  const house = await start([await define({ "app.js": source }, changes)], { clock, logger });
  return { ...house, warned };
}

/** Loads for a second and a half. */
const slow = `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
  exports.handler = async () => "here";`;

describe("a process that takes long to start", () => {
  test("is started again with the time of a call, and no call fails", async () => {
    const { call, warned } = await startLogged(slow, { timeoutSeconds: 30 });
    expect(await call()).toMatchObject({ result: "here", functionError: undefined });
    expect(warned).toContainEqual({
      function: "greet",
      version: "$LATEST",
      reason: "it took longer than 10 s",
    });
  });

  test("fails its call where that has no more time", async () => {
    const { call } = await startLogged(slow, { timeoutSeconds: 10 });
    const { result, functionError, requestId } = await call();
    expect(functionError).toBe("Unhandled");
    expect(result).toEqual({
      errorType: "Sandbox.Timedout",
      errorMessage: `RequestId: ${requestId} Error: Task timed out after 10.00 seconds`,
    });
  });

  test("has its time from what it is started for, and from whether one took too long", () => {
    const starts = new StartFailures(systemClock);
    const program = { timeoutSeconds: 60 };
    const failure = () => new Uint8Array();
    expect(starts.startMsMax(program, false)).toBe(initMsMax);
    expect(starts.startMsMax(program, true)).toBe(provisionedInitMsMax);
    expect(starts.startMsMax({ timeoutSeconds: 900 }, true)).toBe(900_000);
    expect(starts.allowsLonger({ failure }, program)).toBe(false);
    expect(starts.allowsLonger({ failure, tookMsMax: initMsMax }, program)).toBe(true);
    expect(starts.startMsMax(program, false)).toBe(60_000);
    expect(starts.startMsMax({ timeoutSeconds: 3 }, false)).toBe(initMsMax);
    expect(starts.allowsLonger({ failure, tookMsMax: 60_000 }, program)).toBe(false);
    starts.forget();
    expect(starts.startMsMax(program, false)).toBe(initMsMax);
  });
});

describe("the server's log says why", () => {
  test.each([
    ["for (;;);", { timeoutSeconds: 1 }, "it took longer than 1 s"],
    ["process.exit(3);", {}, "exit status 3"],
    ['process.kill(process.pid, "SIGABRT"); await new Promise(() => {});', {}, "signal SIGABRT"],
  ])("a call was broken off: %s", async (does, changes, reason) => {
    const { call, warned } = await startLogged(
      `exports.handler = async () => { ${does} };`,
      changes,
    );
    const { requestId } = await call();
    const fields = { function: "greet", version: "$LATEST", reason, request: requestId };
    expect(warned).toContainEqual(fields);
  });

  test.skipIf(ownMemoryOf(process.pid) === undefined)("a call took too much memory", async () => {
    const source = `const kept = [];
      exports.handler = async () => {
        for (;;) {
          kept.push(Buffer.alloc(8 * 1024 * 1024, 1));
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      };`;
    const { call, warned } = await startLogged(source, {
      memoryMegabytes: 128,
      timeoutSeconds: 60,
    });
    await call();
    expect(warned.map((fields) => fields?.reason)).toContain(
      "it took more than its 128 MB of memory",
    );
  });

  test("a process ended while it started, where it did not say so itself", async () => {
    const { call, warned } = await startLogged("process.exit(4);", {});
    await call();
    const fields = { function: "greet", version: "$LATEST", reason: "exit status 4" };
    expect(warned).toContainEqual(fields);
    const other = await startLogged('throw new Error("mine");', {});
    await other.call();
    expect(other.warned.map((one) => one?.reason)).toEqual(other.warned.map(() => undefined));
  });

  test("nothing of calls that the end of the server cuts off", async () => {
    const { functions, warned } = await startLogged(
      "exports.handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));",
      { timeoutSeconds: 60 },
    );
    const called = functions.invoke("greet", "{}");
    await Bun.sleep(300);
    await functions.close();
    await called;
    expect(warned.map((one) => one?.reason)).toEqual(warned.map(() => undefined));
  });
});
