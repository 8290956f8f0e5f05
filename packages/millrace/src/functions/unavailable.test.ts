import { afterEach, expect, test } from "bun:test";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock, textOf, utf8 } from "../base/mod.ts";
import { openMemoryRecords } from "../storage/mod.ts";
import { asyncSettingsDefault } from "./async/settings.ts";
import { cleanUp, define, figureOf, newFolder, pendingOf, start } from "./house-fixture.ts";
import { asyncThrottleMsMin, drainMsMax } from "./limits.ts";

afterEach(cleanUp);

const asyncSettings = { ...asyncSettingsDefault, retryAttemptsMax: 0 };

/** Does not wait as long as it is told where `hurried` says so. */
function hastyClock(hurried: (delayMs: number) => boolean): Clock {
  const after: Clock["after"] = (delayMs, callback) =>
    systemClock.after(hurried(delayMs) ? 1 : delayMs, callback);
  return { ...systemClock, after };
}

test("a call that the close of the server cuts short is tried by the next start", async () => {
  const folder = await newFolder({});
  const mark = join(folder, "tries");
  const definition = await define(
    {
      "app.js": `exports.handler = async () => {
        const fs = require("node:fs");
        const first = !fs.existsSync(${JSON.stringify(mark)});
        fs.appendFileSync(${JSON.stringify(mark)}, "x");
        if (first) await new Promise(() => setInterval(() => {}, 1000));
      };`,
    },
    { asyncSettings, timeoutSeconds: 60 },
  );
  const records = openMemoryRecords();
  let closing = false;
  const clock = hastyClock((delayMs) => closing && delayMs === drainMsMax);
  const first = await start([definition], { records, clock });
  await first.functions.invokeAsync("greet", utf8("{}"));
  while (!existsSync(mark)) await Bun.sleep(5);
  closing = true;
  await first.functions.close();
  expect(pendingOf(first)).toBe(1);
  const second = await start([definition], { records });
  while (pendingOf(second) > 0) await Bun.sleep(5);
  expect(readFileSync(mark, "utf8")).toBe("xx");
});

test("a call that waits for an answer is told so when the server cuts it short", async () => {
  const definition = await define(
    { "app.js": "exports.handler = () => new Promise(() => setInterval(() => {}, 1000));" },
    { timeoutSeconds: 60 },
  );
  let closing = false;
  const clock = hastyClock((delayMs) => closing && delayMs === drainMsMax);
  const { functions } = await start([definition], { clock });
  const called = functions.invoke("greet", utf8("{}"));
  while (figureOf({ functions }, "millrace_function_calls_running") === 0) await Bun.sleep(5);
  closing = true;
  await functions.close();
  const payload = utf8('{"errorType":"ServiceException","errorMessage":"The server is closing"}');
  expect(await called).toMatchObject({ functionError: "Unhandled", unavailable: true, payload });
});

test("a process that the machine does not start is no failure of the function", async () => {
  const file = join(await newFolder({}), "node");
  const definition = await define(
    { "app.js": "exports.handler = async () => 'here';" },
    { asyncSettings },
  );
  const { promise: waits, resolve: held } = Promise.withResolvers<() => void>();
  const after: Clock["after"] = (delayMs, callback) => {
    if (delayMs === asyncThrottleMsMin) held(callback);
    return systemClock.after(delayMs, callback);
  };
  const clock = { ...systemClock, after };
  const house = await start([definition], { clock, node: { kind: "node", file } });
  const called = await house.functions.invoke("greet", utf8("{}"));
  expect(called).toMatchObject({ functionError: "Unhandled", unavailable: true });
  expect(textOf((called as { payload: Uint8Array }).payload)).toContain("Runtime.StartError");
  await house.functions.invokeAsync("greet", utf8("{}"));
  const tryAgain = await waits;
  expect(pendingOf(house)).toBe(1);
  symlinkSync(Bun.which("node")!, file);
  tryAgain();
  while (pendingOf(house) > 0) await Bun.sleep(5);
  expect(house.lines.some((line) => line.includes(" PLATFORM greet "))).toBe(true);
});
