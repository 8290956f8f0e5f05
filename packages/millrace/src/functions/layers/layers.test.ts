import { afterEach, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { textOf, utf8 } from "../../base/mod.ts";
import { openMemoryRecords } from "../../storage/mod.ts";
import { makeZip } from "../control/zip-fixture.ts";
import { cleanUp, create, define, endpointUrl, newFolder, start } from "../house-fixture.ts";
import { findPython } from "../runtimes/runtime.ts";

afterEach(cleanUp);

const arnOf = (name: string) => `arn:aws:lambda:eu-central-1:111122223333:layer:${name}:1`;

const commonJs = (text: string) => `exports.say = () => ${JSON.stringify(text)};`;

async function layer(name: string, files: Record<string, string>) {
  return { name, folder: await newFolder(files) };
}

test("packages of a layer are found by require and by import, the later layer's first", async () => {
  const [first, second] = [
    await layer("first", {
      "nodejs/node_modules/both/index.js": commonJs("first"),
      "nodejs/node_modules/one/index.js": commonJs("one"),
    }),
    await layer("second", { "nodejs/node_modules/both/index.js": commonJs("second") }),
  ];
  const layers = [arnOf("first"), arnOf("second")];
  const required = await define(
    {
      "app.cjs": `const [both, one] = [require("both"), require("one")];
        exports.handler = async () => [both.say(), one.say(), process.env.LAMBDA_LAYERS];`,
    },
    { layers },
  );
  const imported = await define(
    {
      "app.mjs": `import both from "both"; import { join } from "node:path";
        const one = await import("one");
        export const handler = async () => [both.say(), one.default.say(), join("a", "b")];`,
    },
    { layers, name: "imported" },
  );
  const { call } = await start([required, imported], { layers: [first, second] });
  const folders = `${second.folder}:${first.folder}`;
  expect((await call()).result).toEqual(["second", "one", folders]);
  expect((await call({}, "imported")).result).toEqual(["second", "one", "a/b"]);
});

test("what is in no layer is still not found, and says so", async () => {
  const empty = await layer("empty", { "nodejs/node_modules/other/index.js": "" });
  const files = { "app.mjs": 'import "absent"; export const handler = async () => 1;' };
  const definition = await define(files, { layers: [arnOf("empty")] });
  const { call } = await start([definition], { layers: [empty] });
  expect((await call()).result).toMatchObject({ errorType: "Runtime.ImportModuleError" });
});

test("programs of a layer are on the path, and a runtime may come with one", async () => {
  const tools = await layer("tools", { "bin/say-it": "#!/bin/sh\necho said", bootstrap: "" });
  await chmod(join(tools.folder, "bin/say-it"), 0o755);
  const files = {
    "app.cjs": `exports.handler = async () =>
      require("node:child_process").execFileSync("say-it").toString();`,
  };
  const layers = [arnOf("tools")];
  const own = { runtime: "provided.al2023", name: "own", layers };
  const definitions = [await define(files, { layers }), await define({ "a.txt": "" }, own)];
  const house = await create(definitions, { layers: [tools] });
  expect(await house.functions.start({ endpointUrl })).toMatchObject([
    { functionName: "own", message: expect.stringContaining("not executable") },
  ]);
  await chmod(join(tools.folder, "bootstrap"), 0o755);
  const { call } = await start(definitions, { layers: [tools] });
  expect((await call()).result).toBe("said\n");
});

test.skipIf(!findPython())("modules of a layer are found by Python", async () => {
  const modules = await layer("modules", { "python/shared.py": "WORD = 'shared'\n" });
  const files = {
    "app.py": "import shared\ndef handler(event, context):\n    return shared.WORD\n",
  };
  const definition = await define(files, { runtime: "python3.12", layers: [arnOf("modules")] });
  const { call } = await start([definition], { layers: [modules] });
  expect((await call()).result).toBe("shared");
});

test("a layer that is saved is what the next call has", async () => {
  const shared = await layer("shared", { "nodejs/node_modules/word/index.js": commonJs("old") });
  const files = { "app.cjs": 'exports.handler = async () => require("word").say();' };
  const definition = await define(files, { layers: [arnOf("shared")] });
  const { call } = await start([definition], { layers: [shared], watch: true });
  expect((await call()).result).toBe("old");
  await writeFile(join(shared.folder, "nodejs/node_modules/word/index.js"), commonJs("new one"));
  for (let tries = 0; tries < 200 && (await call()).result === "old"; tries += 1) {
    await Bun.sleep(20);
  }
  expect((await call()).result).toBe("new one");
});

test("a layer that is saved reaches calls by the alias, wherever the API has led it", async () => {
  const shared = await layer("shared", { "nodejs/node_modules/word/index.js": commonJs("old") });
  const files = { "app.cjs": 'exports.handler = async () => require("word").say();' };
  const autoPublish = { alias: "live", allProperties: false };
  const definition = await define(files, { layers: [arnOf("shared")], autoPublish });
  const { functions } = await start([definition], { layers: [shared], watch: true });
  await functions.settings.createAlias("greet", {
    name: "old",
    description: "",
    version: "1",
    weights: {},
  });
  const call = async (qualifier: string) => {
    const called = await functions.invoke("greet", utf8("{}"), { qualifier });
    return called.found && textOf(called.payload);
  };
  await writeFile(join(definition.codeFolder, "app.cjs"), `${files["app.cjs"]} // again`);
  const versions = () => functions.settings.entryOf("greet")!.versions.length;
  while (versions() < 2) await Bun.sleep(5);
  expect([await call("live"), await call("old")]).toEqual(['"old"', '"old"']);
  await writeFile(join(shared.folder, "nodejs/node_modules/word/index.js"), commonJs("new one"));
  for (const qualifier of ["live", "old"]) {
    while ((await call(qualifier)) !== '"new one"') await Bun.sleep(20);
  }
  expect(versions()).toBe(2);
});

test("a layer that is not there is named", async () => {
  const files = { "app.js": "exports.handler = async () => 1;" };
  const definition = await define(files, { layers: [arnOf("absent")] });
  const house = await create([definition]);
  expect(await house.functions.start({ endpointUrl })).toEqual([
    { functionName: "greet", message: `Layer version ${arnOf("absent")} does not exist` },
  ]);
});

const zip = makeZip([{ path: "nodejs/node_modules/word/index.js", text: commonJs("word") }]);

test("the same content that is published at the same time makes a version each", async () => {
  const { functions } = await start([]);
  const results = await Promise.all([1, 2, 3, 4].map(() => functions.layers.publish("l", zip, {})));
  expect(results.map((result) => result.ok && result.value.number)).toEqual([1, 2, 3, 4]);
});

test("a version that is deleted is kept by the functions that have it, and given to no other", async () => {
  const { functions } = await start([]);
  const { control, layers } = functions;
  const made = (name: string, arns: readonly string[]) => ({
    name,
    handler: "app.handler",
    runtime: "nodejs22.x",
    timeoutSeconds: 60,
    memoryMegabytes: 256,
    environment: {},
    layers: arns,
  });
  const code = makeZip([{ path: "app.js", text: "exports.handler = async () => 1;" }]);
  await layers.publish("l", zip, {});
  const arn = arnOf("l");
  await control.create(made("has", [arn]), code);
  await control.create(made("other", []), code);
  await layers.delete("l", 1);
  const refusal = {
    ok: false,
    error: { kind: "invalid", message: `Layer version ${arn} does not exist` },
  } as const;
  expect(await control.create(made("new", [arn]), code)).toEqual(refusal);
  expect(await control.updateConfiguration("other", { layers: [arn] })).toEqual(refusal);
  expect(await control.updateConfiguration("has", { layers: [arn] })).toMatchObject({ ok: true });
});

test("a version that is deleted goes at a start, once no function has it", async () => {
  const records = openMemoryRecords();
  const workFolder = await newFolder({});
  const folders = () => readdirSync(join(workFolder, ".layers/layer-l"));
  const first = await start([], { records, workFolder });
  const { control, layers } = first.functions;
  const other = makeZip([{ path: "other.txt", text: "other" }]);
  await layers.publish("l", zip, {});
  await layers.publish("l", other, {});
  const code = makeZip([{ path: "app.js", text: "exports.handler = async () => 1;" }]);
  const has = {
    name: "has",
    handler: "app.handler",
    runtime: "nodejs22.x",
    timeoutSeconds: 60,
    memoryMegabytes: 256,
    environment: {},
    layers: [arnOf("l")],
  };
  await control.create(has, code);
  await layers.delete("l", 1);
  await layers.delete("l", 2);
  await first.functions.close();
  const second = await start([], { records, workFolder });
  expect(folders()).toHaveLength(1);
  expect((await second.call({}, "has")).result).toBe(1);
  await second.functions.control.delete("has");
  await second.functions.close();
  const third = await start([], { records, workFolder });
  expect(folders()).toEqual([]);
  const fourth = await third.functions.layers.publish("l", zip, {});
  expect(fourth).toMatchObject({ ok: true, value: { number: 3 } });
});

test("every layer is there after a start, however many there are", async () => {
  const records = openMemoryRecords();
  const count = 10_001;
  const version = { number: 1, codeFolderName: "code-1", codeSha256: "", codeBytes: 1 };
  const value = utf8(JSON.stringify({ versions: [{ ...version, createdMs: 1 }] }));
  const changes = Array.from({ length: count }, (_, at) => ({
    space: "layers",
    key: utf8(`l${at}`),
    value,
  }));
  await records.update([], () => ({ changes, result: undefined }));
  const { functions } = await start([], { records });
  expect(functions.layers.list()).toHaveLength(count);
});
