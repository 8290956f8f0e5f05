// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts under test are templates

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readTopicRulePayload } from "../mod.ts";

const roleArn = "arn:aws:iam::111122223333:role/r";
const republish = { topic: "b/${topic(2)}", roleArn };

function errorsOf(payload: unknown, name = "r"): string[] {
  const read = readTopicRulePayload(name, payload);
  return read.ok ? [] : read.errors.map(({ property, message }) => `${property}: ${message}`);
}

const of = (...actions: unknown[]) => ({ sql: "SELECT * FROM 'a'", actions });

describe("a payload becomes a definition", () => {
  test("with AWS's defaults: the first version of the language, and enabled", () => {
    expect(readTopicRulePayload("r", of())).toEqual({
      ok: true,
      definition: {
        name: "r",
        sql: "SELECT * FROM 'a'",
        sqlVersion: "2015-10-08",
        enabled: true,
        actions: [],
      },
    });
  });

  test("with everything that it says", () => {
    const read = readTopicRulePayload("r", {
      ...of({ republish: { ...republish, qos: 1 } }, { lambda: { functionArn: "greet" } }),
      awsIotSqlVersion: "2016-03-23-beta",
      ruleDisabled: true,
      description: "says ${nothing}",
      errorAction: { dynamoDBv2: { putItem: { tableName: "errors" }, roleArn } },
    });
    expect(read.ok && read.definition).toEqual({
      name: "r",
      sql: "SELECT * FROM 'a'",
      sqlVersion: "beta",
      enabled: false,
      description: "says ${nothing}",
      actions: [{ republish: { ...republish, qos: 1 } }, { lambda: { functionArn: "greet" } }],
      errorAction: { dynamoDBv2: { putItem: { tableName: "errors" }, roleArn } },
    });
  });

  // The pages of these actions: "Supports substitution templates: API and AWS CLI only".
  test.each([
    ["dynamoDB", { tableName: "${a}", hashKeyField: "${b}", hashKeyType: "${c}" }],
    ["dynamoDBv2", { putItem: { tableName: "${topic()}" } }],
    ["lambda", { functionArn: "arn:aws:lambda:us-east-1:123456789012:function:${topic()}" }],
    ["s3", { bucketName: "${topic(1)}", key: "k" }],
    ["kinesis", { streamName: "${topic()}", partitionKey: "${timestamp()}" }],
    ["cloudwatchLogs", { logGroupName: "lab-${topic(1)}" }],
  ])("with names that messages make: %s", (kind, names) => {
    const more = kind === "lambda" ? {} : { roleArn };
    const key = kind === "dynamoDB" ? { hashKeyValue: "x" } : {};
    expect(errorsOf(of({ [kind]: { ...names, ...key, ...more } }))).toEqual([]);
  });

  test("alike in the spelling of templates, whose numbers and texts stand for each other", () => {
    const read = readTopicRulePayload(
      "r",
      {
        Sql: "SELECT * FROM 'a'",
        RuleDisabled: "true",
        Actions: [{ Republish: { Topic: 7, RoleArn: roleArn, Qos: "1" } }],
      },
      "template",
    );
    expect(read.ok && read.definition).toMatchObject({
      enabled: false,
      actions: [{ republish: { topic: "7", roleArn, qos: 1 } }],
    });
  });
});

test("whatever a payload is, it is read, or something is said of it", () => {
  const names = ["sql", "actions", "errorAction", "republish", "http", "headers", "topic", "s3"];
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      fc.jsonValue(),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie("tree")),
    ),
  }));
  fc.assert(
    fc.property(tree, (payload) => {
      const read = readTopicRulePayload("r", payload);
      expect(read.ok || read.errors.length > 0).toBe(true);
    }),
  );
});

const refused: [string, unknown, string[]][] = [
  ["that is none", null, [": an object is needed, not null"]],
  ["without SQL and actions", {}, ['sql: "sql" is missing', 'actions: "actions" is missing']],
  [
    "of unknown members",
    { ...of(), sqll: 1 },
    [`sqll: there is no "sqll" here (did you mean 'sql'?)`],
  ],
  [
    "of wrong kinds",
    { sql: 1, actions: {}, ruleDisabled: "true" },
    [
      "sql: a text is needed, not 1",
      'ruleDisabled: true or false is needed, not "true"',
      "actions: a list of actions is needed",
    ],
  ],
  [
    "of more than ten actions",
    of(...Array(11).fill({ republish })),
    ["actions: the rule has 11 actions, at most 10 are taken"],
  ],
  [
    "with an action of two types, or none",
    of({ republish, lambda: { functionArn: "f" } }, {}),
    [
      "actions[0]: exactly one type of action is needed, here is republish and lambda",
      "actions[1]: exactly one type of action is needed, here is none",
    ],
  ],
  [
    "with actions that are not there yet, and such as never were",
    of({ sqs: {} }, { republsh: republish }),
    [
      'actions[0].sqs: action "sqs" is not implemented',
      `actions[1].republsh: there is no type of action "republsh" (did you mean 'republish'?)`,
    ],
  ],
  [
    "with what an action does not know, lacks, or may not say",
    of(
      { republish: { ...republish, retain: true } },
      { republish: { topic: "a" } },
      { republish: { topic: "a", roleArn: "arn:aws:iam::111122223333:role/${r}" } },
    ),
    [
      'actions[0].republish.retain: there is no "retain" here',
      'actions[1].republish.roleArn: "roleArn" is missing',
      'actions[2].republish.roleArn: "roleArn" cannot hold a substitution template',
    ],
  ],
  [
    "with a way to sign in that is not there yet",
    of({ http: { url: "https://example.com", auth: { sigv4: {} } } }),
    ['actions[0].http.auth: "auth" is not implemented'],
  ],
  [
    "with what is out of its bounds, or not one of those that there are",
    of(
      { http: { url: "https://example.com", batchConfig: { maxBatchSize: 11 } } },
      { s3: { bucketName: "b", key: "k", cannedAcl: "publc-read", roleArn } },
      { republish: { ...republish, headers: { payloadFormatIndicator: "UTF8" } } },
      { lambda: { functionArn: "" } },
      { dynamoDB: { tableName: "", hashKeyField: "", hashKeyValue: "", roleArn } },
    ),
    [
      "actions[0].http.batchConfig.maxBatchSize: 11 is not between 2 and 10",
      expect.stringContaining("(did you mean 'public-read'?)"),
      expect.stringContaining('"UTF8" is not one of UNSPECIFIED_BYTES, UTF8_DATA'),
      'actions[3].lambda.functionArn: "functionArn" is empty',
      'actions[4].dynamoDB.tableName: "tableName" is empty',
      'actions[4].dynamoDB.hashKeyField: "hashKeyField" is empty',
    ],
  ],
  [
    "with an error action that is wrong",
    { ...of(), errorAction: { dynamoDBv2: { roleArn } } },
    ['errorAction.dynamoDBv2.putItem: "putItem" is missing'],
  ],
];

describe("a payload is refused by name and place", () => {
  test.each(refused)("%s", (_, payload, errors) => {
    expect(errorsOf(payload)).toEqual(errors);
  });

  test("of more bytes than a definition may have, in UTF-8", () => {
    const description = "ä".repeat(64 * 1024);
    expect(errorsOf({ ...of(), description })[0]).toContain("at most 131072 are taken");
  });

  test("under a name that is none", () => {
    expect(errorsOf(of(), "a-b")).toEqual([
      'ruleName: "a-b" is not 1 to 128 letters, digits or underscores',
    ]);
  });
});
