import { afterEach, describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { textOf, utf8 } from "../../base/mod.ts";
import { openMemoryRecords } from "../../storage/mod.ts";
import { asyncSettingsOf } from "../async/settings.ts";
import type { FunctionDefinition, Written } from "../definition.ts";
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

const answering = (value: number) =>
  `exports.handler = async (event, context) => [${value}, context.functionVersion];`;

async function call({ functions }: House, qualifier: string) {
  const called = await functions.invoke("greet", utf8("{}"), { qualifier });
  return called.found ? JSON.parse(textOf(called.payload)) : "not found";
}

function written(changes: Partial<Written>): { readonly written: Written } {
  return { written: { versions: [], aliases: [], asyncSettings: {}, ...changes } };
}

/** A house that is started again and again, each time with other code and other resources. */
async function restarting() {
  const kept = { records: openMemoryRecords(), workFolder: await newFolder({}) };
  const definition = await define({ "app.js": "" });
  let house: House | undefined;
  return async (
    value: number,
    changes: Partial<Written>,
    more: Partial<FunctionDefinition> = {},
  ) => {
    await house?.functions.close();
    await writeFile(join(definition.codeFolder, "app.js"), answering(value));
    house = await start([{ ...definition, ...written(changes), ...more }], kept);
    return house;
  };
}

const versionsOf = ({ functions }: House) =>
  functions.settings.entryOf("greet")!.versions.map(({ number }) => number);

describe("versions and aliases that are written out", () => {
  const live = (version: string) => [{ name: "live", version }];

  test("lead calls to what the function was when the version came", async () => {
    const restart = await restarting();
    const first = { versions: [{ key: "A" }], aliases: live("A") };
    expect(await call(await restart(1, first), "live")).toEqual([1, "1"]);
    const edited = await restart(2, first);
    expect(await call(edited, "live")).toEqual([1, "1"]);
    expect(await call(edited, "$LATEST")).toEqual([2, "$LATEST"]);
    const next = await restart(2, { versions: [{ key: "B" }], aliases: live("B") });
    expect(await call(next, "live")).toEqual([2, "2"]);
    expect(versionsOf(next)).toEqual(["2"]);
  });

  test("come anew with another description", async () => {
    const restart = await restarting();
    await restart(1, { versions: [{ key: "A", description: "one" }], aliases: live("A") });
    const again = { versions: [{ key: "A", description: "two" }], aliases: live("A") };
    expect(await call(await restart(2, again), "live")).toEqual([2, "2"]);
  });

  test("take over from AutoPublishAlias and back, with what the API has set for them", async () => {
    const restart = await restarting();
    const autoPublish = { alias: "live", allProperties: false, provisioned: 1 };
    const first = await restart(1, {}, { autoPublish });
    const mark = { retryAttemptsMax: 0, eventAgeSecondsMax: 60 };
    await first.functions.settings.setAsyncSettings("greet", "live", () => mark);
    const marked = ({ functions }: House) =>
      functions.settings.entryOf("greet")!.asyncSettings.live;
    const out = await restart(1, { versions: [{ key: "A" }], aliases: live("A") });
    expect(await call(out, "live")).toEqual([1, "1"]);
    expect(marked(out)).toMatchObject(mark);
    expect(out.functions.settings.entryOf("greet")!.provisioned).toEqual({});
    const back = await restart(1, {}, { autoPublish });
    expect(await call(back, "live")).toEqual([1, "1"]);
    expect(marked(back)).toMatchObject(mark);
  });

  test("come anew with another digest of AWS's archive, which no code here need have", async () => {
    const restart = await restarting();
    const saying = (codeSha256: string) => ({
      versions: [{ key: "A", codeSha256 }],
      aliases: live("A"),
    });
    expect(await call(await restart(1, saying("one")), "live")).toEqual([1, "1"]);
    expect(await call(await restart(2, saying("one")), "live")).toEqual([1, "1"]);
    expect(await call(await restart(2, saying("two")), "live")).toEqual([2, "2"]);
  });

  test("share calls by their weights", async () => {
    const restart = await restarting();
    await restart(1, { versions: [{ key: "A" }], aliases: live("A") });
    const versions = [{ key: "A" }, { key: "B" }];
    const aliases = [{ name: "live", version: "A", weights: { B: 1 } }];
    expect(await call(await restart(2, { versions, aliases }), "live")).toEqual([2, "2"]);
  });

  test("stay where the API has led them, and go with the template's", async () => {
    const restart = await restarting();
    const both = { versions: [{ key: "A" }], aliases: live("A") };
    const first = await restart(1, both);
    await first.functions.settings.updateAlias("greet", "live", { version: "$LATEST" });
    expect(await call(await restart(2, both), "live")).toEqual([2, "$LATEST"]);
    const none = await restart(2, {});
    expect(none.functions.settings.entryOf("greet")).toMatchObject({ aliases: {}, versions: [] });
  });

  test("leave a version that the API has made when they go", async () => {
    const restart = await restarting();
    const first = await restart(1, {});
    await first.functions.control.publish("greet", {});
    const found = await restart(1, { versions: [{ key: "A" }], aliases: live("A") });
    expect(await call(found, "live")).toEqual([1, "1"]);
    expect(versionsOf(await restart(1, {}))).toEqual(["1"]);
  });

  test("that would be one are a problem of the start", async () => {
    const kept = { records: openMemoryRecords(), workFolder: await newFolder({}) };
    const definition = await define({ "app.js": answering(1) });
    const problemsOf = async (...keys: string[]) => {
      const changes = written({ versions: keys.map((key) => ({ key })) });
      const { functions } = await create([{ ...definition, ...changes }], kept);
      const problems = await functions.start({ endpointUrl });
      await functions.close();
      return problems.map(({ message }) => message);
    };
    const between = "would be one version: the function has not changed between them";
    expect(await problemsOf("A", "B")).toEqual([`"A" and "B" ${between}`]);
    expect(await problemsOf("A")).toEqual([]);
    expect(await problemsOf("B", "A")).toEqual([`"B" and "A" ${between}`]);
  });

  test("of a start that failed are those of their resources at the next one", async () => {
    const kept = { records: openMemoryRecords(), workFolder: await newFolder({}) };
    const definition = await define({ "app.js": answering(1) });
    const changes = { versions: [{ key: "A" }], aliases: [{ name: "live", version: "$LATEST" }] };
    const aliases = [{ name: "live", version: "A", weights: { A: 0.5 } }];
    const { functions } = await create(
      [{ ...definition, ...written({ ...changes, aliases }) }],
      kept,
    );
    expect(await functions.start({ endpointUrl })).toHaveLength(1);
    await functions.close();
    await writeFile(join(definition.codeFolder, "app.js"), answering(2));
    const mended = await start([{ ...definition, ...written(changes) }], kept);
    expect(versionsOf(mended)).toEqual(["1"]);
    await mended.functions.close();
    expect(versionsOf(await start([definition], kept))).toEqual([]);
  });

  test("that a start which failed has replaced go at the next one", async () => {
    const kept = { records: openMemoryRecords(), workFolder: await newFolder({}) };
    const definition = await define({ "app.js": answering(1) });
    const saying = (description: string, aliases: Written["aliases"] = []) => [
      { ...definition, ...written({ versions: [{ key: "A", description }], aliases }) },
    ];
    await (await start(saying("one"), kept)).functions.close();
    await writeFile(join(definition.codeFolder, "app.js"), answering(2));
    const wrong = [{ name: "live", version: "A", weights: { A: 0.5 } }];
    const { functions } = await create(saying("two", wrong), kept);
    expect(await functions.start({ endpointUrl })).toHaveLength(1);
    await functions.close();
    expect(versionsOf(await start(saying("two"), kept))).toEqual(["2"]);
  });

  test("go with the last name of their resource", async () => {
    const restart = await restarting();
    await restart(1, { versions: [{ key: "A" }] });
    expect(versionsOf(await restart(1, { versions: [{ key: "B" }] }))).toEqual(["1"]);
    expect(versionsOf(await restart(1, {}))).toEqual([]);
  });

  test("hold environments ready, for aliases and for versions", async () => {
    const restart = await restarting();
    const versions = [{ key: "A", provisioned: 1 }];
    const aliases = [{ name: "live", version: "A", provisioned: 2 }];
    const house = await restart(1, { versions, aliases });
    const provisioned = () => house.functions.settings.entryOf("greet")!.provisioned;
    expect(provisioned()).toEqual({ "1": 1, live: 2 });
    await house.functions.settings.deleteAlias("greet", "live");
    const again = await restart(1, { versions, aliases });
    expect(again.functions.settings.entryOf("greet")!.provisioned).toEqual({ "1": 1, live: 2 });
    const fewer = await restart(1, { versions: [{ key: "A" }], aliases: live("A") });
    expect(fewer.functions.settings.entryOf("greet")!.provisioned).toEqual({});
  });

  test("whose layer is gone are a problem of the start", async () => {
    const kept = { records: openMemoryRecords(), workFolder: await newFolder({}) };
    const arn = "arn:aws:lambda:eu-central-1:111122223333:layer:tools:1";
    const changes = written({ versions: [{ key: "A" }], aliases: live("A") });
    const definition = await define({ "app.js": answering(1) }, changes);
    const layers = [{ name: "tools", folder: await newFolder({ "a.txt": "" }) }];
    const first = await start([{ ...definition, layers: [arn] }], { ...kept, layers });
    await first.functions.close();
    const { functions } = await create([definition], kept);
    const problems = await functions.start({ endpointUrl });
    const because = `Layer version ${arn} does not exist; give its resource another name`;
    const message = `version 1 of "A" cannot run: ${because}`;
    expect(problems).toEqual([{ functionName: "greet", message }]);
  });
});

test("with a port for debuggers an alias leads to where they listen", async () => {
  const aliases = [{ name: "live", version: "A" }];
  const changes = written({ versions: [{ key: "A" }], aliases });
  const definition = await define({ "app.js": answering(1) }, changes);
  const house = await create([definition], { inspectPort: 9229 });
  if (house.functions.inspectors().length === 0) return; // Bun has no port of this kind
  const inspectPort = portForLater();
  const inspected = await start([definition], { inspectPort });
  expect(await call(inspected, "live")).toEqual([1, "$LATEST"]);
});

test("asynchronous calls are tried as is written for their qualifier alone", () => {
  const settings = { retryAttemptsMax: 0, eventAgeSecondsMax: 60 };
  const ofLive = written({ asyncSettings: { live: settings } });
  expect(asyncSettingsOf(ofLive, "live")).toEqual(settings);
  expect(asyncSettingsOf(ofLive, "$LATEST")).toBeUndefined();
  const ofLatest = written({ asyncSettings: { $LATEST: settings } });
  expect(asyncSettingsOf(ofLatest, "$LATEST")).toEqual(settings);
});
