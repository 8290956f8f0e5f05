import { afterAll, describe, expect, test } from "bun:test";
import * as cloudwatch from "@aws-sdk/client-cloudwatch-logs";
import { clientOptions, openDoor } from "../door-fixture.ts";

const door = await openDoor();
const client = new cloudwatch.CloudWatchLogsClient(clientOptions(door.url));
afterAll(async () => {
  client.destroy();
  await door.close();
});

// biome-ignore lint/suspicious/noExplicitAny: of the SDK's commands only that they can be sent
const send = (command: any): Promise<any> => client.send(command);
const nowMs = door.clock.now();
const dayMs = 86_400_000;
const arnOf = (name: string) => `arn:aws:logs:eu-central-1:000000000000:log-group:${name}`;

async function refusalOf(command: unknown): Promise<string> {
  try {
    await send(command);
    return "none";
  } catch (thrown) {
    const { name, message } = thrown as Error;
    return `${name}: ${message}`;
  }
}

/** A group with a stream, under a name of its own. */
async function make(logGroupName: string, ...streams: readonly string[]) {
  await send(new cloudwatch.CreateLogGroupCommand({ logGroupName }));
  for (const logStreamName of streams) {
    await send(new cloudwatch.CreateLogStreamCommand({ logGroupName, logStreamName }));
  }
}

