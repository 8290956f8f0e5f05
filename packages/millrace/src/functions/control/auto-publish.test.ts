import { afterEach, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type LogFields, silentLogger, textOf, utf8, WorldError } from "../../base/mod.ts";
import { openMemoryRecords, type Records } from "../../storage/mod.ts";
import type { FunctionDefinition } from "../definition.ts";
import {
  cleanUp,
  create,
  define,
  endpointUrl,
  type House,
  newFolder,
  portForLater,
  start,
} from "../house-fixture.ts";

afterEach(cleanUp);

const answering = (value: number) => ({
  "app.js": `exports.handler = async (event, context) =>
    [${value}, context.functionVersion, context.invokedFunctionArn.split(":").slice(6).join(":")];`,
});

const autoPublish = { alias: "live", allProperties: false };

async function callLive({ functions }: House, qualifier = "live") {
  const called = await functions.invoke("greet", utf8("{}"), { qualifier });
  return called.found ? JSON.parse(textOf(called.payload)) : "not found";
}

function aliasesOf({ functions }: House) {
  const entry = functions.settings.entryOf("greet");
  return Object.values(entry?.aliases ?? {}).map(({ name, version }) => `${name}:${version}`);
}

/** A house that is started again and again, each time with the function as it is then. */
async function restarting(files: Record<string, string>) {
  const kept = { records: openMemoryRecords(), workFolder: await newFolder({}) };
  const definition = await define(files, { autoPublish });
  return async (changes: Partial<FunctionDefinition> = {}, code?: Record<string, string>) => {
    for (const [name, text] of Object.entries(code ?? {})) {
      await writeFile(join(definition.codeFolder, name), text);
    }
    return start([{ ...definition, ...changes }], kept);
  };
}

describe("the alias that the template asks for", () => {
  test("leads to a version, which calls by it run", async () => {
    const house = await (await restarting(answering(1)))();
    expect(await callLive(house)).toEqual([1, "1", "greet:live"]);
    expect((await house.call()).result).toEqual([1, "$LATEST", "greet"]);
    expect(aliasesOf(house)).toEqual(["live:1"]);
  });

  test("stays where it is while nothing changes, and where the API has led it", async () => {
    const restart = await restarting(answering(1));
    await (await restart()).functions.close();
    const second = await restart({}, answering(2));
    expect(await callLive(second)).toEqual([2, "2", "greet:live"]);
    await second.functions.settings.updateAlias("greet", "live", { version: "1" });
    await second.functions.close();
    const third = await restart();
    expect(await callLive(third)).toEqual([1, "1", "greet:live"]);
    await third.functions.close();
    expect(await callLive(await restart({}, answering(3)))).toEqual([3, "3", "greet:live"]);
  });

  test("gets a new version of other variables or memory, and of the rest when asked to", async () => {
    const restart = await restarting(answering(1));
    const versionAfter = async (changes: Partial<FunctionDefinition>) => {
      const house = await restart(changes);
      const aliases = aliasesOf(house);
      await house.functions.close();
      return aliases;
    };
    expect(await versionAfter({})).toEqual(["live:1"]);
    expect(await versionAfter({ timeoutSeconds: 9 })).toEqual(["live:1"]);
    expect(await versionAfter({ timeoutSeconds: 9, memoryMegabytes: 512 })).toEqual(["live:2"]);
    const all = { autoPublish: { ...autoPublish, allProperties: true } };
    const before = { timeoutSeconds: 9, memoryMegabytes: 512, ...all };
    expect(await versionAfter(before)).toEqual(["live:2"]);
    expect(await versionAfter({ ...before, timeoutSeconds: 8 })).toEqual(["live:3"]);
  });

  test("counts tags as properties of the function, but not how its calls are tried", async () => {
    const restart = await restarting(answering(1));
    const all = { autoPublish: { ...autoPublish, allProperties: true } };
    await (await restart(all)).functions.close();
    const larger = { ...all, memoryMegabytes: 512 };
    const second = await restart(larger);
    await second.functions.settings.updateAlias("greet", "live", { version: "1" });
    await second.functions.close();
    const tried = { ...larger, asyncSettings: { retryAttemptsMax: 0, eventAgeSecondsMax: 60 } };
    const third = await restart(tried);
    expect(aliasesOf(third)).toEqual(["live:1"]);
    await third.functions.close();
    const tagged = await restart({ ...tried, tags: { team: "blue" } });
    expect(aliasesOf(tagged)).toEqual(["live:2"]); // no other version: tags belong to none
  });

  test("with a text for its code gets one of other code or another text alone", async () => {
    const restart = await restarting(answering(1));
    const marked = (codeMark: string) => ({ autoPublish: { ...autoPublish, codeMark } });
    await (await restart(marked("a"))).functions.close();
    const grown = await restart({ ...marked("a"), memoryMegabytes: 512 });
    expect(aliasesOf(grown)).toEqual(["live:1"]);
    await grown.functions.close();
    const marking = await restart({ ...marked("b"), memoryMegabytes: 512 });
    expect(aliasesOf(marking)).toEqual(["live:2"]);
    await marking.functions.close();
    const coded = await restart({ ...marked("b"), memoryMegabytes: 512 }, answering(2));
    expect(await callLive(coded)).toEqual([2, "3", "greet:live"]);
  });

  test("goes when the template names another or none", async () => {
    const restart = await restarting(answering(1));
    await (await restart()).functions.close();
    const renamed = await restart({ autoPublish: { alias: "prod", allProperties: false } });
    expect(aliasesOf(renamed)).toEqual(["prod:1"]);
    expect(await callLive(renamed)).toBe("not found");
    await renamed.functions.close();
    expect(aliasesOf(await restart({ autoPublish: undefined }))).toEqual([]);
  });

  test("has processes held ready as the template says", async () => {
    const restart = await restarting(answering(1));
    const house = await restart({ autoPublish: { ...autoPublish, provisioned: 1 } });
    expect(house.functions.settings.entryOf("greet")?.provisioned).toEqual({ live: 1 });
    await house.functions.close();
    const without = await restart();
    expect(without.functions.settings.entryOf("greet")?.provisioned).toEqual({});
  });
});

