import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { silentLogger, textOf, utf8, WorldError } from "../../base/mod.ts";
import { openMemoryRecords, type Records } from "../../storage/mod.ts";
import { cleanUp, define, newFolder, start } from "../house-fixture.ts";
import type { NewDefinition } from "./control.ts";
import { makeZip } from "./zip-fixture.ts";

afterEach(cleanUp);

const made: NewDefinition = {
  name: "made",
  handler: "app.handler",
  runtime: "nodejs22.x",
  timeoutSeconds: 60,
  memoryMegabytes: 256,
  environment: {},
};

const answering = (value: number) =>
  makeZip([{ path: "app.js", text: `exports.handler = async () => ${value};` }]);

describe("changes of one function at the same time", () => {
  test("make it once", async () => {
    const { functions, call } = await start([]);
    const results = await Promise.all(
      [1, 2, 3].map((value) => functions.control.create(made, answering(value))),
    );
    expect(results.map((result) => result.ok || result.error.kind)).toEqual([
      true,
      "conflict",
      "conflict",
    ]);
    expect((await call({}, "made")).result).toBe(1);
  });

  test("end in what came last, and what is told is what runs", async () => {
    const { functions, call } = await start([]);
    const { control } = functions;
    await control.create(made, answering(0));
    await Promise.all([1, 2, 1, 2, 3].map((value) => control.updateCode("made", answering(value))));
    expect((await call({}, "made")).result).toBe(3);
    const [now] = await control.list();
    const same = await control.updateCode("made", answering(3), { dryRun: true });
    expect(same.ok && same.value.codeSha256).toBe(now!.codeSha256);
  });

  test("publish one version of one state", async () => {
    const { functions } = await start([]);
    const { control } = functions;
    await control.create(made, answering(0));
    const results = await Promise.all([1, 2, 3].map(() => control.publish("made", {})));
    expect(results.map((result) => result.ok && result.value.version)).toEqual(["1", "1", "1"]);
  });

  test("do not both hold the revision that they were made for", async () => {
    const { functions } = await start([]);
    const { control } = functions;
    const created = await control.create(made, answering(0));
    const revisionId = created.ok ? created.value.revisionId : "";
    const results = await Promise.all(
      [1, 2].map((value) => control.updateCode("made", answering(value), { revisionId })),
    );
    expect(results.map((result) => result.ok || result.error.kind)).toEqual([true, "outdated"]);
  });
});

test("a change that is not on disk does not run", async () => {
  const records = openMemoryRecords();
  let broken = false;
  const faulty: Records = {
    get: (address) => records.get(address),
    range: (range) => records.range(range),
    update: (reads, decide) =>
      broken
        ? Promise.reject(new WorldError("DISK_FULL", "the disk is full"))
        : records.update(reads, decide),
    close: () => records.close(),
  };
  const { functions, call } = await start([], { records: faulty });
  const { control } = functions;
  await control.create(made, answering(1));
  broken = true;
  await expect(control.updateCode("made", answering(2))).rejects.toThrow("the disk is full");
  await expect(control.publish("made", {})).rejects.toThrow("the disk is full");
  expect((await call({}, "made")).result).toBe(1);
  expect(functions.has("made", "1")).toBe(false);
});

test("a start removes code that nothing refers to, and what a crash left half written", async () => {
  const records = openMemoryRecords();
  const workFolder = await newFolder({ "gone/code-0/app.js": "", "made/new-code-abc/app.js": "" });
  const first = await start([], { records, workFolder });
  await first.functions.control.create(made, answering(1), { publish: true });
  await first.functions.control.updateCode("made", answering(2));
  await first.functions.control.updateCode("made", answering(3));
  await first.functions.close();
  const codes = () => readdirSync(join(workFolder, "made")).filter((name) => name.includes("code"));
  expect(codes()).toHaveLength(3);
  const second = await start([], { records, workFolder });
  expect(codes()).toHaveLength(2);
  expect(existsSync(join(workFolder, "gone/code-0"))).toBe(false);
  expect((await second.call({}, "made")).result).toBe(3);
  const published = await second.functions.invoke("made", new Uint8Array(), { qualifier: "1" });
  expect(published.found && textOf(published.payload)).toContain("Unexpected end of JSON");
});

test("a function that is deleted leaves no folder, nor does one that a crash has left", async () => {
  const workFolder = await newFolder({ "gone/node_modules/a/index.js": "" });
  const { functions, call } = await start([], { workFolder });
  expect(existsSync(join(workFolder, "gone"))).toBe(false);
  await functions.control.create(made, answering(1));
  expect((await call({}, "made")).result).toBe(1);
  expect(existsSync(join(workFolder, "made"))).toBe(true);
  await functions.control.delete("made");
  expect(existsSync(join(workFolder, "made"))).toBe(false);
  await functions.control.create(made, answering(2));
  expect((await call({}, "made")).result).toBe(2);
});