function put(logGroupName: string, logStreamName: string, events: [number, string][]) {
  const logEvents = events.map(([timestamp, message]) => ({ timestamp, message }));
  return send(new cloudwatch.PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}

async function filter(
  logGroupName: string,
  more: Partial<cloudwatch.FilterLogEventsCommandInput> = {},
): Promise<string[]> {
  const found: string[] = [];
  let nextToken: string | undefined;
  do {
    const command = new cloudwatch.FilterLogEventsCommand({ logGroupName, nextToken, ...more });
    const answer: cloudwatch.FilterLogEventsCommandOutput = await send(command);
    found.push(...answer.events!.map(({ message }) => message!));
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
  return found;
}

describe("a group", () => {
  test("is made, told with its retention, tagged and deleted", async () => {
    const logGroupName = "/aws/lambda/one";
    await send(new cloudwatch.CreateLogGroupCommand({ logGroupName, tags: { refusal: "x" } }));
    expect(await refusalOf(new cloudwatch.CreateLogGroupCommand({ logGroupName }))).toBe(
      "ResourceAlreadyExistsException: The specified log group already exists",
    );
    const retention = { logGroupName, retentionInDays: 14 };
    await send(new cloudwatch.PutRetentionPolicyCommand(retention));
    const told = () => send(new cloudwatch.DescribeLogGroupsCommand({}));
    const group = {
      logGroupName,
      creationTime: nowMs,
      metricFilterCount: 0,
      arn: `${arnOf(logGroupName)}:*`,
      logGroupArn: arnOf(logGroupName),
      storedBytes: 0,
      logGroupClass: "STANDARD",
    };
    expect((await told()).logGroups).toEqual([{ ...group, retentionInDays: 14 }]);
    await send(new cloudwatch.DeleteRetentionPolicyCommand({ logGroupName }));
    expect((await told()).logGroups).toEqual([group]);
    const resourceArn = arnOf(logGroupName);
    await send(new cloudwatch.TagResourceCommand({ resourceArn, tags: { a: "1", b: "2" } }));
    await send(new cloudwatch.UntagResourceCommand({ resourceArn, tagKeys: ["a"] }));
    await send(new cloudwatch.TagLogGroupCommand({ logGroupName, tags: { c: "3" } }));
    const tags = await send(new cloudwatch.ListTagsForResourceCommand({ resourceArn }));
    expect(tags.tags).toEqual({ refusal: "x", b: "2", c: "3" });
    await send(new cloudwatch.UntagLogGroupCommand({ logGroupName, tags: ["b", "refusal"] }));
    const older = await send(new cloudwatch.ListTagsLogGroupCommand({ logGroupName }));
    expect(older.tags).toEqual({ c: "3" });
    await send(new cloudwatch.DeleteLogGroupCommand({ logGroupName }));
    expect((await told()).logGroups).toEqual([]);
    expect(await refusalOf(new cloudwatch.DeleteLogGroupCommand({ logGroupName }))).toBe(
      "ResourceNotFoundException: The specified log group does not exist.",
    );
  });

  test("is listed by prefix and pattern, a page at a time", async () => {
    for (const name of ["p/a", "p/b", "p/c", "q/a"]) await make(name);
    const list = async (more: cloudwatch.DescribeLogGroupsCommandInput) => {
      const { logGroups, nextToken } = await send(new cloudwatch.DescribeLogGroupsCommand(more));
      const names = logGroups.map((one: cloudwatch.LogGroup) => one.logGroupName);
      return { names, nextToken };
    };
    const first = await list({ logGroupNamePrefix: "p/", limit: 2 });
    expect(first.names).toEqual(["p/a", "p/b"]);
    const { nextToken } = first;
    expect(await list({ logGroupNamePrefix: "p/", limit: 2, nextToken })).toEqual({
      names: ["p/c"],
      nextToken: undefined,
    });
    expect((await list({ logGroupNamePattern: "/a" })).names).toEqual(["p/a", "q/a"]);
    expect((await list({ logGroupNamePattern: "/A" })).names).toEqual([]);
    const pattern = { logGroupNamePattern: "p/a" };
    const { logGroups } = await send(new cloudwatch.DescribeLogGroupsCommand(pattern));
    const arn = `${arnOf("p/a")}:*`;
    expect(logGroups).toEqual([{ logGroupName: "p/a", creationTime: nowMs, arn }]);
    const rare = { logGroupNamePattern: "/a", logGroupClass: "INFREQUENT_ACCESS" } as const;
    expect((await list(rare)).names).toEqual([]);
    for (const name of ["p/a", "p/b", "p/c", "q/a"]) {
      await send(new cloudwatch.DeleteLogGroupCommand({ logGroupName: name }));
    }
  });
});

test.each([
  [undefined, "Value null at 'logGroupName' failed to satisfy constraint: Member must not be null"],
  ["", "Value '' at 'logGroupName' failed to satisfy constraint: Member must have length greater"],
  [
    "a".repeat(513),
    "failed to satisfy constraint: Member must have length less than or equal to 512",
  ],
  [
    "a b",
    "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: " +
      "Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
  ],
])("a group's name %p is refused", async (logGroupName, message) => {
  const refusal = await refusalOf(new cloudwatch.CreateLogGroupCommand({ logGroupName }));
  expect(refusal).toStartWith("InvalidParameterException: ");
  expect(refusal).toContain(message);
});

describe("streams", () => {
  test("are listed by their last event also where that has only just come", async () => {
    const logGroupName = "fresh";
    await make(logGroupName, "a", "b");
    await put(logGroupName, "b", [[nowMs - 9, "before"]]);
    const line = { group: logGroupName, stream: "a", message: "now", timestampMs: nowMs };
    door.logs.write(line);
    const order = { orderBy: "LastEventTime", descending: true } as const;
    const command = new cloudwatch.DescribeLogStreamsCommand({ logGroupName, ...order });
    const { logStreams } = await send(command);
    expect(logStreams.map((one: cloudwatch.LogStream) => one.logStreamName)).toEqual(["a", "b"]);
  });

  test("are made, listed by name and by their last event, and deleted", async () => {
    const logGroupName = "streams";
    await make(logGroupName, "b", "a", "c");
    const again = { logGroupName, logStreamName: "a" };
    expect(await refusalOf(new cloudwatch.CreateLogStreamCommand(again))).toBe(
      "ResourceAlreadyExistsException: The specified log stream already exists",
    );
    await put(logGroupName, "c", [
      [nowMs - 5, "one"],
      [nowMs - 3, "two"],
    ]);
    await put(logGroupName, "a", [[nowMs - 9, "three"]]);
    const list = async (more = {}) => {
      const command = new cloudwatch.DescribeLogStreamsCommand({ logGroupName, ...more });
      const { logStreams } = await send(command);
      return logStreams.map((one: cloudwatch.LogStream) => one.logStreamName);
    };
    expect(await list()).toEqual(["a", "b", "c"]);
    expect(await list({ descending: true, limit: 2 })).toEqual(["c", "b"]);
    expect(await list({ orderBy: "LastEventTime", descending: true })).toEqual(["c", "a", "b"]);
    expect(await list({ logStreamNamePrefix: "b" })).toEqual(["b"]);
    const { logStreams } = await send(
      new cloudwatch.DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: "c" }),
    );
    expect(logStreams).toEqual([
      {
        logStreamName: "c",
        creationTime: nowMs,
        firstEventTimestamp: nowMs - 5,
        lastEventTimestamp: nowMs - 3,
        lastIngestionTime: nowMs,
        arn: `${arnOf(logGroupName)}:log-stream:c`,
        storedBytes: 0,
      },
    ]);
    await send(new cloudwatch.DeleteLogStreamCommand({ logGroupName, logStreamName: "c" }));
    expect(await list()).toEqual(["a", "b"]);
    expect(await filter(logGroupName)).toEqual(["three"]);
  });
});