test("what the API has provisioned for the alias stays until the template says otherwise", async () => {
  const restart = await restarting(answering(1));
  const provisionedOf = ({ functions }: House) => functions.settings.entryOf("greet")?.provisioned;
  const asking = (provisioned: number) => ({ autoPublish: { ...autoPublish, provisioned } });
  const first = await restart();
  await first.functions.settings.provision("greet", "live", 2);
  await first.functions.close();
  const second = await restart({}, answering(2));
  expect(provisionedOf(second)).toEqual({ live: 2 });
  await second.functions.close();
  const third = await restart(asking(1));
  expect(provisionedOf(third)).toEqual({ live: 1 });
  await third.functions.settings.provision("greet", "live", 0);
  await third.functions.close();
  const fourth = await restart(asking(1));
  expect(provisionedOf(fourth)).toEqual({});
  await fourth.functions.close();
  expect(provisionedOf(await restart(asking(2)))).toEqual({ live: 2 });
});

test("tags of the template are the function's, beside those of the API", async () => {
  const restart = await restarting(answering(1));
  const tagsOf = ({ functions }: House) => functions.settings.entryOf("greet")?.tags;
  const first = await restart({ tags: { team: "blue", kept: "1" } });
  expect(tagsOf(first)).toEqual({ team: "blue", kept: "1" });
  await first.functions.settings.changeTags("greet", { added: { own: "2", kept: "9" } });
  await first.functions.close();
  const same = await restart({ tags: { team: "blue", kept: "1" } });
  expect(tagsOf(same)).toEqual({ team: "blue", own: "2", kept: "9" });
  await same.functions.close();
  expect(tagsOf(await restart({ tags: { kept: "1" } }))).toEqual({ own: "2", kept: "1" });
});

test("a description is the version's", async () => {
  const described = { ...autoPublish, description: "the first" };
  const house = await (await restarting(answering(1)))({ autoPublish: described });
  const found = await house.functions.control.describe("greet", "live");
  expect(found.ok && found.value.definition.description).toBe("the first");
});

test("retries that the template sets are those of calls by its alias", async () => {
  const definition = await define(
    { "app.js": "exports.handler = async () => { throw new Error('no'); };" },
    { autoPublish, asyncSettings: { retryAttemptsMax: 0, eventAgeSecondsMax: 60 } },
  );
  const house = await start([definition], { retryDelaysMs: [1, 1] });
  const begun = () => house.lines.filter((line) => line.includes("Error: no")).length;
  await house.functions.invokeAsync("greet", utf8("{}"), { qualifier: "live" });
  while (begun() < 1) await Bun.sleep(5);
  await house.functions.invokeAsync("greet", utf8("{}"));
  while (begun() < 4) await Bun.sleep(5);
  expect(begun()).toBe(4);
});

test("a reload publishes what was saved, and takes its last version away", async () => {
  const definition = await define(answering(1), { autoPublish });
  const logged: string[] = [];
  const info = (what: string, _: LogFields = {}) => void logged.push(what);
  const house = await start([definition], { watch: true, logger: { ...silentLogger, info } });
  const versions = () => house.functions.settings.entryOf("greet")!.versions;
  for (const value of [2, 3]) {
    await writeFile(join(definition.codeFolder, "app.js"), answering(value)["app.js"]);
    while ((await callLive(house))[0] !== value) await Bun.sleep(5);
  }
  while (versions().length > 2) await Bun.sleep(5);
  expect(versions().map(({ number }) => number)).toEqual(["1", "3"]);
});

