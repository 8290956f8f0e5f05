import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  compilePolicy,
  evaluate,
  explain,
  type PolicyResult,
  type PolicyUse,
  parsePolicyDocument,
  parsePolicyText,
  policyLimits,
} from "../mod.ts";
import { documents } from "./samples.ts";

const uses: (PolicyUse | undefined)[] = [
  undefined,
  "iot",
  "identity",
  "session",
  "resource",
  "trust",
];
const anyUse = fc.constantFrom(...uses);

/** A result is a document that can be compiled and asked, or problems with places. */
function checkResult(result: PolicyResult): void {
  if (result.ok) {
    const set = { identity: [compilePolicy("p", result.document)] };
    const request = { action: "iot:Publish", resource: "arn:aws:iot:e:1:topic/a" };
    expect(explain(set, request).decision).toEqual(evaluate(set, request));
    return;
  }
  expect(result.problems.length).toBeGreaterThan(0);
  expect(result.problems.length).toBeLessThanOrEqual(policyLimits.problemsMax);
  for (const { pointer, path, message } of result.problems) {
    expect(pointer === "").toBe(path.length === 0);
    expect(message).not.toBe("");
  }
}

function checkText(text: string, use?: PolicyUse): void {
  const result = parsePolicyText(text, use);
  checkResult(result);
  for (const problem of result.ok ? [] : result.problems) {
    const lines = text.split("\n");
    expect(problem.line).toBeLessThanOrEqual(lines.length);
    expect(problem.column).toBeLessThanOrEqual(lines[problem.line! - 1]!.length + 1);
  }
}

test("any text gives a document or problems in it, and never throws", () => {
  const token = fc.constantFrom(
    ...['{"', '":', "}", "[", "]", ",", '"', "\\", "\\u00", "\n", " ", "1", "-", "true", "null"],
    ...["Statement", "Effect", "Allow", "Action", "*", "Condition", "Bool", "${", "__proto__"],
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 30 }), anyUse, (tokens, use) =>
      checkText(tokens.join(""), use),
    ),
    { numRuns: 1_500 },
  );
});

test("a document with some characters changed gives a document or problems in it", () => {
  const change = fc.tuple(fc.nat(), fc.constantFrom("", '"', "{", "}", "$", "*", ":", "x", "\n"));
  const changes = fc.array(change, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(documents, changes, anyUse, (document, all, use) => {
      let text = JSON.stringify(document, null, 1);
      for (const [at, put] of all) {
        const place = at % text.length;
        text = text.slice(0, place) + put + text.slice(place + 1);
      }
      checkText(text, use);
    }),
    { numRuns: 1_000 },
  );
});

test("JSON is read as JavaScript reads it", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const asGiven = parsePolicyText(`{"Statement": [], "Id": ${text}}`);
      const parsed: unknown = JSON.parse(text);
      expect(asGiven.ok).toBe(typeof parsed === "string");
      if (asGiven.ok) expect(asGiven.document.id).toBe(parsed as string);
    }),
    { numRuns: 1_000 },
  );
});

test("a document's words in any shape give a document or problems", () => {
  const name = fc.constantFrom(
    ...["Version", "Statement", "Effect", "Action", "Resource", "Principal", "AWS", "Service"],
    ...["Condition", "IpAddress", "DateLessThan", "ArnLike", "StringLike", "t:a", "NotPrincipal"],
  );
  const word = fc.constantFrom(
    ...["2012-10-17", "Allow", "Deny", "*", "iot:*", "arn:aws:iot:e:1:x", "10.0.0.0/8", "::/0"],
    ...[
      "2026-01-01",
      "111122223333",
      "a.b",
      "$\\{t:a}".replace("\\", ""),
      "$\\{".replace("\\", ""),
    ],
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 6 },
      word,
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(name, tie("any"), { maxKeys: 5 }),
    ),
  })).any;
  fc.assert(
    fc.property(value, anyUse, (document, use) => checkResult(parsePolicyDocument(document, use))),
    { numRuns: 1_000 },
  );
});

describe("what would take others for ever ends here", () => {
  const long = "a".repeat(65_535);

  test.each([
    ["nine letters", "*a*a*a*a*a*a*a*a*b", "implicitDeny"],
    ["many letters", "*a".repeat(900), "allowed"],
    ["many letters and another", `${"*a".repeat(900)}*b`, "implicitDeny"],
    ["both wildcards", `${"*a?".repeat(600)}*b`, "implicitDeny"],
    ["stars", `${"*".repeat(1_800)}b`, "implicitDeny"],
    ["question marks", `*${"?".repeat(1_800)}b`, "implicitDeny"],
    ["a long text before a question mark", `*${"a".repeat(300)}?b*`, "implicitDeny"],
  ] as const)("a pattern of %s", (_, pattern, outcome) => {
    const arn = "arn:aws:iot:e:1:";
    const statement = { Effect: "Allow", Action: "*", Resource: arn + pattern };
    const parsed = parsePolicyDocument({ Statement: statement });
    if (!parsed.ok) throw new Error(parsed.problems[0]!.message);
    const set = { identity: [compilePolicy("p", parsed.document)] };
    expect(evaluate(set, { action: "a:b", resource: arn + long }).outcome).toBe(outcome);
  });

  const statement = (members: object): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Action: "*", Resource: "*", ...members },
    });
  const value = (operator: string, text: unknown): string =>
    statement({ Condition: { [operator]: { "t:a": text } } });

  test.each([
    ["brackets", "[".repeat(100_000)],
    ["maps in maps", '{"a":'.repeat(20_000)],
    ["lists below long names", `${`{"${"n".repeat(900)}":`.repeat(60)}${"[1,1,".repeat(9_000)}`],
    ["a text without an end", `"${"\\u0061".repeat(10_000)}`],
    ["half variables", statement({ Resource: `arn:aws:iot:e:1:${"${".repeat(20_000)}` })],
    ["blanks in a variable", value("StringLike", `$\{a b,${" ".repeat(100_000)}'x'}`)],
    ["colons in a variable", value("StringLike", `$\{${":".repeat(100_000)}!}`)],
    [
      "colons in a key",
      statement({ Condition: { Bool: { [`${":".repeat(100_000)}*`]: "true" } } }),
    ],
    ["points in a service", statement({ Principal: { Service: `${".a".repeat(50_000)}!` } })],
    ["many problems", `{"Statement": [${"1,".repeat(30_000)}1]}`],
    ["many problems below a long name", value("Bool", new Array(50_000).fill(1))],
    ["zeros", value("NumericEquals", `1.${"0".repeat(100_000)}1x`)],
    ["an operator", value(`${"ForAnyValue:".repeat(5_000)}x`, "")],
  ])("a document of %s", (_, text) => {
    const result = parsePolicyText(text);
    expect(result.ok).toBe(false);
    checkResult(result);
  });
});
