import { expect, test } from "bun:test";
import { findImports } from "./imports.ts";
import { tokenize } from "./lexer.ts";

function specifiers(source: string): string[] {
  return findImports(tokenize(source)).map(({ specifier }) => specifier);
}

test.each([
  ['import "a";', ["a"]],
  ['import a from "a";', ["a"]],
  ["import a, { b, type C as D } from 'a';", ["a"]],
  ['import * as a from "a";', ["a"]],
  ['import type { A } from "a";', ["a"]],
  ['import type A from "a";', ["a"]],
  ['import a from "a.json" with { type: "json" };', ["a.json"]],
  ['export { a, type B } from "a";', ["a"]],
  ['export type { A } from "a";', ["a"]],
  ['export * from "a";', ["a"]],
  ['export * as a from "a";', ["a"]],
  ['const a = await import("a");', ["a"]],
  ["const a = await import(`a`);", ["a"]],
  ['type A = import("a").A;', ["a"]],
  ['const a = require("a");', ["a"]],
  ['new Worker(new URL("./a.ts", import.meta.url));', ["./a.ts"]],
  ['import {\n  // why\n  a,\n} from "a"; import "b"', ["a", "b"]],
])("imports are found in %s", (source, expected) => {
  expect(specifiers(source)).toEqual(expected);
});

test.each([
  "export { a };",
  'export const from = "a";',
  'const text = "import a from \\"a\\"";',
  '// import a from "a";',
  "`import a from 'a'`;",
  'import.meta.resolve("a");',
  'loader.import("a");',
  'const request = { import: "a" };',
  'new URL("/path", base);',
  "import(path);",
])("no import is found in %s", (source) => {
  expect(specifiers(source)).toEqual([]);
});

test("the line is that of the specifier", () => {
  expect(findImports(tokenize('\nimport {\n  a,\n} from "a";'))).toEqual([
    { specifier: "a", line: 4 },
  ]);
});