test("the code of a deleted version goes when nothing else has it", async () => {
  const { functions, workFolder } = await start([]);
  const { control } = functions;
  await control.create(made, answering(1), { publish: true });
  await control.updateConfiguration("made", { memoryMegabytes: 512 });
  await control.publish("made", {});
  await control.updateCode("made", answering(2));
  const codes = () => readdirSync(join(workFolder, "made")).filter((name) => name.includes("code"));
  await control.delete("made", "1");
  await Bun.sleep(50);
  expect(codes()).toHaveLength(2);
  const kept = await functions.invoke("made", utf8("{}"), { qualifier: "2" });
  expect(kept.found && textOf(kept.payload)).toBe("1");
  await control.delete("made", "2");
  while (codes().length > 1) await Bun.sleep(5);
});

test("code of the template is read through links, and a ring of them ends", async () => {
  const definition = await define({ "app.js": "exports.handler = async () => 1;" });
  const shared = await newFolder({ "index.js": "module.exports = 1;" });
  const { codeFolder } = definition;
  mkdirSync(join(codeFolder, "node_modules"));
  symlinkSync(shared, join(codeFolder, "node_modules/shared"));
  symlinkSync(codeFolder, join(codeFolder, "node_modules/self"));
  symlinkSync(join(codeFolder, "nowhere"), join(codeFolder, "broken"));
  const { functions } = await start([definition]);
  const [found] = await functions.control.list();
  expect(found?.codeBytes).toBe(32 + 19);
  writeFileSync(join(codeFolder, "more.js"), "//");
  const published = await functions.control.publish("greet", {});
  expect(published.ok && published.value.codeBytes).toBe(32 + 19 + 2);
});

test("what the API has reserved gives way to what the template reserves, and is told", async () => {
  const records = openMemoryRecords();
  const workFolder = await newFolder({});
  const first = await start([], { records, workFolder });
  await first.functions.control.create(made, answering(1));
  expect(await first.functions.settings.reserveConcurrency("made", 800)).toBeUndefined();
  await first.functions.close();
  const logged: unknown[] = [];
  const logger = {
    ...silentLogger,
    error: (what: string, fields = {}) => void logged.push([what, fields]),
  };
  const files = { "app.js": "exports.handler = async () => 1;" };
  const definition = await define(files, { reservedConcurrency: 500 });
  const second = await start([definition], { records, workFolder, logger });
  const { settings } = second.functions;
  expect(settings.reservedConcurrency("greet")).toBe(500);
  expect(settings.reservedConcurrency("made")).toBeUndefined();
  expect(logged).toEqual([
    ["concurrency not reserved, too little would be left", { name: "made", count: 800 }],
  ]);
});

test("a call is answered while changes come faster than processes start", async () => {
  const { functions, call } = await start([]);
  const { control } = functions;
  await control.create(made, answering(0));
  let result: unknown;
  void call({}, "made").then((called) => {
    result = called.result;
  });
  for (let changes = 1; changes < 1000 && result === undefined; changes += 1) {
    await control.updateConfiguration("made", { environment: { CHANGES: `${changes}` } });
    await Bun.sleep(1);
  }
  expect(result).toBe(0);
});

test("what the template reserves beyond the processes of the machine is told", async () => {
  const warned: unknown[] = [];
  const warn = (what: string, fields = {}) => void warned.push([what, fields]);
  const files = { "app.js": "exports.handler = async () => 1;" };
  const many = await define(files, { reservedConcurrency: 17 });
  const few = await define(files, { name: "few", reservedConcurrency: 16 });
  await start([many, few], { logger: { ...silentLogger, warn }, processesMax: 16 });
  const what = "function reserves more calls than processes run at once";
  expect(warned).toContainEqual([what, { name: "greet", count: 17, processes: 16 }]);
  expect(warned.flat().filter((one) => one === what)).toHaveLength(1);
});

test("a handler that leads out of its code is none when it is called", async () => {
  const { functions, call } = await start([]);
  const handler = "../made/app.handler";
  expect(await functions.control.create({ ...made, handler }, answering(1))).toMatchObject({
    ok: true,
  });
  expect((await call({}, "made")).result).toMatchObject({
    errorType: "Runtime.MalformedHandlerName",
    errorMessage: expect.stringMatching(/^'..\/made\/app.handler' is not a valid handler name. /),
  });
});
