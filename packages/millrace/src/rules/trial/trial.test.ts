// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts under test are templates

import { describe, expect, test } from "bun:test";
import { ManualClock, systemRandom, utf8 } from "../../base/mod.ts";
import { type RulePorts, readTopicRulePayload, triedRuleJson, tryRules } from "../mod.ts";
import { mismatchReason } from "./filter-reason.ts";

const roleArn = "arn:aws:iam::111122223333:role/r";
const called: string[] = [];
const ports = new Proxy(
  {
    services: {
      invoke: async () => {
        called.push("invoke");
        return "{}";
      },
    },
  },
  {
    // Every port there is, and each tells on whoever calls it.
    get: (target, name: string) =>
      name === "services" ? target.services : async () => void called.push(name),
    has: () => true,
  },
) as unknown as RulePorts;
const options = {
  clock: new ManualClock(),
  random: systemRandom,
  accountId: "111122223333",
  ports,
};

async function tried(
  sql: string,
  topic: string,
  more: { payload?: string; actions?: unknown[]; errorAction?: unknown } = {},
) {
  const { payload = "{}", actions = [], errorAction } = more;
  const given = {
    sql,
    awsIotSqlVersion: "2016-03-23",
    actions,
    ...(errorAction ? { errorAction } : {}),
  };
  const read = readTopicRulePayload("r", given);
  const message = { topic, payload: utf8(payload), clientId: "c-1" };
  const { rules, errors } = await tryRules([read], message, options);
  expect(called).toEqual([]);
  return { rule: rules[0], errors };
}

describe("a rule that is tried", () => {
  test("fires, with its output and what its templates come to", async () => {
    const republish = {
      topic: "$$aws/rules/x/${@room}",
      roleArn,
      qos: 1,
      headers: { userProperties: [{ key: "src", value: "${clientid()}" }] },
    };
    const { rule } = await tried("SET @room = a.b SELECT a FROM 'x/+' WHERE a.b = 'z'", "x/y", {
      payload: '{"a":{"b":"z"}}',
      actions: [{ republish }],
    });
    expect(rule).toMatchObject({ verdict: "fires", filter: { text: "x/+", isNamed: false } });
    expect(triedRuleJson(rule!)).toMatchObject({ output: { text: '{"a":{"b":"z"}}' } });
    expect(rule?.actions).toEqual([
      {
        kind: "republish",
        parameters: [
          { name: "topic", written: republish.topic, rendered: "$aws/rules/x/z" },
          { name: "roleArn", written: roleArn },
          { name: "qos", written: "1" },
          { name: "headers.userProperties[0].key", written: "src" },
          { name: "headers.userProperties[0].value", written: "${clientid()}", rendered: "c-1" },
        ],
      },
    ]);
  });

  test("says what would follow a failed action, which sees the message and the variables", async () => {
    const topic = "errors/${@room}/${topic(2)}";
    const { rule } = await tried("SET @room = a SELECT a FROM 'x/+'", "x/y", {
      payload: '{"a":"z"}',
      errorAction: { republish: { topic, roleArn } },
    });
    expect(rule?.actions).toEqual([]);
    expect(rule?.errorAction).toEqual({
      kind: "republish",
      parameters: [
        { name: "topic", written: topic, rendered: "errors/z/y" },
        { name: "roleArn", written: roleArn },
      ],
    });
  });

  test("says what WHERE gave, and what that was made of", async () => {
    const { rule } = await tried("SELECT * FROM 'x' WHERE n > 3", "x", { payload: '{"n":2}' });
    expect(rule).toMatchObject({
      verdict: "where-false",
      actions: [],
      explanation: {
        where: { source: "n > 3", value: { json: "false" }, steps: [{ source: "n" }] },
      },
    });
  });

  test("says why its statement fails", async () => {
    const { rule } = await tried("SELECT *, 1 AS one FROM 'x'", "x", { payload: "no JSON" });
    expect(rule?.verdict).toBe("fails");
    expect(rule?.explanation?.failure?.message).toContain("the payload is not JSON");
  });

  test("names the service that it would have to ask, and does not ask it", async () => {
    const sql = "SELECT aws_lambda('arn:aws:lambda:eu-central-1:1:function:f', *) AS f FROM 'x'";
    const { rule } = await tried(sql, "x");
    expect(rule?.verdict).toBe("asks-a-service");
    expect(rule?.explanation?.failure?.source).toStartWith("aws_lambda(");
    const topic = "${aws_lambda('arn:aws:lambda:eu-central-1:1:function:f', *)}";
    const fires = await tried("SELECT * FROM 'x'", "x", {
      actions: [{ republish: { topic, roleArn } }],
    });
    expect(fires.rule?.actions[0]?.parameters[0]?.problem).toContain("it is not asked in a test");
    expect(fires.rule?.actions[0]?.problem).toContain("it is not asked in a test");
  });

  test("says what an action could not be done with", async () => {
    const { rule } = await tried("SELECT * FROM 'x'", "x", {
      payload: '{"room":"#"}',
      actions: [{ republish: { topic: "out/${room}", roleArn } }],
    });
    expect(rule?.actions[0]?.problem).toContain('cannot publish on topic "out/#"');
  });

  test("may be the one that the topic names, whatever its filter", async () => {
    const { rule } = await tried("SELECT topic() AS t FROM 'x'", "$aws/rules/r/a/b");
    expect(triedRuleJson(rule!)).toMatchObject({
      verdict: "fires",
      filter: { isNamed: true },
      output: { text: '{"t":"a/b"}' },
    });
    const other = await tried("SELECT * FROM '$aws/#'", "$aws/rules/other/a");
    expect(other.rule?.filter.mismatch).toBe('the message is for rule "other" alone');
    const without = await tried("SELECT *", "x");
    expect(without.rule?.filter.mismatch).toContain("the statement has no FROM");
  });

  test("that does not load is told with its places", async () => {
    const { rule, errors } = await tried("SELECT nope(a) FROM 'x'", "x");
    expect(rule).toBeUndefined();
    expect(errors).toMatchObject([{ property: "sql", line: 1, column: 8 }]);
  });
});

test.each([
  ["a/b", "a/b", undefined],
  ["#", "a/b", undefined],
  ["a/b", "a/c", 'level 2 is "c", not "b"'],
  ["a/+/c", "a/b", 'the topic ends before level 3, which is to be "c"'],
  ["a/+", "a/b/c", "the topic has 3 levels, the filter ends after 2"],
  ["+/b", "$aws/b", "a filter that begins with a wildcard does not see topics that begin with $"],
])("that %s does not match %s is because: %p", (filter, topic, reason) => {
  expect(mismatchReason(filter, topic)).toBe(reason as string);
});
