import { afterAll, describe, expect, test } from "bun:test";
import * as eventbridge from "@aws-sdk/client-eventbridge";
import { textOf } from "../../base/mod.ts";
import { clientOptions, openDoor } from "../door-fixture.ts";

const door = await openDoor();
const client = new eventbridge.EventBridgeClient(clientOptions(door.url));
afterAll(async () => {
  client.destroy();
  await door.close();
});

// biome-ignore lint/suspicious/noExplicitAny: of the SDK's commands only that they can be sent
const send = (command: any): Promise<any> => client.send(command);
const arnOf = (resource: string) => `arn:aws:events:eu-central-1:000000000000:${resource}`;
const functionArn = "arn:aws:lambda:eu-central-1:000000000000:function:f";

async function refusalOf(command: unknown): Promise<string> {
  try {
    await send(command);
    return "none";
  } catch (thrown) {
    const { name, message } = thrown as Error;
    return `${name}: ${message}`;
  }
}

function put(Name: string, more: Partial<eventbridge.PutRuleCommandInput> = {}) {
  const EventPattern = '{"source":["shop"]}';
  return send(new eventbridge.PutRuleCommand({ Name, EventPattern, ...more }));
}

const sale = { Source: "shop", DetailType: "sale", Detail: '{"price":7.50}' };

async function sendEntries(...Entries: eventbridge.PutEventsRequestEntry[]) {
  const command = new eventbridge.PutEventsCommand({ Entries });
  const answer: eventbridge.PutEventsCommandOutput = await send(command);
  return { ...answer, $metadata: undefined };
}

/** As soon as `count` calls of functions are there, those. */
async function callsAfter(count: number) {
  while (door.asyncCalls.length < count) await new Promise((resolve) => setImmediate(resolve));
  return door.asyncCalls.map(({ payload }) => JSON.parse(textOf(payload)));
}

describe("a bus", () => {
  test("is made, told, tagged and deleted", async () => {
    const Name = "orders";
    const made = await send(
      new eventbridge.CreateEventBusCommand({ Name, Tags: [{ Key: "a", Value: "b" }] }),
    );
    expect(made.EventBusArn).toBe(arnOf("event-bus/orders"));
    expect(await refusalOf(new eventbridge.CreateEventBusCommand({ Name }))).toBe(
      "ResourceAlreadyExistsException: Event bus orders already exists.",
    );
    const described = await send(new eventbridge.DescribeEventBusCommand({ Name }));
    expect(described).toMatchObject({ Name, Arn: made.EventBusArn });
    expect(described.CreationTime.getTime()).toBe(door.clock.now());
    const listed = await send(new eventbridge.ListEventBusesCommand({}));
    expect(listed.EventBuses.map((bus: { Name: string }) => bus.Name)).toEqual([
      "default",
      "orders",
    ]);
    const ResourceARN = made.EventBusArn;
    const Tags = [{ Key: "c", Value: "d" }];
    await send(new eventbridge.TagResourceCommand({ ResourceARN, Tags }));
    await send(new eventbridge.UntagResourceCommand({ ResourceARN, TagKeys: ["a"] }));
    const tags = await send(new eventbridge.ListTagsForResourceCommand({ ResourceARN }));
    expect(tags.Tags).toEqual(Tags);
    await send(new eventbridge.DeleteEventBusCommand({ Name }));
    expect(await refusalOf(new eventbridge.DescribeEventBusCommand({ Name }))).toBe(
      "ResourceNotFoundException: Event bus orders does not exist.",
    );
  });

  test("that is the default one cannot be deleted, and says who it is", async () => {
    const described = await send(new eventbridge.DescribeEventBusCommand({}));
    expect(described).toMatchObject({ Name: "default", Arn: arnOf("event-bus/default") });
    const command = new eventbridge.DeleteEventBusCommand({ Name: "default" });
    expect(await refusalOf(command)).toBe("ValidationException: Cannot delete event bus default.");
  });

  test("with a key of one's own is refused by name", async () => {
    const KmsKeyIdentifier = "k";
    const command = new eventbridge.CreateEventBusCommand({ Name: "kms", KmsKeyIdentifier });
    expect(await refusalOf(command)).toBe(
      'ValidationException: "KmsKeyIdentifier" of CreateEventBus is not implemented',
    );
  });
});

