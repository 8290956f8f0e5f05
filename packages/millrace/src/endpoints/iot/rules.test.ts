// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts under test are templates

import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import {
  CreateTopicRuleCommand,
  DeleteTopicRuleCommand,
  DescribeBillingGroupCommand,
  DescribeEndpointCommand,
  DisableTopicRuleCommand,
  EnableTopicRuleCommand,
  GetTopicRuleCommand,
  IoTClient,
  ListTagsForResourceCommand,
  ListTopicRulesCommand,
  type ListTopicRulesCommandInput,
  ReplaceTopicRuleCommand,
  TagResourceCommand,
  type TopicRulePayload,
  UntagResourceCommand,
} from "@aws-sdk/client-iot";
import { clientOptions, openDoor } from "../door-fixture.ts";

const door = await openDoor();
const iot = new IoTClient(clientOptions(door.url));
afterAll(() => door.close());

beforeEach(async () => {
  for (const { name } of door.rulesManager.list()) await door.rulesManager.delete(name);
});

const roleArn = "arn:aws:iam::111122223333:role/r";
const arnOf = (name: string) => `arn:aws:iot:eu-central-1:000000000000:rule/${name}`;

const payload: TopicRulePayload = {
  sql: "SELECT *, topic(2) AS dev FROM 'site/+/env' WHERE t > 20",
  description: "warm rooms",
  awsIotSqlVersion: "2016-03-23",
  actions: [{ republish: { topic: "alerts/${topic(2)}", qos: 1, roleArn } }],
};

async function create(ruleName: string, more: Partial<TopicRulePayload> = {}): Promise<void> {
  await iot.send(
    new CreateTopicRuleCommand({ ruleName, topicRulePayload: { ...payload, ...more } }),
  );
}

/** The error that the request ends with, as the SDK has it. */
async function errorOf(request: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await request;
  } catch (thrown) {
    const { name, message, resourceId, resourceArn, $metadata } = thrown as Error & {
      resourceId?: string;
      resourceArn?: string;
      $metadata: { httpStatusCode: number };
    };
    const resource = resourceId === undefined ? {} : { resourceId, resourceArn };
    return { status: $metadata.httpStatusCode, name, message, ...resource };
  }
  throw new Error("the request was answered");
}

describe("CreateTopicRule", () => {
  test("makes a rule that fires, and that GetTopicRule shows as it was given", async () => {
    await create("warm");
    await door.broker.publish({
      topic: "site/a1/env",
      payload: new TextEncoder().encode('{"t":22}'),
      qos: 1,
      retain: false,
      origin: { clientId: "c-1", ruleDepth: 0 },
    });
    expect(door.published.map(({ topic }) => topic)).toContain("alerts/a1");
    const { ruleArn, rule } = await iot.send(new GetTopicRuleCommand({ ruleName: "warm" }));
    expect(ruleArn).toBe(arnOf("warm"));
    expect(rule).toEqual({
      ruleName: "warm",
      ruleDisabled: false,
      createdAt: new Date(door.clock.now()),
      ...payload,
    } as unknown as NonNullable<typeof rule>);
  });

  test("takes the first version of the language when none is given", async () => {
    await iot.send(
      new CreateTopicRuleCommand({
        ruleName: "r",
        topicRulePayload: { sql: "SELECT * FROM 'a'", actions: [] },
      }),
    );
    const { rule } = await iot.send(new GetTopicRuleCommand({ ruleName: "r" }));
    expect(rule?.awsIotSqlVersion).toBe("2015-10-08");
  });

  test("names SQL that does not parse, with line and column and what was expected", async () => {
    expect(await errorOf(create("r", { sql: "SELECT a,\n  b c FROM 'x'" }))).toEqual({
      status: 400,
      name: "SqlParseException",
      message: expect.stringMatching(/^sql \(line 2, column 5\): expected .+, found "c"$/),
    });
    expect(await errorOf(create("r", { sql: "SELECT * FROM 'x' WHERE nope(a)" }))).toMatchObject({
      name: "SqlParseException",
      message: 'sql (line 1, column 25): there is no function "nope"',
    });
  });

  test.each<[string, Partial<TopicRulePayload>, string]>([
    [
      "a template that is wrong",
      { actions: [{ republish: { topic: "a/${", roleArn } }] },
      "actions[0].republish.topic (line 1, column 5): expected an expression, found the end",
    ],
    [
      "an action that is not implemented",
      { actions: [{ timestream: {} as never }] },
      'actions[0].timestream: action "timestream" is not implemented',
    ],
    [
      "more than ten actions",
      { actions: Array(11).fill(payload.actions?.[0]) },
      "actions: the rule has 11 actions, at most 10 are taken",
    ],
  ])("refuses %s as an invalid request", async (_what, more, message) => {
    expect(await errorOf(create("r", more))).toEqual({
      status: 400,
      name: "InvalidRequestException",
      message,
    });
    expect(door.rulesManager.list()).toEqual([]);
  });

  test("refuses a name that is taken, and says whose it is", async () => {
    await create("r");
    expect(await errorOf(create("r"))).toEqual({
      status: 409,
      name: "ResourceAlreadyExistsException",
      message: 'The rule "r" already exists',
      resourceId: "r",
      resourceArn: arnOf("r"),
    });
  });

  test("refuses a name with a hyphen, and a body that is no JSON or too large", async () => {
    expect(await errorOf(create("no-hyphen"))).toMatchObject({
      name: "InvalidRequestException",
      message: 'The rule name "no-hyphen" is not 1 to 128 letters, digits or underscores',
    });
    for (const body of ["{", `"${"x".repeat(300_000)}"`]) {
      const answer = await fetch(`${door.url}/rules/r`, { method: "POST", body });
      expect(answer.status).toBe(400);
      expect(answer.headers.get("x-amzn-errortype")).toBe("InvalidRequestException");
    }
  });
});

