import { afterEach, expect, test } from "bun:test";
import { symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { readCode } from "./control/code-folder.ts";
import { cleanUp, define, newFolder } from "./house-fixture.ts";
import { readSources } from "./reload/sources.ts";

afterEach(cleanUp);

async function rootOfProject() {
  const definition = await define({
    "app.js": "exports.handler = async () => 1;",
    "lib/.millrace/own.js": "",
    ".millrace/credentials": "secret",
    ".git/HEAD": "ref",
  });
  const { codeFolder } = definition;
  const dataFolder = join(codeFolder, ".millrace");
  const sources = () => readSources(definition, { folder: codeFolder }, dataFolder);
  return { codeFolder, dataFolder, sources };
}

test("what the server keeps below a function's code, and .git, are not read as its code", async () => {
  const { codeFolder, dataFolder } = await rootOfProject();
  const paths = (await readCode(codeFolder, dataFolder)).map(({ path }) => path);
  expect(paths).toEqual(["app.js", "lib/.millrace/own.js"]);
});

test("they are left out behind a link too", async () => {
  const { codeFolder, dataFolder } = await rootOfProject();
  const elsewhere = await newFolder({});
  await symlink(codeFolder, join(elsewhere, "project"));
  await symlink(dataFolder, join(codeFolder, "linked"));
  const files = await readCode(join(elsewhere, "project"), dataFolder);
  expect(files.map(({ path }) => path)).toEqual(["app.js", "lib/.millrace/own.js"]);
});

test("what changes there is no change of the function", async () => {
  const { codeFolder, dataFolder, sources } = await rootOfProject();
  const before = await sources();
  expect(before.folders.map((folder) => basename(folder)).slice(1)).toEqual(["lib", ".millrace"]);
  await writeFile(join(dataFolder, "records.db"), "more");
  await writeFile(join(codeFolder, ".git/index"), "more");
  expect((await sources()).digest).toBe(before.digest);
  await writeFile(join(codeFolder, "lib/text.js"), "");
  expect((await sources()).digest).not.toBe(before.digest);
});
