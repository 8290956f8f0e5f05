import { afterEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Clock, silentLogger, systemClock, systemRandom, utf8 } from "../../base/mod.ts";
import { openMemoryRecords } from "../../storage/mod.ts";
import { makeZip } from "../control/zip-fixture.ts";
import { cleanUp, create, newFolder, pendingOf, start } from "../house-fixture.ts";
import { asyncThrottleMsMin } from "../limits.ts";

afterEach(cleanUp);

const made = {
  name: "made",
  handler: "app.handler",
  runtime: "provided.al2023",
  timeoutSeconds: 60,
  memoryMegabytes: 256,
  environment: {},
};

test("events of a function that a start cannot bring back wait until it is mended", async () => {
  const records = openMemoryRecords();
  const workFolder = await newFolder({});
  const first = await start([], { records, workFolder });
  const bootstrap = { path: "bootstrap", text: "#!/bin/sh\nsleep 60", mode: 0o100755 };
  expect(await first.functions.control.create(made, makeZip([bootstrap]))).toMatchObject({
    ok: true,
  });
  await first.functions.invokeAsync("made", utf8("{}"));
  await first.functions.close();
  rmSync(join(workFolder, "made"), { recursive: true });

  const logged: string[] = [];
  const logger = { ...silentLogger, error: (what: string) => void logged.push(what) };
  const tryAgain: (() => void)[] = [];
  const after: Clock["after"] = (delayMs, callback) => {
    if (delayMs !== asyncThrottleMsMin) return systemClock.after(delayMs, callback);
    tryAgain.push(callback); // the test's alone, or a slow machine would try twice
    return { cancel() {} };
  };
  const clock = { ...systemClock, after };
  const second = await start([], { records, workFolder, logger, clock });
  expect(await second.functions.invokeAsync("made", utf8("{}"))).toBeString();
  expect(await second.functions.invoke("made", utf8("{}"))).toMatchObject({
    functionError: "Unhandled",
    unavailable: true,
  });
  while (tryAgain.length < 2) await Bun.sleep(5);
  expect(pendingOf(second)).toBe(2);
  expect(logged).toEqual(["function not brought back"]);

  const { control } = second.functions;
  await control.updateConfiguration("made", { runtime: "nodejs22.x" });
  const app = { path: "app.js", text: "exports.handler = async () => 1;" };
  expect(await control.updateCode("made", makeZip([app]))).toMatchObject({ ok: true });
  for (const one of tryAgain) one();
  while (pendingOf(second) > 0) await Bun.sleep(5);
  await second.functions.close(); // the report comes a moment after the answer
  expect(second.lines.filter((line) => line.includes(" REPORT "))).toHaveLength(2);
});

test("an event for an alias draws its version once", async () => {
  let draws = 0;
  const fraction = () => {
    draws += 1;
    return systemRandom.fraction();
  };
  const random = { ...systemRandom, fraction };
  const house = await create([], { random });
  const { functions } = house;
  expect(await functions.start({ endpointUrl: "http://127.0.0.1:1" })).toEqual([]);
  const { control, settings } = functions;
  const zip = (text: string) =>
    makeZip([{ path: "app.js", text: `exports.handler = async () => ${text};` }]);
  await control.create({ ...made, runtime: "nodejs22.x" }, zip("1"));
  await control.publish("made", {});
  await control.updateCode("made", zip("2"));
  await control.publish("made", {});
  const weights = { "2": 0.5 };
  await settings.createAlias("made", { name: "live", version: "1", description: "", weights });
  draws = 0;
  await functions.invokeAsync("made", utf8("{}"), { qualifier: "live" });
  while (pendingOf(house) > 0) await Bun.sleep(5);
  expect(draws).toBe(1);
});
