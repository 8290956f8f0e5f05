import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolderSynced } from "./synced.ts";

const root = mkdtempSync(join(tmpdir(), "millrace-synced-"));
afterAll(() => rmSync(root, { recursive: true }));

test.each(["a", "b/c/d", "b/c/e", "b"])(
  "the folder %s is there afterwards, however much of it was missing",
  async (name) => {
    const path = join(root, name);
    await makeFolderSynced(path);
    expect(statSync(path).isDirectory()).toBe(true);
  },
);

test("a path through a file is refused", async () => {
  await Bun.write(join(root, "file"), "");
  expect(makeFolderSynced(join(root, "file", "x"))).rejects.toThrow("ENOTDIR");
});