describe("a rule that is there", () => {
  test("is replaced as a whole", async () => {
    await create("r");
    const changed = { sql: "SELECT * FROM 'b'", actions: [], awsIotSqlVersion: "2016-03-23" };
    await iot.send(new ReplaceTopicRuleCommand({ ruleName: "r", topicRulePayload: changed }));
    const { rule } = await iot.send(new GetTopicRuleCommand({ ruleName: "r" }));
    expect(rule).toMatchObject(changed);
    expect(rule?.description).toBeUndefined();
  });

  test("is disabled and enabled, more than once", async () => {
    await create("r");
    const isDisabled = async () =>
      (await iot.send(new GetTopicRuleCommand({ ruleName: "r" }))).rule?.ruleDisabled;
    for (const disabled of [true, true, false, false]) {
      const command = disabled ? DisableTopicRuleCommand : EnableTopicRuleCommand;
      await iot.send(new command({ ruleName: "r" }));
      expect(await isDisabled()).toBe(disabled);
    }
  });

  test("is deleted, more than once", async () => {
    await create("r");
    await iot.send(new DeleteTopicRuleCommand({ ruleName: "r" }));
    await iot.send(new DeleteTopicRuleCommand({ ruleName: "r" }));
    expect(door.rulesManager.get("r")).toBeUndefined();
  });
});

test.each([{}, { sql: 5 }])(
  "a statement that is missing or no text is an invalid request: %p",
  async (sql) => {
    const body = JSON.stringify({ actions: [], ...sql });
    const answer = await fetch(`${door.url}/rules/r`, { method: "POST", body });
    expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([
      400,
      "InvalidRequestException",
    ]);
  },
);

test("a rule that is missing is one that access to was denied, as tools expect", async () => {
  const denied = {
    status: 401,
    name: "UnauthorizedException",
    message: "Access to topic rule 'r' was denied",
  };
  const ruleName = "r";
  expect(await errorOf(iot.send(new GetTopicRuleCommand({ ruleName })))).toEqual(denied);
  expect(await errorOf(iot.send(new EnableTopicRuleCommand({ ruleName })))).toEqual(denied);
  const replace = new ReplaceTopicRuleCommand({ ruleName, topicRulePayload: payload });
  expect(await errorOf(iot.send(replace))).toEqual(denied);
});

