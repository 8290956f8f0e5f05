import { expect, test } from "bun:test";
import fc from "fast-check";
import { matchesPathPattern } from "./path-pattern.ts";

test.each([
  ["/static/*", "/static/app.js", true],
  ["/static/*", "/static/", true],
  ["/static/*", "/static", false],
  ["static/*.js", "/static/a/b.js", true],
  ["*.js", "/a/b.js", true],
  ["*.js", "/a/b.JS", false],
  ["/a?c", "/abc", true],
  ["/a?c", "/ac", false],
  ["/a.c", "/abc", false],
  ["*", "/", true],
  ["/", "/", true],
  ["/", "/x", false],
])("the pattern %j and the path %j: %p", (pattern, path, matches) => {
  expect(matchesPathPattern(pattern, path)).toBe(matches);
});

test("patterns match as their plain definition says", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "/"), maxLength: 8 });
  const glob = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
  fc.assert(
    fc.property(glob, text, (pattern, path) => {
      expect(matchesPathPattern(`/${pattern}`, `/${path}`)).toBe(model(pattern, path));
    }),
  );
});

function model(pattern: string, path: string): boolean {
  if (pattern === "") return path === "";
  const rest = pattern.slice(1);
  if (pattern[0] === "*")
    return model(rest, path) || (path !== "" && model(pattern, path.slice(1)));
  return (
    path !== "" && (pattern[0] === "?" || pattern[0] === path[0]) && model(rest, path.slice(1))
  );
}
