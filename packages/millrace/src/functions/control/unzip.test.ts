import { describe, expect, test } from "bun:test";
import { fromBase64, textOf, utf8 } from "../../base/mod.ts";
import { unzip } from "./unzip.ts";
import { makeZip, type ZipEntry } from "./zip-fixture.ts";

/** Python's `zipfile` made it. */
const pythonZip = [
  "UEsDBBQAAAAIAA4oel2aIkBaGQAAALQAAAAIAAAAeC9hcHAuanNLrSjILyop1stIzEvJSS1SsFUwtE4d",
  "5GIAUEsBAhQDFAAAAAgADih6XZoiQFoZAAAAtAAAAAgAAAAAAAAAAAAAAIABAAAAAHgvYXBwLmpzUEsF",
  "BgAAAAABAAEANgAAAD8AAAAAAA==",
].join("");

async function read(entries: readonly ZipEntry[], bytesMax = 1000) {
  const files = await unzip(makeZip(entries), bytesMax);
  if (typeof files === "string") return files;
  return files.map(({ path, bytes, executable }) => [path, textOf(bytes), executable]);
}

describe("an archive", () => {
  test("gives its files, packed or not, and which may be run", async () => {
    const entries = [
      { path: "a.js", text: "one ".repeat(50) },
      { path: "lib/", text: "" },
      { path: "lib/b.txt", text: "two", stored: true },
      { path: "bootstrap", text: "#!/bin/sh", mode: 0o100755 },
    ];
    expect(await read(entries)).toEqual([
      ["a.js", "one ".repeat(50), false],
      ["lib/b.txt", "two", false],
      ["bootstrap", "#!/bin/sh", true],
    ]);
  });

  test("of another program is read too", async () => {
    const archive = fromBase64(pythonZip)!;
    const files = await unzip(archive, 1000);
    expect(typeof files === "string" || files.map(({ path }) => path)).toEqual(["x/app.js"]);
  });

  test("of two files of one name the last counts", async () => {
    const entries = [
      { path: "a", text: "first" },
      { path: "a", text: "last" },
    ];
    expect(await read(entries)).toEqual([["a", "last", false]]);
  });

  test("whose names no file system takes is refused", async () => {
    const long = "x".repeat(256);
    expect(await read([{ path: long, text: "" }])).toContain("is longer than 255 bytes");
    const deep = "folder/".repeat(200);
    expect(await read([{ path: `${deep}a`, text: "" }])).toContain("is longer than 1024 bytes");
  });

  test("whose last name is longer than the archive is refused", async () => {
    const archive = makeZip([{ path: "a", text: "text" }]);
    const view = new DataView(archive.buffer);
    const entryAt = archive.length - 22 - 46 - 1;
    view.setUint16(entryAt + 28, 0xffff, true);
    expect(await unzip(archive, 1000)).toBe("its directory breaks off at entry 0");
  });

  test.each([
    [["a", "a/b"], '"a" is a file and a folder'],
    [["a/b", "a"], '"a" is a file and a folder'],
    [["a/b/c", "a/b"], '"a/b" is a file and a folder'],
  ])("of %p is refused", async (paths, why) => {
    expect(await read(paths.map((path) => ({ path, text: "" })))).toBe(why);
  });

  test.each([
    [[{ path: "../a", text: "" }], 'the name "../a" leads out of the folder'],
    [[{ path: "a/../../b", text: "" }], 'the name "a/../../b" leads out of the folder'],
    [[{ path: "/etc/a", text: "" }], 'the name "/etc/a" leads out of the folder'],
    [[{ path: "a\\b", text: "" }], 'the name "a\\b" leads out of the folder'],
    [[{ path: "a", text: "/etc", mode: 0o120777 }], '"a" is a link, which is not implemented'],
    [[{ path: "a", text: "x".repeat(1001) }], "Unzipped size must be smaller than 1000 bytes"],
    [[{ path: "a", text: "x".repeat(999), size: 9 }], '"a" cannot be unpacked'],
    [[{ path: "a", text: "xx", size: 9 }], '"a" has another size than it says'],
    [[{ path: "a", text: "xx", size: 9, stored: true }], '"a" has another size than it says'],
  ] as [ZipEntry[], string][])("with %p is refused", async (entries, why) => {
    expect(await read(entries)).toBe(why);
  });

  test("that is none, or breaks off, is refused", async () => {
    expect(await unzip(utf8("no archive"), 1000)).toBe("it has no directory at its end");
    const archive = makeZip([{ path: "a", text: "text" }]);
    expect(await unzip(archive.subarray(20), 1000)).toBeString();
    for (let end = 0; end < archive.length; end += 1) {
      expect(await unzip(archive.subarray(0, end), 1000)).toBeString();
    }
  });
});

test("an archive that is unpacked holds up nothing else", async () => {
  const archive = makeZip([{ path: "large", text: "x".repeat(30_000_000) }]);
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const files = await unzip(archive, 30_000_000);
  isDone = true;
  expect(files).toHaveLength(1);
  expect(turns).toBeGreaterThan(0);
});