test("a version that the API was answered with stays, whoever made it", async () => {
  const definition = await define(answering(1), { autoPublish });
  const house = await start([definition], { watch: true });
  const { settings, control } = house.functions;
  const save = async (value: number) => {
    await writeFile(join(definition.codeFolder, "app.js"), answering(value)["app.js"]);
    while ((await callLive(house))[0] !== value) await Bun.sleep(5);
  };
  await save(2);
  const asked = await control.publish("greet", {}); // the reload has made it
  expect(asked.ok && asked.value.version).toBe("2");
  await writeFile(join(definition.codeFolder, "app.js"), answering(3)["app.js"]);
  while (((await house.call()).result as number[])[0] !== 3) await Bun.sleep(1);
  await control.publish("greet", {}); // at the same time as the reload
  while ((await callLive(house))[0] !== 3) await Bun.sleep(5);
  for (const value of [4, 5]) await save(value);
  const numbers = () => settings.entryOf("greet")!.versions.map(({ number }) => number);
  while (numbers().includes("4")) await Bun.sleep(5);
  expect(numbers()).toEqual(["1", "2", "3", "5"]);
});

test("calls of the version that a reload takes away run to their ends in its code", async () => {
  const waiting = `exports.handler = async ({ ms = 0 }) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return [require("./value.js")];
  };`;
  const definition = await define(
    { "app.js": waiting, "value.js": "module.exports = 1;" },
    { autoPublish },
  );
  // Of all the calls that come to a version, one runs and the others wait.
  const house = await start([definition], { watch: true, processesMax: 1 });
  const { settings, invoke } = house.functions;
  const codes = () =>
    readdirSync(join(house.workFolder, "greet")).filter((name) => name.includes("code-"));
  const numbers = () =>
    settings
      .entryOf("greet")!
      .versions.map(({ number }) => number)
      .join();
  const save = async (value: number) => {
    const text = `module.exports = ${value};`;
    await writeFile(join(definition.codeFolder, "value.js"), text);
    while (numbers() !== `1,${value}`) await Bun.sleep(5);
  };
  await save(2);
  const callOnce = async () => {
    const called = await invoke("greet", utf8('{"ms":1000}'), { qualifier: "live" });
    return called.found && textOf(called.payload);
  };
  const calls = [callOnce(), callOnce(), callOnce()];
  await save(3);
  expect(codes()).toHaveLength(3);
  expect(await Promise.all(calls)).toEqual(["[2]", "[2]", "[2]"]);
  while (codes().length > 2) await Bun.sleep(5);
  expect(await callLive(house)).toEqual([3]);
});

/** Records that take changes only while `broken` is not set. */
function faultyRecords() {
  const records = openMemoryRecords();
  const state = { broken: false };
  const faulty: Records = {
    get: (address) => records.get(address),
    range: (range) => records.range(range),
    update: (reads, decide) =>
      state.broken
        ? Promise.reject(new WorldError("DISK_FULL", "the disk is full"))
        : records.update(reads, decide),
    close: () => records.close(),
  };
  return { records: faulty, state };
}

describe("where the machine fails", () => {
  test("a reload keeps the alias where it is, and the next one publishes", async () => {
    const definition = await define(answering(1), { autoPublish });
    const { records, state } = faultyRecords();
    const told: unknown[] = [];
    const error = (what: string, { reason }: LogFields = {}) => void told.push([what, reason]);
    const logger = { ...silentLogger, error };
    const { functions, ...house } = await start([definition], { records, watch: true, logger });
    const save = (value: number) =>
      writeFile(join(definition.codeFolder, "app.js"), answering(value)["app.js"]);
    state.broken = true;
    await save(2);
    while (told.length === 0) await Bun.sleep(5);
    expect(told).toEqual([["version not published, the alias stays", "the disk is full"]]);
    expect(await callLive({ functions, ...house })).toEqual([1, "1", "greet:live"]);
    state.broken = false;
    await save(3);
    while ((await callLive({ functions, ...house }))[0] !== 3) await Bun.sleep(5);
    await functions.close();
  });

  test("a start says so", async () => {
    const { records, state } = faultyRecords();
    state.broken = true;
    const { functions } = await create([await define(answering(1), { autoPublish })], { records });
    const started = functions.start({ endpointUrl });
    await expect(started).rejects.toMatchObject({
      name: "WorldError",
      code: "FUNCTION_NOT_PUBLISHED",
      message: 'cannot publish function "greet": the disk is full',
    });
  });
});

test("with a port for debuggers the alias leads to where they listen", async () => {
  const definition = await define(answering(1), { autoPublish });
  const house = await create([definition], { inspectPort: 9229 });
  if (house.functions.inspectors().length === 0) return; // Bun has no port of this kind
  const inspectPort = portForLater();
  const inspected = await start([definition], { inspectPort });
  expect(await callLive(inspected)).toEqual([1, "$LATEST", "greet:live"]);
});
