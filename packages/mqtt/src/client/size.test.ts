/** The client ships to phones: with the codec it stays below 8 kB. */

import { expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";

test("client and codec are below 8 kB, minified and compressed", () => {
  const { outputFiles } = buildSync({
    entryPoints: [new URL("./mod.ts", import.meta.url).pathname],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    write: false,
  });
  expect(gzipSync(outputFiles[0]!.contents).length).toBeLessThan(8192);
});
