import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock, type Timer } from "../../base/mod.ts";
import { openMemoryRecords } from "../../storage/mod.ts";
import { cleanUp, define, start } from "../house-fixture.ts";

afterEach(cleanUp);

const app = { "app.js": "exports.handler = async () => 1;" };

test("what is provisioned can be lowered and taken away where it has become too much", async () => {
  const definition = await define(app);
  const records = openMemoryRecords();
  const first = await start([definition], { records, processesMax: 6 });
  await first.functions.control.publish("greet", {});
  const { settings } = first.functions;
  const alias = { name: "live", version: "1", description: "", weights: {} };
  expect((await settings.createAlias("greet", alias)).ok).toBe(true);
  expect(await settings.provision("greet", "1", 3)).toBeUndefined();
  expect(await settings.provision("greet", "live", 2)).toBeUndefined();
  await first.functions.close();
  const second = await start([definition], { records, processesMax: 2 }); // one is left to others
  const provision = (qualifier: string, count: number) =>
    second.functions.settings.provision("greet", qualifier, count);
  expect(await provision("live", 3)).toMatchObject({ kind: "invalid" });
  expect(await provision("1", 2)).toBeUndefined();
  expect(await provision("live", 0)).toBeUndefined();
});

test("nothing is provisioned for an alias of what is not published, but what was goes", async () => {
  const { functions } = await start([await define(app)]);
  const { settings, control } = functions;
  await control.publish("greet", {});
  await settings.createAlias("greet", { name: "a", version: "1", description: "", weights: {} });
  expect(await settings.provision("greet", "a", 1)).toBeUndefined();
  await settings.updateAlias("greet", "a", { version: "$LATEST" });
  const refused = { kind: "invalid", message: expect.stringContaining("unpublished") };
  expect(await settings.provision("greet", "a", 2)).toMatchObject(refused);
  expect(await settings.provision("greet", "$LATEST", 1)).toMatchObject(refused);
  expect(await settings.provision("greet", "a", 0)).toBeUndefined();
});

/** The system's, whose long waits can be passed at once. */
class PassableClock implements Clock {
  #passedMs = 0;
  #long: { readonly dueMs: number; readonly callback: () => void }[] = [];

  now(): number {
    return systemClock.now() + this.#passedMs;
  }

  monotonic(): number {
    return systemClock.monotonic() + this.#passedMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    if (delayMs < 60_000) return systemClock.after(delayMs, callback);
    const waiting = { dueMs: this.monotonic() + delayMs, callback };
    this.#long.push(waiting);
    return {
      cancel: () => {
        this.#long = this.#long.filter((one) => one !== waiting);
      },
    };
  }

  pass(ms: number): void {
    this.#passedMs += ms;
    const nowMs = this.monotonic();
    const due = this.#long.filter(({ dueMs }) => dueMs <= nowMs);
    this.#long = this.#long.filter(({ dueMs }) => dueMs > nowMs);
    for (const { callback } of due) callback();
  }
}

test("one that starts does not stand for one that is held ready", async () => {
  const clock = new PassableClock();
  const folder = mkdtempSync(join(tmpdir(), "millrace-starts-"));
  const [starts, hold] = [join(folder, "starts"), join(folder, "hold")];
  const source = `const { appendFileSync, existsSync } = require("node:fs");
    appendFileSync(${JSON.stringify(starts)}, "x");
    const still = new Int32Array(new SharedArrayBuffer(4));
    while (existsSync(${JSON.stringify(hold)})) Atomics.wait(still, 0, 0, 10);
    exports.handler = () => new Promise((resolve) => setTimeout(resolve, 300));`;
  const { functions } = await start([await define({ "app.js": source })], { clock });
  await functions.control.publish("greet", {});
  expect(await functions.settings.provision("greet", "1", 1)).toBeUndefined();
  const readyCount = () => functions.settings.warmth("greet", "1").count;
  while (readyCount() < 1) await Bun.sleep(5);
  const startCount = readFileSync(starts).length;
  writeFileSync(hold, "");
  const call = () => functions.invoke("greet", "{}", { qualifier: "1" });
  await Promise.all([call(), call()]);
  while (readFileSync(starts).length === startCount || readyCount() < 1) await Bun.sleep(5);
  clock.pass(600_000);
  expect(readyCount()).toBe(1);
  rmSync(folder, { recursive: true });
});

test("of processes that have been idle for long, as many stay as are to be held ready", async () => {
  const clock = new PassableClock();
  const source = "exports.handler = () => new Promise((resolve) => setTimeout(resolve, 300));";
  const { functions } = await start([await define({ "app.js": source })], { clock });
  await functions.control.publish("greet", {});
  expect(await functions.settings.provision("greet", "1", 1)).toBeUndefined();
  const call = () => functions.invoke("greet", "{}", { qualifier: "1" });
  await Promise.all([call(), call(), call()]);
  const readyCount = () => functions.settings.warmth("greet", "1").count;
  while (readyCount() < 3) await Bun.sleep(5);
  clock.pass(600_000);
  expect(readyCount()).toBe(1);
});
