import { afterEach, expect, test } from "bun:test";
import { openMemoryRecords, type Records } from "../../storage/mod.ts";
import { emptyEntry, withoutQualifier } from "../catalogue/entry.ts";
import { makeZip } from "../control/zip-fixture.ts";
import { cleanUp, start } from "../house-fixture.ts";

afterEach(cleanUp);

const settings = { signed: false, streamed: false, cors: undefined };

test("an address goes with its alias, so that another of that name has none", () => {
  const url = { ...settings, createdMs: 1, lastModifiedMs: 1 };
  const entry = { ...emptyEntry("made"), urls: { live: url, next: url } };
  expect(withoutQualifier(entry, "live").urls).toEqual({ next: url });
});

test("no address is made for a function that is being deleted", async () => {
  const inner = openMemoryRecords();
  const records: Records = {
    get: (address) => inner.get(address),
    range: (range) => inner.range(range),
    close: () => inner.close(),
    async update(reads, decide) {
      await Bun.sleep(10);
      return inner.update(reads, decide);
    },
  };
  const { functions } = await start([], { records });
  const { control, urls } = functions;
  await control.create(
    {
      name: "made",
      handler: "app.handler",
      runtime: "nodejs22.x",
      timeoutSeconds: 60,
      memoryMegabytes: 256,
      environment: {},
    },
    makeZip([{ path: "app.js", text: "exports.handler = async () => 1;" }]),
  );
  const deleted = control.delete("made");
  await Bun.sleep(1);
  const made = await urls.create("made", undefined, settings);
  expect(await deleted).toBeUndefined();
  expect(made).toMatchObject({ ok: false, error: { kind: "not-found" } });
  expect(urls.list()).toEqual([]);
});
