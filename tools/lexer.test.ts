// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the samples are code
import { describe, expect, test } from "bun:test";
import { closingIndex, stringValue, type TokenKind, tokenize } from "./lexer.ts";

function kinds(source: string): [TokenKind, string][] {
  return tokenize(source).map((token) => [token.kind, token.text]);
}

describe("tokens", () => {
  test("names, numbers and operators", () => {
    expect(kinds("a.b?.c => 1_0.5e3 ?? #d")).toEqual([
      ["word", "a"],
      ["punctuation", "."],
      ["word", "b"],
      ["punctuation", "?."],
      ["word", "c"],
      ["punctuation", "=>"],
      ["number", "1_0.5e3"],
      ["punctuation", "??"],
      ["word", "#d"],
    ]);
  });

  test("quotes inside quotes, and escapes", () => {
    expect(kinds(`'a"\\'b' "it's" "\\\\"`).map(([, text]) => text)).toEqual([
      `'a"\\'b'`,
      `"it's"`,
      `"\\\\"`,
    ]);
  });

  test("comments, which may hold anything", () => {
    expect(kinds("#!/usr/bin/env node\na // \"b\n/* 'c\n` */ d")).toEqual([
      ["comment", "#!/usr/bin/env node"],
      ["word", "a"],
      ["comment", '// "b'],
      ["comment", "/* 'c\n` */"],
      ["word", "d"],
    ]);
  });

  test("templates in templates", () => {
    const source = "`a ${b({ c: `d${e}` })} \\${f} $g`";
    expect(kinds(source).filter(([kind]) => kind === "template")).toEqual([
      ["template", "`a ${"],
      ["template", "`d${"],
      ["template", "}`"],
      ["template", "} \\${f} $g`"],
    ]);
  });

  test.each([
    ["x = /[/'\"`]/g.test(y)", "/[/'\"`]/g"],
    ["return /a\\/b/u;", "/a\\/b/u"],
    ["if (x) /'/.exec(y)", "/'/"],
    ["f(/{/)", "/{/"],
  ])("a regular expression in %s", (source, expected) => {
    expect(kinds(source)).toContainEqual(["regex", expected]);
  });

  test.each(["a / b / c", "f(x) / 2 / 3", "list[0] / 2 / x", "1 / 2 / 3", "i++ / 2 / 3"])(
    "only divisions in %s",
    (source) => {
      expect(kinds(source).some(([kind]) => kind === "regex")).toBe(false);
    },
  );

  test("lines, counted from one, over what spans several", () => {
    const tokens = tokenize("a\n`b\nc`\n/* d\n\n */ e");
    expect(tokens.map(({ line, endLine }) => [line, endLine])).toEqual([
      [1, 1],
      [2, 3],
      [4, 6],
      [6, 6],
    ]);
  });

  test("text that ends too early", () => {
    expect(kinds("'abc")).toEqual([["string", "'abc"]]);
    expect(kinds("`abc")).toEqual([["template", "`abc"]]);
    expect(kinds("/* abc")).toEqual([["comment", "/* abc"]]);
  });
});

test("closingIndex() skips the brackets inside", () => {
  const tokens = tokenize("(a, [b, (c)], `${d})`) e");
  expect(tokens[closingIndex(tokens, 0) + 1]?.text).toBe("e");
});

test("stringValue() is the text of plain strings only", () => {
  expect(tokenize("'a' \"b\" `c` `d${e}f` g").map(stringValue)).toEqual([
    "a",
    "b",
    "c",
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