describe("ListTopicRules", () => {
  test("gives the rules by name, a page at a time, with their filters", async () => {
    for (const name of ["c", "a", "b"]) await create(name);
    const first = await iot.send(new ListTopicRulesCommand({ maxResults: 2 }));
    expect(first.rules).toEqual([
      {
        ruleArn: arnOf("a"),
        ruleName: "a",
        topicPattern: "site/+/env",
        createdAt: new Date(door.clock.now()),
        ruleDisabled: false,
      },
      expect.objectContaining({ ruleName: "b" }),
    ]);
    const { nextToken } = first;
    const second = await iot.send(new ListTopicRulesCommand({ maxResults: 2, nextToken }));
    expect(second.rules?.map(({ ruleName }) => ruleName)).toEqual(["c"]);
    expect(second.nextToken).toBeUndefined();
  });

  test("gives those with a filter, and those that are disabled or not", async () => {
    await create("a");
    await create("b", { sql: "SELECT * FROM 'x/#'" });
    await create("c", { ruleDisabled: true });
    const names = async (wish: ListTopicRulesCommandInput) =>
      (await iot.send(new ListTopicRulesCommand(wish))).rules?.map(({ ruleName }) => ruleName);
    expect(await names({ topic: "site/+/env" })).toEqual(["a", "c"]);
    expect(await names({ topic: "site/a/env" })).toEqual([]);
    expect(await names({ ruleDisabled: true })).toEqual(["c"]);
    expect(await names({ ruleDisabled: false, topic: "x/#" })).toEqual(["b"]);
    expect(await errorOf(names({ maxResults: 10_001 }))).toMatchObject({
      name: "InvalidRequestException",
      message: 'maxResults "10001" is no whole number from 1 to 10000',
    });
  });
});

test("tags come with the rule, and are added and taken away", async () => {
  await iot.send(
    new CreateTopicRuleCommand({
      ruleName: "r",
      topicRulePayload: payload,
      tags: "team=red%20one&stage=test",
    }),
  );
  const resourceArn = arnOf("r");
  const tags = [
    { Key: "stage", Value: "live" },
    { Key: "x", Value: "y" },
  ];
  await iot.send(new TagResourceCommand({ resourceArn, tags }));
  await iot.send(new UntagResourceCommand({ resourceArn, tagKeys: ["x", "unknown"] }));
  const listed = await iot.send(new ListTagsForResourceCommand({ resourceArn }));
  expect(listed.tags).toEqual([
    { Key: "team", Value: "red one" },
    { Key: "stage", Value: "live" },
  ]);
  const unknown = new ListTagsForResourceCommand({ resourceArn: arnOf("nope") });
  expect(await errorOf(iot.send(unknown))).toMatchObject({ name: "ResourceNotFoundException" });
  for (const [own, other] of [
    ["arn:aws:", "arn:aws-cn:"],
    [":iot:", ":lambda:"],
    ["eu-central-1", "us-east-1"],
    [/\d{12}/, "999999999999"],
  ] as const) {
    const foreign = new ListTagsForResourceCommand({
      resourceArn: resourceArn.replace(own, other),
    });
    expect(await errorOf(iot.send(foreign))).toMatchObject({ name: "ResourceNotFoundException" });
  }
  const reserved = new TagResourceCommand({ resourceArn, tags: [{ Key: "aws:a", Value: "" }] });
  expect(await errorOf(iot.send(reserved))).toMatchObject({ name: "InvalidRequestException" });
});

test("the endpoint is the address that the caller has reached", async () => {
  for (const endpointType of ["iot:Data-ATS", "iot:Data", undefined]) {
    const told = await iot.send(new DescribeEndpointCommand({ endpointType }));
    expect(told.endpointAddress).toBe(new URL(door.url).host);
  }
  const asked = await fetch(`${door.url}/endpoint`, {
    headers: { host: "millrace.localhost:9000" },
  });
  expect(await asked.json()).toEqual({ endpointAddress: "millrace.localhost:9000" });
  const unknown = new DescribeEndpointCommand({ endpointType: "iot:Beta" });
  expect(await errorOf(iot.send(unknown))).toMatchObject({ name: "InvalidRequestException" });
});

test("what is not implemented is refused by its name", async () => {
  expect(
    await errorOf(iot.send(new DescribeBillingGroupCommand({ billingGroupName: "t/1" }))),
  ).toEqual({
    status: 404,
    name: "UnknownOperationException",
    message: 'The operation "DescribeBillingGroup" of AWS IoT is not implemented',
  });
  const answer = await fetch(`${door.url}/rules/r/enable`, { method: "PUT" });
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
});