describe("a rule", () => {
  test("is made, told, disabled, enabled, tagged and deleted", async () => {
    const made = await put("r1", { Description: "d", Tags: [{ Key: "a", Value: "b" }] });
    expect(made.RuleArn).toBe(arnOf("rule/r1"));
    const Name = "r1";
    expect(await send(new eventbridge.DescribeRuleCommand({ Name }))).toMatchObject({
      Name,
      Arn: made.RuleArn,
      EventPattern: '{"source":["shop"]}',
      State: "ENABLED",
      Description: "d",
      EventBusName: "default",
    });
    await send(new eventbridge.DisableRuleCommand({ Name }));
    expect((await send(new eventbridge.DescribeRuleCommand({ Name }))).State).toBe("DISABLED");
    await send(new eventbridge.EnableRuleCommand({ Name }));
    const tags = await send(
      new eventbridge.ListTagsForResourceCommand({ ResourceARN: made.RuleArn }),
    );
    expect(tags.Tags).toEqual([{ Key: "a", Value: "b" }]);
    const listed = await send(new eventbridge.ListRulesCommand({ NamePrefix: "r" }));
    expect(listed.Rules).toMatchObject([{ Name, State: "ENABLED" }]);
    await send(new eventbridge.DeleteRuleCommand({ Name }));
    expect(await refusalOf(new eventbridge.DescribeRuleCommand({ Name }))).toBe(
      "ResourceNotFoundException: Rule r1 does not exist on EventBus default.",
    );
  });

  test("has a schedule", async () => {
    const ScheduleExpression = "cron(0 12 * * ? *)";
    await put("s1", { ScheduleExpression, EventPattern: undefined });
    expect(await send(new eventbridge.DescribeRuleCommand({ Name: "s1" }))).toMatchObject({
      ScheduleExpression,
      State: "ENABLED",
    });
  });

  test("is listed a page at a time", async () => {
    for (const name of ["p1", "p2", "p3"]) await put(name);
    const wish = { NamePrefix: "p", Limit: 2 };
    const first = await send(new eventbridge.ListRulesCommand(wish));
    const NextToken = first.NextToken;
    const second = await send(new eventbridge.ListRulesCommand({ ...wish, NextToken }));
    const names = [...first.Rules, ...second.Rules].map(({ Name }) => Name);
    expect([names, second.NextToken]).toEqual([["p1", "p2", "p3"], undefined]);
    const Limit = 0;
    expect(await refusalOf(new eventbridge.ListRulesCommand({ Limit }))).toContain("1 to 100");
  });

  test("has targets, which lead back to it, and cannot go before them", async () => {
    await put("t1");
    const retry = { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 60 };
    const InputTransformer = { InputPathsMap: { p: "$.detail.price" }, InputTemplate: "<p>" };
    const Targets = [
      { Id: "a", Arn: functionArn, RetryPolicy: retry },
      { Id: "b", Arn: functionArn, InputTransformer },
    ];
    const done = await send(new eventbridge.PutTargetsCommand({ Rule: "t1", Targets }));
    expect(done).toMatchObject({ FailedEntryCount: 0, FailedEntries: [] });
    const listed = await send(new eventbridge.ListTargetsByRuleCommand({ Rule: "t1" }));
    expect(listed.Targets).toEqual(Targets);
    const TargetArn = functionArn;
    const names = await send(new eventbridge.ListRuleNamesByTargetCommand({ TargetArn }));
    expect(names.RuleNames).toEqual(["t1"]);
    expect(await refusalOf(new eventbridge.DeleteRuleCommand({ Name: "t1" }))).toBe(
      "ValidationException: Rule can't be deleted since it has targets.",
    );
    const Ids = ["a", "b", "c"];
    const removed = await send(new eventbridge.RemoveTargetsCommand({ Rule: "t1", Ids }));
    expect(removed).toMatchObject({
      FailedEntryCount: 1,
      FailedEntries: [{ TargetId: "c", ErrorCode: "ResourceNotFoundException" }],
    });
    await send(new eventbridge.DeleteRuleCommand({ Name: "t1" }));
  });

  test.each([
    [
      { EventPattern: '{"source":"shop"}' },
      /^InvalidEventPatternException: Event pattern is not valid. Reason: "source" must be a list.*\(line 1, column 11\)$/,
    ],
    [{ EventPattern: undefined }, /^ValidationException: /],
    [{ ScheduleExpression: "rate(1 minutes)" }, /ScheduleExpression is not valid.*character 8\)/],
    [{ EventBusName: "none" }, /^ResourceNotFoundException: Event bus none does not exist/],
    [{ Name: "a b" }, /^ValidationException: Parameter Name is not valid/],
    [{ RoleArn: "r" }, /^ValidationException: Parameter RoleArn is not valid/],
    [
      { State: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" as const },
      /not implemented; ENABLED and DISABLED are/,
    ],
  ])("with %p is refused", async (changes, expected) => {
    const given = { Name: "bad", EventPattern: '{"source":["shop"]}', ...changes };
    expect(await refusalOf(new eventbridge.PutRuleCommand(given))).toMatch(expected);
  });

  test.each([
    [{ Arn: "arn:aws:sqs:eu-central-1:000000000000:q" }, /targets of the kind sqs:q are not/],
    [{ DeadLetterConfig: { Arn: "x" } }, /"DeadLetterConfig" of a target is not implemented/],
    [{ KinesisParameters: { PartitionKeyPath: "x" } }, /"KinesisParameters" of a target is not/],
    [{ Input: "{" }, /Parameter Input of target a is not valid/],
  ])("refuses a target with %p", async (changes, expected) => {
    await put("refusing");
    const Targets = [{ Id: "a", Arn: functionArn, ...changes }];
    const command = new eventbridge.PutTargetsCommand({ Rule: "refusing", Targets });
    expect(await refusalOf(command)).toMatch(expected);
    const listed = await send(new eventbridge.ListTargetsByRuleCommand({ Rule: "refusing" }));
    expect(listed.Targets).toEqual([]);
  });
});

