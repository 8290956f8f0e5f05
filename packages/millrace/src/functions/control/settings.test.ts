import { afterEach, expect, test } from "bun:test";
import { openMemoryRecords } from "../../storage/mod.ts";
import { cleanUp, create, define, start } from "../house-fixture.ts";

afterEach(cleanUp);

const source = { "app.js": "exports.handler = async () => 1;" };

test("what the template says of asynchronous calls is told, changed, taken back and kept", async () => {
  const asyncSettings = { retryAttemptsMax: 0, eventAgeSecondsMax: 60 };
  const definition = await define(source, { asyncSettings });
  const records = openMemoryRecords();
  const { functions } = await start([definition], { records });
  const { settings } = functions;
  expect(settings.asyncSettingsOf("greet", "$LATEST")).toMatchObject(asyncSettings);
  expect(settings.asyncQualifiers("greet")).toEqual(["$LATEST"]);
  const change = (eventAgeSecondsMax: number) =>
    settings.setAsyncSettings(
      "greet",
      "$LATEST",
      (before) => before && { ...before, eventAgeSecondsMax },
    );
  expect(await change(90)).toBeUndefined();
  expect(settings.asyncSettingsOf("greet", "$LATEST")).toMatchObject({
    retryAttemptsMax: 0,
    eventAgeSecondsMax: 90,
  });
  expect(await settings.setAsyncSettings("greet", "$LATEST", () => undefined)).toBeUndefined();
  expect(settings.asyncSettingsOf("greet", "$LATEST")).toBeUndefined();
  expect(settings.asyncQualifiers("greet")).toEqual([]);
  expect(await change(120)).toMatchObject({ kind: "not-found" });
  const { functions: later } = await start([definition], { records });
  expect(later.settings.asyncSettingsOf("greet", "$LATEST")).toBeUndefined();
});

test("with an alias of the template's they are told for that alone", async () => {
  const asyncSettings = { retryAttemptsMax: 1, eventAgeSecondsMax: 60 };
  const { functions } = await create([
    await define(source, { asyncSettings, autoPublish: { alias: "live", allProperties: false } }),
  ]);
  expect(functions.settings.asyncQualifiers("greet")).toEqual(["live"]);
  expect(functions.settings.asyncSettingsOf("greet", "$LATEST")).toBeUndefined();
});
