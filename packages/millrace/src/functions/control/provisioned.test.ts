import { afterEach, expect, test } from "bun:test";
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