describe("events of a stream", () => {
  test("come forwards and backwards, the oldest first in each page", async () => {
    const logGroupName = "pages";
    await make(logGroupName, "s", "other");
    const events = Array.from({ length: 10 }, (_, at): [number, string] => [nowMs + at, `${at}`]);
    await put(logGroupName, "s", events);
    await put(logGroupName, "other", [[nowMs + 4, "other"]]);
    const get = async (more: Partial<cloudwatch.GetLogEventsCommandInput> = {}) => {
      const page = { logGroupName, logStreamName: "s", limit: 4, ...more };
      const answer = await send(new cloudwatch.GetLogEventsCommand(page));
      const text = answer.events.map((one: cloudwatch.OutputLogEvent) => one.message).join("");
      return { text, forward: answer.nextForwardToken, backward: answer.nextBackwardToken };
    };
    const head = await get({ startFromHead: true });
    expect(head.text).toBe("0123");
    const second = await get({ nextToken: head.forward });
    expect(second.text).toBe("4567");
    expect((await get({ nextToken: second.backward })).text).toBe("0123");
    const third = await get({ nextToken: second.forward });
    expect(third.text).toBe("89");
    const end = await get({ nextToken: third.forward });
    expect([end.text, end.forward]).toEqual(["", third.forward]);
    const tail = await get();
    expect(tail.text).toBe("6789");
    const before = await get({ nextToken: tail.backward });
    expect(before.text).toBe("2345");
    expect((await get({ nextToken: before.forward })).text).toBe("6789");
    const first = await get({ nextToken: before.backward });
    expect(first.text).toBe("01");
    const start = await get({ nextToken: first.backward });
    expect([start.text, start.backward]).toEqual(["", first.backward]);
    expect((await get({ startTime: nowMs + 2, endTime: nowMs + 4 })).text).toBe("23");
    await put(logGroupName, "s", [[nowMs + 10, "new"]]);
    expect((await get({ nextToken: end.forward })).text).toBe("new");
  });

  test("of an empty stream are none, and its tokens lead to those that come", async () => {
    const logGroupName = "empty";
    await make(logGroupName, "s");
    const page = { logGroupName, logStreamName: "s" };
    const answer = await send(new cloudwatch.GetLogEventsCommand(page));
    expect(answer.events).toEqual([]);
    await put(logGroupName, "s", [[nowMs, "first"]]);
    const nextToken = answer.nextForwardToken;
    const next = await send(new cloudwatch.GetLogEventsCommand({ ...page, nextToken }));
    expect(next.events).toEqual([{ timestamp: nowMs, message: "first", ingestionTime: nowMs }]);
  });
});

