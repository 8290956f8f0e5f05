// biome-ignore-all lint/suspicious/noTemplateCurlyInString: replacements name groups

import { expect, test } from "bun:test";
import fc from "fast-check";
import { createRegex } from "./regex.ts";

const free = { spend: () => {} };

function regex(pattern: string) {
  const result = createRegex(pattern);
  if (!result.ok) throw new Error(result.message);
  const { regex } = result;
  return {
    test: (text: string) => regex.test(text, free),
    firstMatch: (text: string) => regex.firstMatch(text, free),
    replaceAll: (text: string, by: string) => regex.replaceAll(text, by, free),
  };
}

const atom = fc.constantFrom(
  "a",
  "b",
  ".",
  "[ab]",
  "[^a]",
  "\\d",
  "é",
  "💧",
  "(a)",
  "(?:b|aa)",
  "(a|b|)",
);
const quantified = fc.tuple(atom, fc.constantFrom("", "*", "+", "?", "*?", "+?", "{2}", "{1,2}"));
const pattern = fc
  .array(
    fc.oneof(
      quantified.map((parts) => parts.join("")),
      fc.constantFrom("^", "$", "|", "(ab|b)*", "((a|b)b?)+"),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));
const text = fc.array(fc.constantFrom("a", "b", "1", "é", "💧"), { maxLength: 8 });

test("matches where the engine of the language does, for what both read alike", () => {
  fc.assert(
    fc.property(pattern, text, (pattern, characters) => {
      const text = characters.join("");
      const ours = regex(pattern);
      const theirs = new RegExp(pattern, "u");
      expect(ours.test(text)).toBe(theirs.test(text));
      expect(ours.firstMatch(text)).toBe(theirs.exec(text)?.[0]);
      expect(ours.replaceAll(text, "<$0>")).toBe(
        text.replaceAll(new RegExp(pattern, "gu"), (match) => `<${match}>`),
      );
    }),
    { numRuns: 2000 },
  );
});

test("no text of a pattern throws", () => {
  const character = fc.constantFrom(..."ab01\\^$.|?*+()[]{}-,:&=<!dwsDWSbtnxu💧");
  fc.assert(
    fc.property(fc.array(character, { maxLength: 12 }), (characters) => {
      const result = createRegex(characters.join(""));
      if (result.ok) result.regex.test("ab01", free);
      else expect(result.message).toMatch(/at character \d+ of the pattern$/);
    }),
    { numRuns: 2000 },
  );
});

const empty = "a repetition of what may be empty in this way is not implemented";

test.each([
  ["a\\b", '"\\b" is not implemented, at character 4 of the pattern'],
  ["(a)\\1", '"\\1" is not implemented, at character 6 of the pattern'],
  ["\\k<a>", '"\\k" is not implemented, at character 3 of the pattern'],
  ["(?=a)", 'the group "(?=" is not implemented, at character 4 of the pattern'],
  ["(?<!a)", 'the group "(?<!" is not implemented, at character 4 of the pattern'],
  ["(?m)^a", 'the flag "m" is not implemented, at character 4 of the pattern'],
  ["\\p{L}", "this property of characters is not implemented, at character 5 of the pattern"],
  ["a*+", "a possessive quantifier is not implemented, at character 4 of the pattern"],
  ["a*{2}", "a quantifier after a quantifier is not implemented, at character 3 of the pattern"],
  ["[a&&b]", "an intersection of classes is not implemented, at character 3 of the pattern"],
  ["[a[b]]", "a class inside a class is not implemented, at character 3 of the pattern"],
  ["(|a)*", `${empty}, at character 6 of the pattern`],
  ["(?:a??)+", `${empty}, at character 9 of the pattern`],
  ["(a|b*?){2,}", `${empty}, at character 12 of the pattern`],
  ["(a*?b??|^){0,3}", `${empty}, at character 16 of the pattern`],
  ["(?:ab|^){2}", `${empty}, at character 12 of the pattern`],
  ["a{2000}", "a repetition of 2000 is more than 1000, at character 7 of the pattern"],
  ["((a{100}){100})", "the pattern is too large with its repetitions written out"],
])("%s, which Java takes, is refused: %s", (pattern, message) => {
  expect(createRegex(pattern)).toEqual({ ok: false, reason: "notImplemented", message });
});

test.each([
  ["(a", '")" is missing, at character 3 of the pattern'],
  ["a)", 'unmatched ")", at character 2 of the pattern'],
  ["[a", "the pattern ends too early, at character 3 of the pattern"],
  ["[b-a]", "a character range ends before it begins, at character 5 of the pattern"],
  ["*a", 'nothing stands before the quantifier "*", at character 2 of the pattern'],
  ["a**", "a quantifier follows a quantifier, at character 3 of the pattern"],
  ["a{b}", "a repetition needs a number, at character 3 of the pattern"],
  ["a{3,2}", "the repetition {3,2} ends before it begins, at character 7 of the pattern"],
  ["a\\", "the pattern ends too early, at character 3 of the pattern"],
  ["\\y", 'there is no "\\y", at character 3 of the pattern'],
  ["\\xg1", '"g1" is not hexadecimal, at character 5 of the pattern'],
  ["(?<1>a)", "a group has no proper name, at character 4 of the pattern"],
  ["(?<a>b)(?<a>c)", 'two groups are named "a", at character 13 of the pattern'],
  ["(?q)", 'there is no flag "q", at character 4 of the pattern'],
])("%s is no pattern in Java either: %s", (pattern, message) => {
  expect(createRegex(pattern)).toEqual({ ok: false, reason: "invalid", message });
});

