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

function read(entries: readonly ZipEntry[], bytesMax = 1000) {
  const files = unzip(makeZip(entries), bytesMax);
  if (typeof files === "string") return files;
  return files.map(({ path, bytes, executable }) => [path, textOf(bytes), executable]);
}

describe("an archive", () => {
  test("gives its files, packed or not, and which may be run", () => {
    const entries = [
      { path: "a.js", text: "one ".repeat(50) },
      { path: "lib/", text: "" },
      { path: "lib/b.txt", text: "two", stored: true },
      { path: "bootstrap", text: "#!/bin/sh", mode: 0o100755 },
    ];
    expect(read(entries)).toEqual([
      ["a.js", "one ".repeat(50), false],
      ["lib/b.txt", "two", false],
      ["bootstrap", "#!/bin/sh", true],
    ]);
  });

  test("of another program is read too", () => {
    const archive = fromBase64(pythonZip)!;
    const files = unzip(archive, 1000);
    expect(typeof files === "string" || files.map(({ path }) => path)).toEqual(["x/app.js"]);
  });

  test.each([
    [[{ path: "../a", text: "" }], 'the name "../a" leads out of the folder'],
    [[{ path: "a/../../b", text: "" }], 'the name "a/../../b" leads out of the folder'],
    [[{ path: "/etc/a", text: "" }], 'the name "/etc/a" leads out of the folder'],
    [[{ path: "a\\b", text: "" }], 'the name "a\\b" leads out of the folder'],
    [[{ path: "a", text: "/etc", mode: 0o120777 }], '"a" is a link, which is not implemented'],
    [[{ path: "a", text: "x".repeat(1001) }], "unzipped it takes more than 1000 bytes"],
    [[{ path: "a", text: "x".repeat(999), size: 9 }], '"a" cannot be unpacked'],
    [[{ path: "a", text: "xx", size: 9 }], '"a" has another size than it says'],
    [[{ path: "a", text: "xx", size: 9, stored: true }], '"a" has another size than it says'],
  ] as [ZipEntry[], string][])("with %p is refused", (entries, why) => {
    expect(read(entries)).toBe(why);
  });

  test("that is none, or breaks off, is refused", () => {
    expect(unzip(utf8("no archive"), 1000)).toBe("it has no directory at its end");
    const archive = makeZip([{ path: "a", text: "text" }]);
    expect(unzip(archive.subarray(20), 1000)).toBeString();
    for (let end = 0; end < archive.length; end += 1) {
      expect(unzip(archive.subarray(0, end), 1000)).toBeString();
    }
  });
});
