import { afterEach, expect, test } from "bun:test";
import { chmodSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanUp, define, newFolder, start } from "../house-fixture.ts";
import { describeCode, describeFolder, readCode } from "./code-folder.ts";

afterEach(cleanUp);

test("a folder is described as the files that it holds", async () => {
  const folder = await newFolder({ "app.js": "1", "lib/b.js": "two", "lib/run": "#!/bin/sh" });
  chmodSync(join(folder, "lib/run"), 0o755);
  writeFileSync(join(folder, "large"), Buffer.alloc(600_000, "x")); // of several pieces
  const described = await describeFolder(folder, undefined);
  expect(described).toEqual(describeCode(await readCode(folder, undefined)));
  expect(described.codeBytes).toBe(1 + 3 + 9 + 600_000);
});

test("to list functions does not take as much memory as their code is large", async () => {
  const definition = await define({ "app.js": "exports.handler = async () => 1;", large: "" });
  const largeBytes = 400 * 1_048_576;
  truncateSync(join(definition.codeFolder, "large"), largeBytes);
  const { functions } = await start([definition]);
  Bun.gc(true);
  const before = process.memoryUsage.rss();
  let most = before;
  const looking = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 2);
  const [listed] = await functions.control.list();
  clearInterval(looking);
  expect(listed!.codeBytes).toBeGreaterThan(largeBytes);
  expect(most - before).toBeLessThan(largeBytes / 2);
});

test("a file that goes while the folder is read is no failure", async () => {
  const folder = await newFolder({ large: "", "last.js": "1" });
  truncateSync(join(folder, "large"), 200 * 1_048_576);
  const described = describeFolder(folder, undefined);
  await Bun.sleep(20); // by now both are listed, and the large one is being read
  rmSync(join(folder, "last.js"));
  expect((await described).codeBytes).toBe(200 * 1_048_576);
});