describe("events", () => {
  test("reach functions, and those that cannot be taken are told", async () => {
    await put("e1");
    await send(
      new eventbridge.PutTargetsCommand({
        Rule: "e1",
        Targets: [{ Id: "a", Arn: functionArn }],
      }),
    );
    const answer = await sendEntries(
      { ...sale, Time: new Date("2026-02-03T04:05:06.789Z"), Resources: ["arn:x"] },
      { ...sale, Source: "aws.s3" },
      { ...sale, Detail: "{" },
      { ...sale, DetailType: undefined },
      { ...sale, EventBusName: "none" },
    );
    expect(answer).toMatchObject({
      FailedEntryCount: 4,
      Entries: [
        { EventId: expect.any(String) },
        { ErrorCode: "NotAuthorizedForSourceException" },
        { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." },
        {
          ErrorCode: "InvalidArgument",
          ErrorMessage:
            "Parameter DetailType is not valid. Reason: DetailType is a required argument.",
        },
        { ErrorCode: "InvalidArgument" },
      ],
    });
    expect(await callsAfter(1)).toMatchObject([
      {
        id: answer.Entries![0]!.EventId,
        time: "2026-02-03T04:05:06Z",
        resources: ["arn:x"],
        detail: { price: 7.5 },
      },
    ]);
  });

  test("are ten at most, and 256 KiB together", async () => {
    const eleven = new Array(11).fill(sale);
    expect(await refusalOf(new eventbridge.PutEventsCommand({ Entries: eleven }))).toMatch(
      /^ValidationException: 1 validation error detected.*between 1 and 10/,
    );
    const overhead = "shopsale".length + '{"a":""}'.length;
    const Detail = (length: number) => JSON.stringify({ a: "x".repeat(length - overhead) });
    const full = await sendEntries({ Source: "shop", DetailType: "sale", Detail: Detail(262_144) });
    expect(full.FailedEntryCount).toBe(0);
    const Entries = [{ ...sale, Detail: Detail(262_145) }];
    expect(await refusalOf(new eventbridge.PutEventsCommand({ Entries }))).toBe(
      "ValidationException: Total size of the entries in the request is over the limit.",
    );
  });
});

describe("a pattern", () => {
  const Event = JSON.stringify({
    id: "1",
    account: "1",
    source: "shop",
    time: "2026-01-01T00:00:00Z",
    region: "r",
    resources: [],
    "detail-type": "sale",
    detail: { price: 300 },
  });

  test.each([
    ['{"source":["shop"]}', true],
    ['{"detail":{"price":[300.0]}}', false],
    ['{"detail":{"price":[{"numeric":["=",300.0]}]}}', true],
  ])("%s can be tried: %p", async (EventPattern, expected) => {
    const answer = await send(new eventbridge.TestEventPatternCommand({ EventPattern, Event }));
    expect(answer.Result).toBe(expected);
  });

  test("that is wrong, and an event that lacks something, are refused", async () => {
    const test = (EventPattern: string, event: string) =>
      refusalOf(new eventbridge.TestEventPatternCommand({ EventPattern, Event: event }));
    expect(await test('{"a":[]}', Event)).toMatch(/^InvalidEventPatternException: .*empty list/);
    expect(await test('{"a":["b"]}', '{"id":"1"}')).toMatch(/it lacks account, source/);
  });
});

test("what is not there is refused by name", async () => {
  expect(await refusalOf(new eventbridge.ListArchivesCommand({}))).toBe(
    'UnknownOperationException: The operation "ListArchives" of EventBridge is not implemented',
  );
});
