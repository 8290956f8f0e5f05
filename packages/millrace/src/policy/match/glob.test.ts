import { describe, expect, test } from "bun:test";
import { compileGlob, type Glob } from "./glob.ts";
import { parsePieces } from "./pieces.ts";

function globOf(pattern: string): Glob {
  const parsed = parsePieces(pattern, { version: "2008-10-17", wildcards: true });
  if (!parsed.ok) throw new Error(parsed.message);
  return compileGlob(parsed.pieces);
}

describe("a pattern", () => {
  test("without wildcards knows its one text", () => {
    expect(globOf("topic/a").literal).toBe("topic/a");
    expect(globOf("").literal).toBe("");
    expect(globOf("topic/*").literal).toBeUndefined();
    expect(globOf("topic/?").literal).toBeUndefined();
  });

  test.each([
    ["*", ["", "a", "a/b:c", "\n"], []],
    ["a*", ["a", "ab"], ["", "ba"]],
    ["*a", ["a", "ba", "aa"], ["", "ab"]],
    ["a*a", ["aa", "aba"], ["a", "ab"]],
    ["*ab*ab*", ["abab", "xabxabx"], ["ab", "aab"]],
    ["?", ["a", "/", "😀"], ["", "ab"]],
    ["?*?", ["ab", "abc", "😀😀"], ["a", "😀"]],
    ["*?😀", ["a😀", "😀😀"], ["😀"]],
    ["*a?", ["aa", "ab", "xa😀"], ["a", "abc"]],
    ["*?a*b", ["xab", "xxayb"], ["ab", "xa"]],
  ])("%p", (pattern, fitting, others) => {
    const glob = globOf(pattern);
    expect(fitting.filter((text) => !glob.matches(text))).toEqual([]);
    expect(others.filter((text) => glob.matches(text))).toEqual([]);
  });
});
