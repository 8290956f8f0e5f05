import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { utf8, type WorldError } from "../../base/mod.ts";
import { openFile } from "./schema.ts";
import { startWriterThread } from "./writer-thread.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-writer-"));
const realWorker = globalThis.Worker;

afterEach(() => {
  globalThis.Worker = realWorker;
  rmSync(folder, { recursive: true });
});

test("when the thread dies, what is under way and all that follows is refused, and it is told", async () => {
  const workers: Worker[] = [];
  globalThis.Worker = class extends realWorker {
    constructor(...given: ConstructorParameters<typeof Worker>) {
      super(...given);
      workers.push(this);
    }
  };
  const path = join(folder, "records.db");
  openFile(path).close();
  const told: WorldError[] = [];
  const onStopped = (error: WorldError) => told.push(error);
  const writer = startWriterThread({ path, onStopped });
  const change = { space: "s", key: utf8("k"), value: utf8("v") };
  await writer.commit([change]);
  workers[0]?.terminate();
  await expect(writer.commit([change])).rejects.toThrow('the writer of "');
  await expect(writer.commit([change])).rejects.toThrow('the writer of "');
  expect(told.map(({ code }) => code)).toEqual(["STORAGE_STOPPED"]);
});
