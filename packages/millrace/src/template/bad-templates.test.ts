/**
 * Every `fixtures/bad/*.template` (YAML, out of reach of formatters) says itself what is wrong with
 * it: a comment `# ^ message` under a line means a problem in the column of the caret, `#< message`
 * one in the first column.
 */

import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadTemplate } from "./mod.ts";

const folder = join(import.meta.dir, "fixtures/bad");

function expectedProblems(text: string): string[] {
  const expected: string[] = [];
  let line = 0;
  for (const [index, content] of text.split("\n").entries()) {
    const mark = /^#(< |\s*\^ ?)(.*)$/.exec(content);
    if (!mark && !content.trimStart().startsWith("# ")) line = index + 1;
    if (!mark) continue;
    const column = mark[1]!.startsWith("<") ? 1 : content.indexOf("^") + 1;
    expected.push(`${line}:${column} ${mark[2]}`);
  }
  return expected;
}

describe("the problems of a template, with their places", () => {
  for (const name of readdirSync(folder)) {
    test(name, async () => {
      const path = join(folder, name);
      const expected = expectedProblems(readFileSync(path, "utf8"));
      const result = await loadTemplate({
        path,
        region: "eu-central-1",
        accountId: "111122223333",
        stackName: "bad",
      });
      const found = result.ok
        ? []
        : result.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
      expect(expected).not.toEqual([]);
      expect(found).toEqual(expected);
    });
  }
});