// java.util.regex.Pattern
test.each([
  ["(?i)abc", "xABcx", true],
  ["(?i)[a-c]+$", "ABC", true],
  ["a(?i)b", "AB", false],
  ["(?i:a)b", "Ab", true],
  ["(?i:a)b", "AB", false],
  ["(?i)a(?-i)b", "AB", false],
  ["(?i)é", "É", false],
  ["(?i)[^a]", "A", false],
  ["a.b", "a\nb", false],
  ["(?s)a.b", "a\nb", true],
  ["\\Qa.b\\E+", "a.bbb", true],
  ["\\Qa.b\\E", "axb", false],
  ["\\Q[*", "x[*", true],
  ["\\\\Q", "\\Q", true],
  ["\\Aa\\z", "a", true],
  ["a\\z", "a\n", false],
  ["a\\Z", "a\n", true],
  ["^\\h+$", "\u00a0\t", true],
  ["^\\v$", "\u2028", true],
  ["^\\p{Punct}\\P{Alpha}$", "!1", true],
  ["^\\x41\\u0042\\x{1F4A7}\\0103\\t$", "AB💧C\t", true],
  ["^\\uD83D\\uDCA7$", "💧", true],
  ["^\\cA\\e\\a$", "\u0001\u001b\u0007", true],
  ["^[]a]+$", "]a", true],
  ["^[a-]+$", "-a", true],
  ["^a{2}}$", "aa}", true],
  ["(?<year>\\d{4})", "2026", true],
])("%s finds itself in %p: %p", (pattern, text, expected) => {
  expect(regex(pattern).test(text)).toBe(expected);
});

// java.util.regex.Pattern: line terminators, predefined classes, appendReplacement
test("the end is also before one final line terminator, as in Java", () => {
  const ended = regex("b$");
  for (const end of ["", "\n", "\r", "\r\n", "\u0085", "\u2028"]) {
    expect(ended.test(`ab${end}`)).toBe(true);
  }
  expect(ended.test("ab\n\n")).toBe(false);
  expect(ended.test("ab\nc")).toBe(false);
  expect(regex("\\s\\w").test("\u00a0a")).toBe(false);
  expect(regex("a.c").test("a\u0085c")).toBe(false);
});

test.each([
  ["b(.*)d", "abcd", "$1", "ac"],
  ["x*", "abx", "-", "-a-b--"],
  ["(a)|(b)", "ab", "[$1$2]", "[a][b]"],
  ["(a)", "a", "$12", "a2"],
  ["(a)", "a", "\\$1\\\\", "$1\\"],
  ["(a)", "b", "$9", "b"],
  ["(a)", "a", "$2", undefined],
  ["(?<first>a)(?<second>b)", "ab", "${second}${first}", "ba"],
  ["(?<first>a)", "a", "${second}", undefined],
  ["(?<first>a)", "a", "${first", undefined],
  ["a", "a", "$", undefined],
  ["💧", "a💧b", "", "ab"],
])("replacing %s in %s by %s gives %p", (pattern, text, replacement, expected) => {
  expect(regex(pattern).replaceAll(text, replacement)).toBe(expected);
});

// java.util.regex.Pattern, whose replaceAll gave these
test.each([
  ["(a*)*", "ba", "<>b<a><>"],
  ["(a|b*)+", "ab", "<ab><>"],
  ["(?:a??){2}", "a", "<>a<>"],
  ["(?:|a)?b", "ab", "<ab>"],
  ["(a?){2,}", "aaa", "<aaa><>"],
  ["(?:a|^b)*", "ba", "<ba><>"],
])("%s marks every match in %s, empty ones too, as in Java", (pattern, text, expected) => {
  expect(regex(pattern).replaceAll(text, "<$0>")).toBe(expected);
});

test("a replacement that would read or write without bound ends the evaluation", () => {
  const text = "a".repeat(20_000);
  let left = 5_000_000;
  const meter = {
    spend(work: number) {
      left -= work;
      if (left < 0) throw new Error("too much");
    },
  };
  const created = createRegex("a(.*b)?");
  if (!created.ok) throw new Error(created.message);
  expect(created.regex.replaceAll("aab", "c", meter)).toBe("c");
  expect(() => created.regex.replaceAll(text, "c", meter)).toThrow("too much");
  expect(() => regex("a").replaceAll(text, text)).toThrow("longer than");
  expect(() => regex("a+").replaceAll(text, "$0".repeat(20_000))).toThrow("longer than");
});

test("a pattern that others need exponential time for ends", () => {
  expect(regex("^(a+)+$").test(`${"a".repeat(20_000)}!`)).toBe(false);
  expect(regex("(a*)*b").firstMatch("a".repeat(500))).toBeUndefined();
});

test("more states than the table holds give the same answers", () => {
  const far = regex("a[ab]{12}$");
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("a", "b"), { minLength: 100, maxLength: 200 }),
      (letters) => {
        const text = letters.join("");
        expect(far.test(text)).toBe(text.at(-13) === "a");
      },
    ),
  );
});
