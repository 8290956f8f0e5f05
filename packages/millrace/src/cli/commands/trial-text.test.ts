// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts under test are templates

import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { utf8 } from "../../base/mod.ts";
import { tryStatement, tryTemplate } from "../../node/mod.ts";
import { plainStyle } from "../terminal.ts";
import { trialText } from "./trial-text.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-trial-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

async function statementText(sql: string, topic: string, payload: string): Promise<string> {
  const message = { topic, payload: utf8(payload) };
  const result = await tryStatement({ sql, sqlVersion: "2016-03-23" }, message);
  if (!result.ok) return result.problems.join("\n");
  return result.rules.map((rule) => trialText(rule, plainStyle)).join("");
}

describe("a statement, for people", () => {
  test("that fires shows its conditions and its output", async () => {
    const sql = "SELECT t, nope FROM 'a/+' WHERE t > 20 AND (x = 1 OR x = 2) AND true";
    expect(await statementText(sql, "a/b", '{"t":21.5,"x":2}')).toBe(`statement  ✓ fires
  from    a/+
  where   ✓ t > 20            t is 21.5
          ✓ (x = 1 OR x = 2)  x = 1 is false, x = 2 is true
  output  {"t":21.5}  10 bytes
          nope is undefined, so it is left out
  action  none
`);
  });

  test("says so where the payload is no JSON", async () => {
    expect(await statementText("SELECT t FROM 'a'", "a", '{"t":1')).toBe(`statement  ✓ fires
  from    a
  payload is no JSON: no name is found in it
  output  {}  2 bytes
          t is undefined, so it is left out
  action  none
`);
    expect(await statementText("SELECT t FROM 'a'", "a", "null")).not.toContain("payload");
  });

  test("that does not fire takes the condition apart that was not true", async () => {
    const sql = "SELECT * FROM 'a' WHERE t > 20 AND length(r.n) = 1 AND never";
    expect(await statementText(sql, "a", '{"t":21,"r":{"n":"xy"}}')).toBe(
      `statement  · does not fire: WHERE is not true
  from    a
  where   ✓ t > 20           t is 21
          ✗ length(r.n) = 1  is false
            └ length(r.n) is 2
              └ r.n is "xy"
                └ r is {"n":"xy"}
`,
    );
  });

  test("that fails, or would ask a service, says so and where", async () => {
    expect(await statementText("SELECT *, 1 AS x FROM 'a'", "a", "-")).toContain(
      '  failed  "*" cannot be joined with other columns',
    );
    const sql = "SELECT aws_lambda('arn:aws:lambda:us-east-1:1:function:f', *) AS f FROM 'a'";
    expect(await statementText(sql, "a", "{}")).toContain(
      "  asks    aws_lambda('arn:aws:lambda:us-east-1:1:function:f', *), which is not asked here",
    );
  });

  test("that does not match says why, and one that is wrong shows the place", async () => {
    expect(await statementText("SELECT * FROM 'a/b'", "a/c", "{}")).toBe(
      'statement  · does not match: level 2 is "c", not "b"\n  from    a/b\n',
    );
    expect(await statementText("SELECT nope(1)\nFROM 'a'", "a", "{}")).toBe(
      ['--sql:1:8: there is no function "nope"', "  |", "1 | SELECT nope(1)", "  |        ^"].join(
        "\n",
      ),
    );
  });
});

describe("the rules of a template", () => {
  const path = join(folder, "template.yaml");
  const rule = (sql: string) => `
    Type: AWS::IoT::TopicRule
    Properties:
      TopicRulePayload:
        AwsIotSqlVersion: "2016-03-23"
        Sql: ${sql}
        Actions:
          - Republish:
              Topic: out/\${room}
              RoleArn: arn:aws:iam::111122223333:role/r
        ErrorAction:
          Republish:
            Topic: errors
            RoleArn: arn:aws:iam::111122223333:role/r`;
  const message = { topic: "a", payload: utf8('{"room":"x"}') };
  const tried = (ruleName?: string) =>
    tryTemplate({ template: path, parameters: {}, ruleName }, message);

  test("are tried with what follows, one of them by its short name", async () => {
    writeFileSync(
      path,
      `Resources:\n  One:${rule("SELECT room FROM 'a'")}\n  Two:${rule("SELECT * FROM 'b'")}\n`,
    );
    const all = await tried();
    expect(all.ok && all.rules.map(({ verdict }) => verdict)).toEqual(["fires", "not-matched"]);
    const one = await tried("One");
    if (!one.ok) throw new Error(one.problems.join());
    expect(trialText(one.rules[0]!, plainStyle)).toContain(`
  action  republish
            topic    out/x  from out/\${room}
            roleArn  arn:aws:iam::111122223333:role/r
  error   republish
            topic    errors
            roleArn  arn:aws:iam::111122223333:role/r
`);
    const none = await tried("Three");
    expect(none.ok ? [] : none.problems[0]).toContain('has no rule "Three", only ');
  });

  test("that are wrong are shown with their place in the template", async () => {
    writeFileSync(path, `Resources:\n  One:${rule("SELECT nope(1) FROM 'a'")}\n`);
    const result = await tried();
    expect(result.ok ? "" : result.problems[0]).toContain('there is no function "nope"');
    expect(result.ok ? "" : result.problems[0]).toContain("7 |         Sql: SELECT nope(1)");
  });
});
