import { afterEach, expect, test } from "bun:test";
import {
  chmodSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { cleanUp, define, newFolder, start } from "../house-fixture.ts";
import { codeBytesMax } from "../limits.ts";
import { copyCode, describeFolder, writeCode } from "./code-folder.ts";
import type { ArchivedFile } from "./unzip.ts";

afterEach(cleanUp);

const bytesMax = 1_000_000;

test("a folder is described, and copied, as the files that it holds", async () => {
  const folder = await newFolder({ "app.js": "1", "lib/b.js": "two", "lib/run": "#!/bin/sh" });
  chmodSync(join(folder, "lib/run"), 0o755);
  writeFileSync(join(folder, "large"), Buffer.alloc(600_000, "x")); // of several pieces
  const source = { folder, dataFolder: undefined };
  const described = await describeFolder(source);
  expect(described.codeBytes).toBe(1 + 3 + 9 + 600_000);
  const [copied, written] = [await newFolder({}), await newFolder({})];
  expect(await copyCode(copied, source, bytesMax)).toEqual(described);
  const files: ArchivedFile[] = ["app.js", "large", "lib/b.js", "lib/run"].map((path) => ({
    path,
    bytes: readFileSync(join(copied, described.codeFolderName, path)),
    executable: path === "lib/run",
  }));
  expect(await writeCode(written, files)).toEqual(described);
  const run = statSync(join(copied, described.codeFolderName, "lib/run"));
  expect(run.mode & 0o777).toBe(0o755);
  expect(await copyCode(copied, source, bytesMax)).toEqual(described); // it is there already
  expect(readdirSync(copied)).toEqual([described.codeFolderName]);
});

test("code that is larger than Lambda takes is not published, and nothing of it stays", async () => {
  const definition = await define({ "app.js": "exports.handler = async () => 1;", large: "" });
  truncateSync(join(definition.codeFolder, "large"), codeBytesMax);
  const { functions, workFolder } = await start([definition]);
  expect(await functions.control.publish("greet", {})).toEqual({
    ok: false,
    error: { kind: "invalid", message: "Unzipped size must be smaller than 262144000 bytes" },
  });
  const names = readdirSync(join(workFolder, "greet"));
  expect(names.filter((name) => name.includes("code"))).toEqual([]);
});

/** How much more memory it takes than there was before. */
async function bytesTaken(act: () => Promise<unknown>): Promise<number> {
  Bun.gc(true);
  const before = process.memoryUsage.rss();
  let most = before;
  const looking = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 2);
  await act();
  clearInterval(looking);
  return most - before;
}

test("to list functions does not take as much memory as their code is large", async () => {
  const definition = await define({ "app.js": "exports.handler = async () => 1;", large: "" });
  const largeBytes = 400 * 1_048_576;
  truncateSync(join(definition.codeFolder, "large"), largeBytes);
  const { functions } = await start([definition]);
  expect(await bytesTaken(() => functions.control.list())).toBeLessThan(largeBytes / 2);
  const [listed] = await functions.control.list();
  expect(listed!.codeBytes).toBeGreaterThan(largeBytes);
});

test("nor does it to publish one", async () => {
  const definition = await define({ "app.js": "exports.handler = async () => 1;", large: "" });
  const largeBytes = 240 * 1_048_576;
  truncateSync(join(definition.codeFolder, "large"), largeBytes);
  const { functions } = await start([definition]);
  const publish = () => functions.control.publish("greet", {});
  expect(await bytesTaken(publish)).toBeLessThan(largeBytes / 2);
  const published = await publish();
  expect(published.ok && published.value.codeBytes).toBeGreaterThan(largeBytes);
});

test("a file that goes while the folder is read is no failure", async () => {
  const folder = await newFolder({ large: "", "last.js": "1" });
  truncateSync(join(folder, "large"), 200 * 1_048_576);
  const described = describeFolder({ folder, dataFolder: undefined });
  await Bun.sleep(20); // by now both are listed, and the large one is being read
  rmSync(join(folder, "last.js"));
  expect((await described).codeBytes).toBe(200 * 1_048_576);
});
