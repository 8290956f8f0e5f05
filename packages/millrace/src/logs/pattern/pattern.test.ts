import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { wildcardTest } from "./compare.ts";
import { readPattern } from "./pattern.ts";

function matches(pattern: string, message: string): boolean {
  const read = readPattern(pattern);
  if (!read.ok) throw new Error(read.problem);
  return read.matches(message);
}

/** The lines that the pattern lets through. */
function found(pattern: string, lines: readonly string[]): string[] {
  return lines.filter((line) => matches(pattern, line));
}

function problemOf(pattern: string): string {
  const read = readPattern(pattern);
  return read.ok ? "none" : read.problem;
}

describe("terms", () => {
  const lines = ["[ERROR 400] BAD REQUEST", "[ERROR 401] UNAUTHORIZED", "[INFO] ERROR-free", "ok"];

  test("an empty pattern lets everything through", () => {
    expect(found("", lines)).toEqual(lines);
    expect(found("  ", lines)).toEqual(lines);
    expect(found('" "', lines)).toEqual(lines.slice(0, 3));
  });

  test("all of them must be there, letters as they are", () => {
    expect(found("ERROR", lines)).toEqual(lines.slice(0, 3));
    expect(found("error", lines)).toEqual([]);
    expect(found("ERROR BAD", lines)).toEqual(lines.slice(0, 1));
    expect(found('"[ERROR 401]"', lines)).toEqual(lines.slice(1, 2));
  });

  test("with ? one of them is enough, with - none may be there", () => {
    expect(found("?BAD ?ok", lines)).toEqual([lines[0]!, lines[3]!]);
    expect(found("ERROR -BAD -INFO", lines)).toEqual([lines[1]!]);
    expect(found('-"ERROR 400"', lines)).toEqual(lines.slice(1));
  });

  test("a quotation mark inside is escaped", () => {
    expect(matches('"say \\"hi\\" \\\\"', 'they say "hi" \\ now')).toBe(true);
  });
});

describe("JSON", () => {
  const line = JSON.stringify({
    level: "ERROR",
    code: 404,
    text: "12",
    user: { id: 7, "first-name": "Ada" },
    tags: ["red", { deep: true }],
    nothing: null,
    off: false,
    dotted: 1,
  });
  test.each([
    ['{ $.level = "ERROR" }', true],
    ['{ $.level = "error" }', false],
    ["{ $.level = ERROR }", true],
    ['{ $.level = "ER*R" }', true],
    ['{ $.level != "ERR*" }', false],
    ["{ $.level = * }", true],
    ["{$.code=404}", true],
    ["{ $.code = 4.04e2 }", true],
    ["{ $.code = 4* }", true],
    ['{ $.code = "404" }', false],
    ["{ $.text = 12 }", true],
    ["{ $.text > 11.5 }", true],
    ["{ $.code >= 404 && $.code < 500 }", true],
    ["{ $.user.id = 8 || $.tags[0] = red }", true],
    ["{ $.user.id = 8 || $.tags[0] = red && $.code = 1 }", false],
    ["{ ($.user.id = 8 || $.tags[0] = red) && ($.code = 404) }", true],
    ["{ $.user['first-name'] = Ada }", true],
    ["{ $.tags[1].deep IS TRUE }", true],
    ["{ $.off IS FALSE }", true],
    ["{ $.nothing IS NULL }", true],
    ["{ $.absent IS NULL }", false],
    ["{ $.absent NOT EXISTS }", true],
    ["{ $.level EXISTS }", true],
    ["{ $.absent != 1 }", false],
    ["{ $.tags.length = 2 }", false],
    ["{ $.constructor EXISTS }", false],
    ["{ $.tags = red }", false],
  ])("%s: %p", (pattern, expected) => {
    expect(matches(pattern, line)).toBe(expected);
  });

  test("a line that is no JSON does not match", () => {
    expect(matches("{ $.a NOT EXISTS }", "plain")).toBe(false);
    expect(matches("{ $.a NOT EXISTS }", "{broken")).toBe(false);
    expect(matches("{ $.[0] = 1 }", "[1, 2]")).toBe(true);
  });
});

describe("columns", () => {
  const line = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';
  test.each([
    ["[ip, identity, user, time, request, status, bytes]", true],
    ["[ip, identity, user, time, request, status]", false],
    ["[ip, ..., status = 4*, bytes > 1000]", true],
    ["[ip, ..., status = 4*, bytes > 2000]", false],
    ["[..., request = *html*, status, bytes]", true],
    ["[ip != 127.0.0.1, ...]", false],
    ["[ip, ..., status = 500 || status = 404, bytes]", true],
    ["[ip, ..., status != 500 && status != 404, bytes]", false],
    ["[ip, identity, user = frank, ...]", true],
    ["[...]", true],
  ])("%s: %p", (pattern, expected) => {
    expect(matches(pattern, line)).toBe(expected);
  });
});

describe("what is not understood", () => {
  test.each([
    ["%ERR.*%", "regular expressions (%...%) are not supported, at character 1"],
    ["{ $.a = %x% }", "regular expressions (%...%) are not supported, at character 9"],
    ["?a b", 'terms with "?" beside terms without it are not supported, at its end'],
    ["a-b", "a term of other characters than letters, digits and _ stands in quotation marks"],
    ['"open', "a quotation mark is not closed, at character 1"],
    ["{ $.a = 1", '"}" is missing, at its end'],
    ["{ $.a[*] = 1 }", '"[*]" in a selector is not supported'],
    ["{ a = 1 }", 'a selector begins with "$."'],
    ["{ $.a }", "a comparison is missing behind the selector"],
    ["{ $.a > x }", '">" compares numbers alone'],
    ["{ ($.a = 1 }", '")" is missing'],
    ["{ }", 'a selector begins with "$."'],
    ["[a, ..., b, ...]", 'a second "..." is not supported'],
    ["[a, ]", "the name of a column is missing"],
    ["x".repeat(1025), "it has more than 1024 characters"],
    [`{ ${"(".repeat(60)}$.a = 1${")".repeat(60)} }`, "more than 50 parentheses are nested"],
  ])("%s is refused with its place", (pattern, problem) => {
    expect(problemOf(pattern)).toContain(`Invalid filter pattern: ${problem}`);
  });

  test("is never thrown, whatever the pattern is", () => {
    const piece = fc.constantFrom(...'{}[]()"%?-&|=!<>*.,$ a1\\', "$.a", "IS NULL", "&&", "...");
    fc.assert(
      fc.property(fc.array(piece), fc.string(), (pieces, message) => {
        const read = readPattern(pieces.join(""));
        if (read.ok) read.matches(message);
      }),
    );
  });
});

test("wildcards are as the obvious expression has them", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
  fc.assert(
    fc.property(
      text,
      fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 10 }),
      (like, line) => {
        const obvious = new RegExp(`^${like.replaceAll("*", ".*")}$`);
        expect(wildcardTest(like)(line)).toBe(obvious.test(line));
      },
    ),
  );
});
