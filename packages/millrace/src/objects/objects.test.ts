import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { mkdir, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import fc from "fast-check";
import { silentLogger, textOf, utf8 } from "../base/mod.ts";
import type { BucketDefinition } from "./definition.ts";
import { Memory } from "./memory.ts";
import { type BuildForBrowser, createObjects } from "./objects.ts";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function newFolder(files: Record<string, string>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-objects-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

async function create(
  definition: Omit<BucketDefinition, "name">,
  build: BuildForBrowser = async () => [],
) {
  const workFolder = await newFolder({});
  const definitions = [{ name: "site", ...definition }, { name: "empty" }];
  const objects = createObjects({ definitions, build, workFolder, logger: silentLogger });
  return { workFolder, start: objects.start, read: (key: string) => objects.read("site", key) };
}

describe("an object", () => {
  test("has type, size, bytes and a tag made from its content", async () => {
    const sourceFolder = await newFolder({ "a/x.css": "p{}", "y.css": "p{}", "z.BIN": "\u00ff" });
    const { read } = await create({ sourceFolder });
    const file = (await read("a/x.css"))!;
    expect(file).toMatchObject({ contentType: "text/css; charset=utf-8", sizeBytes: 3 });
    expect(textOf(file.bytes!)).toBe("p{}");
    expect(file.etag).toMatch(/^"[\w-]{27}"$/);
    expect((await read("y.css"))!.etag).toBe(file.etag);
    expect((await read("z.BIN"))!.contentType).toBe("application/octet-stream");
  });

  test("is read again when its file has changed", async () => {
    const sourceFolder = await newFolder({ "a.txt": "one" });
    const { read } = await create({ sourceFolder });
    const before = (await read("a.txt"))!;
    await writeFile(join(sourceFolder, "a.txt"), "two and more");
    const after = (await read("a.txt"))!;
    expect(textOf(after.bytes!)).toBe("two and more");
    expect(after.etag).not.toBe(before.etag);
  });

  test("is compressed when that saves something", async () => {
    const text = "all work and no play ".repeat(100);
    const sourceFolder = await newFolder({ "a.js": text, "small.js": "1", "b.png": text });
    const { read } = await create({ sourceFolder });
    const file = (await read("a.js"))!;
    const [br, gzip] = await Promise.all([file.compressed!("br"), file.compressed!("gzip")]);
    expect(brotliDecompressSync(br).toString()).toBe(text);
    expect(gunzipSync(gzip).toString()).toBe(text);
    expect(await (await read("a.js"))!.compressed!("br")).toBe(br);
    expect((await read("small.js"))!.compressed).toBeUndefined();
    expect((await read("b.png"))!.compressed).toBeUndefined();
  });

  test("that is large has a tag and a path but no bytes in memory", async () => {
    const sourceFolder = await newFolder({ "big.txt": "" });
    await truncate(join(sourceFolder, "big.txt"), 3_000_000);
    const { read } = await create({ sourceFolder });
    const file = (await read("big.txt"))!;
    expect(file.bytes).toBeUndefined();
    expect(file.compressed).toBeUndefined();
    expect(file.sizeBytes).toBe(3_000_000);
    expect(file.path).toEndWith("/big.txt");
    expect(file.etag).toMatch(/^"[\w-]{27}"$/);
  });
});

describe("no object", () => {
  test.each([
    "",
    "/",
    "nowhere.txt",
    "folder",
    "folder/",
    "../secret.txt",
    "folder/../a.txt",
    "./a.txt",
    "//a.txt",
    ".hidden",
    ".git/config",
    "folder/.env",
    "a.txt\0.png",
    "a.txt/b",
    "..\\secret.txt",
    "outside.txt",
    "x".repeat(5000),
  ])("has the key %j", async (key) => {
    const outer = await newFolder({
      "secret.txt": "s",
      "site/a.txt": "a",
      "site/.hidden": "h",
      "site/.git/config": "c",
      "site/folder/.env": "e",
    });
    await symlink(join(outer, "secret.txt"), join(outer, "site/outside.txt"));
    const { read } = await create({ sourceFolder: join(outer, "site") });
    expect(await read(key)).toBeUndefined();
    expect(await read("a.txt")).toBeDefined();
  });

  test("is in a bucket without a folder, or without a definition", async () => {
    const { workFolder } = await create({});
    const objects = createObjects({
      definitions: [{ name: "empty" }],
      build: async () => [],
      workFolder,
      logger: silentLogger,
    });
    expect(await objects.read("empty", "a.txt")).toBeUndefined();
    expect(await objects.read("other", "a.txt")).toBeUndefined();
  });
});

describe("a bucket with a build", () => {
  const build = { entryPoints: ["app.ts"], minify: true, target: "es2022", sourcemap: false };

  test("holds what was made and what was there, but not the sources", async () => {
    const sourceFolder = await newFolder({ "app.ts": "source", "index.html": "<p>" });
    const { read, start } = await create({ sourceFolder, build }, async (request) => {
      await mkdir(request.outFolder, { recursive: true });
      await writeFile(join(request.outFolder, "app.js"), "made");
      return [];
    });
    expect(await start()).toEqual([]);
    expect(textOf((await read("app.js"))!.bytes!)).toBe("made");
    expect(textOf((await read("index.html"))!.bytes!)).toBe("<p>");
    expect(await read("app.ts")).toBeUndefined();
  });

  test("says what is wrong in the sources", async () => {
    const sourceFolder = await newFolder({});
    const { start } = await create({ sourceFolder, build }, async () => [
      { message: "no", file: "/app.ts", line: 1, column: 2 },
    ]);
    expect(await start()).toEqual([
      { bucketName: "site", message: "no", file: "/app.ts", line: 1, column: 2 },
    ]);
  });
});

test("the memory of files keeps within its bound and forgets what was used longest ago", () => {
  const operation = fc.record({
    key: fc.constantFrom("a", "b", "c", "d"),
    bytes: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(operation), (operations) => {
      const memory = new Memory<number>(10);
      let model: { key: string; bytes: number }[] = [];
      for (const { key, bytes } of operations) {
        const known = model.find((entry) => entry.key === key);
        model = model.filter((entry) => entry !== known);
        if (bytes === undefined) {
          expect(memory.get(key)).toBe(known?.bytes);
          if (known) model.push(known);
          continue;
        }
        memory.set(key, bytes, bytes);
        model.push({ key, bytes });
        while (model.reduce((sum, entry) => sum + entry.bytes, 0) > 10) model.shift();
      }
    }),
  );
});

describe("a bucket without a folder of its own", () => {
  async function createStore(storeFolder?: string) {
    const workFolder = await newFolder({});
    const definitions = [{ name: "in" }, { name: "site", sourceFolder: workFolder }];
    const build = async () => [];
    const options = { definitions, build, workFolder, logger: silentLogger };
    const objects = createObjects(
      storeFolder === undefined ? options : { ...options, storeFolder },
    );
    return {
      start: objects.start,
      write: (key: string, text: string, bucketName = "in") =>
        objects.write({ bucketName, key, bytes: utf8(text) }),
      read: async (key: string) => {
        const bytes = (await objects.read("in", key))?.bytes;
        return bytes && textOf(bytes);
      },
      typeOf: async (key: string) => (await objects.read("in", key))?.contentType,
    };
  }

  test("keeps apart whatever keys S3 keeps apart, and none leaves the folder", async () => {
    const storeFolder = join(await newFolder({}), "store");
    const { write, read } = await createStore(storeFolder);
    const keys = ["a", "a/b", "A", "a/", "/a", "../a", "a//b", ".", "ä", "x".repeat(1024), "\0"];
    for (const key of keys) expect(await write(key, key)).toBe("stored");
    const again = await createStore(storeFolder);
    for (const key of keys) {
      expect(await read(key)).toBe(key);
      expect(await again.read(key)).toBe(key);
    }
    expect(readdirSync(join(storeFolder, ".."))).toEqual(["store"]);
    expect(readdirSync(join(storeFolder, "in"))).toHaveLength(keys.length);
  });

  test("gives what was written last, with the type that its key says", async () => {
    const { write, read, typeOf } = await createStore(await newFolder({}));
    await write("line.json", "{}");
    expect(await read("line.json")).toBe("{}");
    await write("line.json", "[]");
    expect(await read("line.json")).toBe("[]");
    expect(await typeOf("line.json")).toStartWith("application/json");
    expect(await read("other")).toBeUndefined();
  });

  test("takes no key that is none; other buckets take nothing", async () => {
    const { write } = await createStore(await newFolder({}));
    for (const key of ["", "x".repeat(1025), "\ud800"]) {
      expect(await write(key, "x")).toBe("key-invalid");
    }
    expect(await write("a", "x", "site")).toBe("read-only");
    expect(await write("a", "x", "none")).toBe("no-such-bucket");
    expect(await (await createStore()).write("a", "x")).toBe("read-only");
  });

  test("is rid of what a crash has left half written", async () => {
    const storeFolder = await newFolder({ "in/new-abc/content": "half", "in/whole": "x" });
    await (await createStore(storeFolder)).start();
    expect(readdirSync(join(storeFolder, "in"))).toEqual(["whole"]);
  });

  test("says so when the disk does not take it", async () => {
    const storeFolder = await newFolder({ in: "a file where the folder should be" });
    const { write } = await createStore(storeFolder);
    await expect(write("a", "x")).rejects.toThrow("cannot store an object");
  });
});