describe("events of a group", () => {
  const logGroupName = "filtered";

  test("are filtered by pattern, streams and time, over pages, in the order of time", async () => {
    await make(logGroupName, "x/1", "x/2", "y");
    await put(logGroupName, "x/1", [
      [nowMs, "ERROR one"],
      [nowMs + 20, '{"level":"error","code":7}'],
    ]);
    await put(logGroupName, "x/2", [[nowMs + 10, "ERROR two"]]);
    await put(logGroupName, "y", [[nowMs + 5, "fine 200 12"]]);
    expect(await filter(logGroupName, { limit: 1 })).toEqual([
      "ERROR one",
      "fine 200 12",
      "ERROR two",
      '{"level":"error","code":7}',
    ]);
    expect(await filter(logGroupName, { filterPattern: "ERROR", limit: 1 })).toEqual([
      "ERROR one",
      "ERROR two",
    ]);
    expect(await filter(logGroupName, { filterPattern: '{ $.level = "error" }' })).toHaveLength(1);
    expect(await filter(logGroupName, { filterPattern: "[w, status=2*, ms > 10]" })).toEqual([
      "fine 200 12",
    ]);
    expect(await filter(logGroupName, { logStreamNamePrefix: "x/" })).toHaveLength(3);
    expect(await filter(logGroupName, { logStreamNames: ["x/2", "y"] })).toHaveLength(2);
    const times = { startTime: nowMs + 5, endTime: nowMs + 10 };
    expect(await filter(logGroupName, times)).toEqual(["fine 200 12", "ERROR two"]);
    const arn = { logGroupName: undefined, logGroupIdentifier: `${arnOf(logGroupName)}:*` };
    const answer = await send(new cloudwatch.FilterLogEventsCommand({ ...arn, limit: 1 }));
    expect(answer.events).toEqual([
      {
        logStreamName: "x/1",
        timestamp: nowMs,
        message: "ERROR one",
        ingestionTime: nowMs,
        eventId: expect.stringMatching(/^\d{56}$/),
      },
    ]);
    expect(answer.searchedLogStreams).toEqual([]);
  });

  test.each([
    [
      "%(x)%",
      `InvalidParameterException: Invalid filter pattern: "(" is not supported in a regular`,
    ],
    ["{ $.a = ", "InvalidParameterException: Invalid filter pattern:"],
  ])("are not filtered by %s", async (filterPattern, refusal) => {
    const command = new cloudwatch.FilterLogEventsCommand({ logGroupName, filterPattern });
    expect(await refusalOf(command)).toStartWith(refusal);
  });
});

