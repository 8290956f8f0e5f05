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

  test("with ? beside others count for nothing", () => {
    expect(found("?BAD ?ok ERROR", lines)).toEqual(lines.slice(0, 3));
    expect(found("?BAD -INFO", lines)).toEqual([lines[0]!, lines[1]!, lines[3]!]);
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
    ["{ $.absent != 1 }", false],
    ["{ $.tags.length = 2 }", false],
    ["{ $.constructor NOT EXISTS }", true],
    ["{ $.tags = red }", false],
    ["{ $.tags[*] = red }", true],
    ["{ $.tags[*] = blue }", false],
    ["{ $.tags[*].deep IS TRUE }", true],
    ["{ $.tags[*].deep NOT EXISTS }", false],
    ["{ $.tags[*].wide NOT EXISTS }", true],
    ["{ $.* = 404 }", true],
    ["{ $.user.* = 7 }", true],
    ["{ $.*.id = 7 }", true],
    ["{ $.*.id = 8 }", false],
    ["{ $.level[*] = E }", false],
    ["{ $.absent[*] = 1 }", false],
    ["{ $.* IS NULL }", true],
    ["{ $.level = %^ERR% }", true],
    ["{ $.level = %^RR% }", false],
    ["{ $.level != %RR% }", false],
    ["{ $.absent != %RR% }", false],
    ["{ $.code = %40.% }", true],
    ["{ $.tags[*] = %^r.d$% && $.code = 404 }", true],
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
    ["[ip, identity, user, time, request, status]", true],
    ["[ip, identity, user, time, request, status = 404]", false],
    ["[ip, identity, user, time, request, status = 404*]", true],
    ["[ip, identity, user, time, request, status, bytes, more]", false],
    ["[ip=%127\\.0\\.0\\.[1-9]%, ...]", true],
    ["[ip=%^10\\.%, ...]", false],
    ["[ip, ..., request=%/[a-z]+\\.html%, status, bytes]", true],
    ["[w1=127.0.0.1||w1=10.0.0.1, w2]", true],
    ["[w1!=127.0.0.1&&w1!=10.0.0.1, w2]", false],
    ["[w1 = 127.0.0.1]", false],
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

describe("a regular expression", () => {
  test.each([
    ["%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED REQUEST", true],
    ["%^[hc]at%", "hat", true],
    ["%^[hc]at%", "a hat", false],
    ["%[hc]at$%", "a hat", true],
    ["%[hc]at$%", "a hat\n", true], // as a function's line ends
    ["%[hc]at$%", "hats", false],
    ["%colou?r%", "color", true],
    ["%[abcx-z]%", "y", true],
    ["%[^abc]%", "abc", false],
    ["%^a{3,5}$%", "aaaa", true],
    ["%^a{3,5}$%", "aa", false],
    ["%^a{,2}$%", "aa", true],
    ["%^a{2,}$%", "a", false],
    ["%^starting|^shutting down%", "shutting down now", true],
    ["%^starting|^shutting down%", "not shutting down", false],
    ["%\\[.\\]%", "x[7]", true],
    ["%\\[.\\]%", "x[]", false],
    ["%10\\.10\\.0\\.1%", "10.10.0.1", true],
    ["%10\\.10\\.0\\.1%", "10010,051", false],
    ["%ab*c%", "ac", true],
    ["%ab+c%", "ac", false],
    ["%^\\d\\D\\s\\S\\w\\W$%", "1a xy-", true],
    ["%\\x28\\x3A%", "(:", true],
    ["%[Ee]rror: @/#=;,-_%", "error: @/#=;,-_", true],
    [" %a% ", "cat", true],
  ])("%s in %p: %p", (pattern, line, expected) => {
    expect(matches(pattern, line)).toBe(expected);
  });

  test("costs no more than a multiple of the line, and says what", () => {
    const read = readPattern("%[ab]*a[ab]{20}c%");
    if (!read.ok) throw new Error(read.problem);
    let seed = 7;
    const costOf = (length: number) => {
      const letters = Array.from({ length }, () => {
        seed = (seed * 48_271) % 2_147_483_647;
        return seed % 2 === 0 ? "a" : "b";
      });
      expect(read.matches(letters.join(""))).toBe(false);
      return read.takeWork();
    };
    costOf(2_000);
    const short = costOf(2_000);
    expect(short).toBeGreaterThan(2_000);
    expect(costOf(20_000)).toBeLessThan(15 * short);
    expect(read.takeWork()).toBe(0);
  });
});

describe("what is not understood", () => {
  test.each([
    ["%a% b", "a regular expression stands alone, at character 5"],
    ["b %a%", "a regular expression stands alone, at character 3"],
    ["%a", 'the closing "%" is missing, at character 1'],
    ["%%", "a regular expression is empty, at character 1"],
    ["%some!%", '"!" is not supported in a regular expression; \\xhh stands for any ASCII'],
    ["%(a)%", '"(" is not supported in a regular expression'],
    ["%grün%", '"ü" is not supported in a regular expression'],
    ["%a\\bc%", '"\\b" is not supported in a regular expression, at character 3'],
    ["%a\\(c%", '"\\(" is not supported in a regular expression, at character 3'],
    ["%[a%", "a regular expression is not valid: "],
    ["%*a%", "a regular expression is not valid: "],
    ["%[a-z]{500}%", "a regular expression is too large, at character 1"],
    ["{ $.a > %x% }", '">" compares numbers alone'],
    ["[a=%x%, b=%y%, c=%z%]", "more than 2 regular expressions, at character 18"],
    ["{ $.a[*].b[*] = 1 }", "a second wildcard in a selector, at character 11"],
    [
      "{ $.a[*] = 1 || $.b.* = 1 || $.c[*] = 1 || $.d[*] = 1 }",
      "more than 3 selectors with a wildcard, at character 47",
    ],
    ["{ $.a EXISTS }", '"EXISTS" is not supported, as on AWS, at character 7'],
    ["{ $.a IS NOT NULL }", '"IS NOT" is not supported, as on AWS, at character 7'],
    ["a-b", "a term of other characters than letters, digits and _ stands in quotation marks"],
    ['"open', "a quotation mark is not closed, at character 1"],
    ["{ $.a = 1", '"}" is missing, at its end'],
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
    const piece = fc.constantFrom(
      ...'{}[]()"%?-&|=!<>*.,$ a1\\',
      "$.a",
      "IS NULL",
      "&&",
      "...",
      "$.*",
      "%a%",
    );
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
