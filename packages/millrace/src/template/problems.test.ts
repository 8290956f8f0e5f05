import { expect, test } from "bun:test";
import { createProblems, formatProblems } from "./problems.ts";

const at = (line: number, column: number, path = "") => ({ line, column, path });

test("a problem is shown with its line and a caret, like a compiler's", () => {
  const problems = createProblems("app/template.yaml", "Resources:\n  Hello:\n    Tipe: x\n");
  problems.report(at(3, 5, "Resources.Hello.Tipe"), "the property 'Tipe' is not supported here");
  problems.report(at(2, 3, "Resources.Hello"), "the property 'Type' is missing");
  expect(formatProblems(problems.all())).toMatchInlineSnapshot(`
"app/template.yaml:2:3: the property 'Type' is missing
  |
2 |   Hello:
  |   ^
  = at Resources.Hello

app/template.yaml:3:5: the property 'Tipe' is not supported here
  |
3 |     Tipe: x
  |     ^
  = at Resources.Hello.Tipe"
`);
});

test("a long line is shown around the column", () => {
  const problems = createProblems("t.yaml", `${"x".repeat(300)}!${"y".repeat(300)}`);
  problems.report(at(1, 301), "here");
  const lines = formatProblems(problems.all()).split("\n");
  expect(lines[2]!.length).toBeLessThan(120);
  expect(lines[2]![lines[3]!.indexOf("^")]).toBe("!");
});

test("no control character of the file reaches the terminal", () => {
  const problems = createProblems("t.yaml", "a: \u001b[2J\tb");
  problems.report(at(1, 9), "the value '\u001b[2J' is odd");
  const shown = formatProblems(problems.all());
  expect(shown).not.toContain("\u001b");
  expect(shown).toContain("1 | a: \\u{1b}[2J b\n");
  const lines = shown.split("\n");
  expect(lines[2]![lines[3]!.indexOf("^")]).toBe("b");
});

test("the same problem at the same place is one", () => {
  const problems = createProblems("t.yaml", "a");
  problems.report(at(1, 1, "A"), "twice");
  problems.report(at(1, 1, "B"), "twice");
  expect(problems.all()).toHaveLength(1);
});