describe("a batch", () => {
  const logGroupName = "batches";

  test("is taken but for events that are too old or too far ahead, which are told", async () => {
    await make(logGroupName, "s", "t");
    const answer = await put(logGroupName, "s", [
      [nowMs - 15 * dayMs, "too old"],
      [nowMs - 14 * dayMs - 1, "too old"],
      [nowMs, "fine"],
      [nowMs + 7_200_001, "too new"],
    ]);
    expect(answer.rejectedLogEventsInfo).toEqual({
      tooOldLogEventEndIndex: 2,
      tooNewLogEventStartIndex: 3,
    });
    expect(answer.nextSequenceToken).toBeString();
    expect(await filter(logGroupName)).toEqual(["fine"]);
    const retention = { logGroupName, retentionInDays: 1 };
    await send(new cloudwatch.PutRetentionPolicyCommand(retention));
    const expired = await put(logGroupName, "s", [
      [nowMs - 2 * dayMs, "expired"],
      [nowMs, "fine too"],
    ]);
    expect(expired.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
    await send(new cloudwatch.DeleteRetentionPolicyCommand({ logGroupName }));
  });

  const large = "x".repeat(600_000);
  test.each([
    [[], "Value '[]' at 'logEvents' failed to satisfy constraint: Member must have length greater"],
    [[[nowMs, ""]], "have length greater than or equal to 1"],
    [
      [
        [nowMs, "a"],
        [nowMs - 1, "b"],
      ],
      "must be in chronological order",
    ],
    [
      [
        [nowMs - 2 * dayMs, "a"],
        [nowMs, "b"],
      ],
      "cannot span more than 24 hours",
    ],
    [[[nowMs, "x".repeat(1_048_551)]], "Log event too large"],
    [
      [
        [nowMs, large],
        [nowMs, large],
      ],
      "Upload too large",
    ],
    [Array(10_001).fill([nowMs, "x"]), "have length less than or equal to 10000"],
  ] as [[number, string][], string][])("is refused as a whole: %#", async (events, message) => {
    const before = await filter(logGroupName);
    const refusal = await put(logGroupName, "s", events).catch((thrown) => thrown);
    expect(refusal.name).toBe("InvalidParameterException");
    expect(refusal.message).toContain(message);
    expect(await filter(logGroupName)).toEqual(before);
  });

  test("of the largest size is taken and comes back, in pages of a megabyte", async () => {
    const message = "ä".repeat((1_048_576 - 26) / 2);
    await put(logGroupName, "t", [[nowMs, message]]);
    await put(logGroupName, "t", [[nowMs, message]]);
    const page = { logGroupName, logStreamNames: ["t"] };
    const { events, nextToken } = await send(new cloudwatch.FilterLogEventsCommand(page));
    expect([events.length, events[0].message === message, typeof nextToken]).toEqual([
      1,
      true,
      "string",
    ]);
    expect(await filter(logGroupName, { logStreamNames: ["t"] })).toHaveLength(2);
  });

  test("into a stream that is not there is refused", async () => {
    const refusal = await put(logGroupName, "nowhere", [[nowMs, "m"]]).catch((thrown) => thrown);
    expect(`${refusal.name}: ${refusal.message}`).toBe(
      "ResourceNotFoundException: The specified log stream does not exist.",
    );
  });
});

describe("what is not implemented is refused by name", () => {
  test.each([
    [
      new cloudwatch.StartQueryCommand({
        logGroupName: "g",
        queryString: "q",
        startTime: 0,
        endTime: 1,
      }),
      'UnknownOperationException: The operation "StartQuery" of CloudWatch Logs is not implemented',
    ],
    [
      new cloudwatch.CreateLogGroupCommand({ logGroupName: "g", kmsKeyId: "k" }),
      'InvalidParameterException: "kmsKeyId" of CreateLogGroup is not implemented',
    ],
    [
      new cloudwatch.CreateLogGroupCommand({ logGroupName: "g", logGroupClass: "DELIVERY" }),
      'InvalidParameterException: The log group class "DELIVERY" is not implemented; STANDARD is',
    ],
    [
      new cloudwatch.CreateLogGroupCommand({ logGroupName: "a b" }),
      "InvalidParameterException: 1 validation error detected: Value 'a b' at 'logGroupName'",
    ],
    [
      new cloudwatch.GetLogEventsCommand({ logGroupName: "filtered", logStreamName: "nowhere" }),
      "ResourceNotFoundException: The specified log stream does not exist.",
    ],
    [
      new cloudwatch.GetLogEventsCommand({
        logGroupName: "filtered",
        logStreamName: "y",
        nextToken: "f/1/s",
      }),
      "InvalidParameterException: The specified nextToken is invalid.",
    ],
    [
      new cloudwatch.PutRetentionPolicyCommand({ logGroupName: "filtered", retentionInDays: 2 }),
      "InvalidParameterException: 1 validation error detected: Value '2' at 'retentionInDays'",
    ],
    [
      new cloudwatch.DescribeLogStreamsCommand({
        logGroupName: "filtered",
        logStreamNamePrefix: "x",
        orderBy: "LastEventTime",
      }),
      "InvalidParameterException: Cannot order by LastEventTime with a logStreamNamePrefix.",
    ],
  ])("%#", async (command, message) => {
    expect(await refusalOf(command)).toStartWith(message);
  });
});
