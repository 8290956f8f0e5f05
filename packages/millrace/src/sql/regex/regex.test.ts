import { expect, test } from "bun:test";
import fc from "fast-check";
import { createRegex } from "./regex.ts";

function regex(pattern: string) {
  const result = createRegex(pattern);
  if (!result.ok) throw new Error(result.message);
  return result.regex;
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
      if (result.ok) result.regex.test("ab01");
      else expect(result.message).toMatch(/at character \d+ of the pattern$/);
    }),
    { numRuns: 2000 },
  );
});

const empty = "a repetition of what may be empty in this way is not implemented";

test.each([
  ["a\\b", '"\\b" is not implemented, at character 4 of the pattern'],
  ["(a)\\1", '"\\1" is not implemented, at character 6 of the pattern'],
  ["(?=a)", 'the group "(?=" is not implemented, at character 3 of the pattern'],
  ["a*+", "a possessive quantifier is not implemented, at character 4 of the pattern"],
  ["[a&&b]", "an intersection of classes is not implemented, at character 4 of the pattern"],
  ["(|a)*", `${empty}, at character 6 of the pattern`],
  ["(?:a??)+", `${empty}, at character 9 of the pattern`],
  ["(a|b*?){2,}", `${empty}, at character 12 of the pattern`],
  ["(a*?b??|^){0,3}", `${empty}, at character 16 of the pattern`],
  ["(?:ab|^){2}", `${empty}, at character 12 of the pattern`],
  ["a{2000}", "a repetition of 2000 is more than 1000, at character 7 of the pattern"],
  ["(a", '")" is missing, at character 3 of the pattern'],
  ["*a", 'nothing stands before the quantifier "*", at character 2 of the pattern'],
  ["((a{100}){100})", "the pattern is too large with its repetitions written out"],
])("%s is refused: %s", (pattern, message) => {
  expect(createRegex(pattern)).toEqual({ ok: false, message });
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
  expect(regex("a(.*b)?").replaceAll("aab", "c")).toBe("c");
  expect(() => regex("a(.*b)?").replaceAll(text, "c")).toThrow("reads the text too many times");
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
