import { afterEach, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { symlink, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { copyCode } from "./control/code-folder.ts";
import { cleanUp, define, newFolder, start } from "./house-fixture.ts";
import { readSources } from "./reload/sources.ts";
import { findPython } from "./runtimes/runtime.ts";

afterEach(cleanUp);

async function rootOfProject() {
  const definition = await define({
    "app.js": "exports.handler = async () => 1;",
    "lib/.millrace/own.js": "",
    ".millrace/credentials": "secret",
    ".git/HEAD": "ref",
    "lib/__pycache__/own.cpython-313.pyc": "",
  });
  const { codeFolder } = definition;
  const dataFolder = join(codeFolder, ".millrace");
  const sources = () => readSources(definition, { folder: codeFolder }, dataFolder);
  return { codeFolder, dataFolder, sources };
}

async function copiedPaths(folder: string, dataFolder: string): Promise<string[]> {
  const target = await newFolder({});
  const code = await copyCode(target, { folder, dataFolder }, 1000);
  const copied = join(target, code!.codeFolderName);
  const entries = readdirSync(copied, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => relative(copied, join(parentPath, name))).sort();
}

test("what the server keeps below a function's code, .git and the like are not read as its code", async () => {
  const { codeFolder, dataFolder } = await rootOfProject();
  expect(await copiedPaths(codeFolder, dataFolder)).toEqual(["app.js", "lib/.millrace/own.js"]);
});

test("they are left out behind a link too", async () => {
  const { codeFolder, dataFolder } = await rootOfProject();
  const elsewhere = await newFolder({});
  await symlink(codeFolder, join(elsewhere, "project"));
  await symlink(dataFolder, join(codeFolder, "linked"));
  const paths = await copiedPaths(join(elsewhere, "project"), dataFolder);
  expect(paths).toEqual(["app.js", "lib/.millrace/own.js"]);
});

test("what changes there is no change of the function", async () => {
  const { codeFolder, dataFolder, sources } = await rootOfProject();
  const before = await sources();
  expect(before.folders.map((folder) => basename(folder)).slice(1)).toEqual(["lib", ".millrace"]);
  await writeFile(join(dataFolder, "records.db"), "more");
  await writeFile(join(codeFolder, ".git/index"), "more");
  await writeFile(join(codeFolder, "lib/__pycache__/more.pyc"), "more");
  expect((await sources()).digest).toBe(before.digest);
  await writeFile(join(codeFolder, "lib/text.js"), "");
  expect((await sources()).digest).not.toBe(before.digest);
});

test.skipIf(!findPython())(
  "Python compiles beside its code, and a start empties that",
  async () => {
    const lines = ["import os, own, this", "def handler(event, context):"];
    const answer = "  return [own.WORD, 'PYTHONPYCACHEPREFIX' in os.environ]";
    const files = { "app.py": [...lines, answer].join("\n") };
    const definition = await define(
      { ...files, "own.py": "WORD = 'own'" },
      { runtime: "python3.13" },
    );
    const { call, workFolder, functions } = await start([definition]);
    expect((await call()).result).toEqual(["own", false]);
    expect(readdirSync(definition.codeFolder).sort()).toEqual(["app.py", "own.py"]);
    const cache = join(workFolder, "greet/python-cache");
    const compiled = readdirSync(cache, { recursive: true, withFileTypes: true });
    const names = compiled.filter((entry) => entry.isFile()).map(({ name }) => name.split(".")[0]);
    expect(names.sort()).toEqual(["app", "own"]); // and nothing of Python's library
    await functions.close();
    await start([definition], { workFolder });
    expect(existsSync(cache)).toBe(false);
  },
);
