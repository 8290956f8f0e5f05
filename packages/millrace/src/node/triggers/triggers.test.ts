import { afterAll, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  PublishVersionCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { cleanUp, noting, start, stop, type TestHouse, table, until } from "./triggers-fixture.ts";

afterAll(cleanUp);

const event = (more = "") => `
      Events:
        Changed:
          Type: DynamoDB
          Properties: { Stream: !GetAtt Lines.StreamArn, StartingPosition: TRIM_HORIZON${more} }`;

const put = (tables: DynamoDBClient, pk: string, more = {}) =>
  tables.send(new PutItemCommand({ TableName: "lines", Item: { pk: { S: pk }, ...more } }));

async function mappingsOf({ lambda }: TestHouse) {
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  return EventSourceMappings;
}

/** The documents that were put into the bucket, whose files are named by hashes. */
function keptDocuments({ path }: TestHouse): unknown[] {
  const files = readdirSync(join(path, "data"), { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile() && file.parentPath.endsWith("objects/lost"))
    .map((file) => JSON.parse(readFileSync(join(file.parentPath, file.name), "utf8")));
}

async function streamArnOf({ tables }: TestHouse, TableName = "lines") {
  const { Table } = await tables.send(new DescribeTableCommand({ TableName }));
  return Table!.LatestStreamArn!;
}

test("a table's changes call the function of a DynamoDB event, as Lambda's event has them", async () => {
  const one = await start(table + noting(event()));
  await put(one.tables, "a", { n: { N: "1" } });
  await put(one.tables, "a", { n: { N: "2" } });
  await one.tables.send(new DeleteItemCommand({ TableName: "lines", Key: { pk: { S: "a" } } }));
  await until(() => one.keys().length >= 3);
  const records = one.seen().flatMap(({ Records }) => Records);
  expect(records.map(({ eventName }) => eventName)).toEqual(["INSERT", "MODIFY", "REMOVE"]);
  expect(records[1]).toEqual({
    eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
    eventName: "MODIFY",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "us-east-1",
    dynamodb: {
      ApproximateCreationDateTime: expect.any(Number),
      Keys: { pk: { S: "a" } },
      NewImage: { pk: { S: "a" }, n: { N: "2" } },
      OldImage: { pk: { S: "a" }, n: { N: "1" } },
      SequenceNumber: expect.any(String),
      SizeBytes: expect.any(Number),
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
    eventSourceARN: await streamArnOf(one),
  } as never);
  const [mapping] = await mappingsOf(one);
  expect(mapping).toMatchObject({
    EventSourceArn: await streamArnOf(one),
    FunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:note",
    State: "Enabled",
    StateTransitionReason: "User action",
    LastProcessingResult: "OK",
    BatchSize: 100,
    MaximumRetryAttempts: -1,
    MaximumRecordAgeInSeconds: -1,
    ParallelizationFactor: 1,
    BisectBatchOnFunctionError: false,
    StartingPosition: "TRIM_HORIZON",
    FunctionResponseTypes: [],
    DestinationConfig: { OnFailure: {} },
  });
});

test("over a restart a trigger of the template goes on where it was, and takes its changes", async () => {
  const first = await start(table + noting(event()));
  await put(first.tables, "a");
  await until(() => first.keys().length === 1);
  const [before] = await mappingsOf(first);
  await stop(first);
  const off = await start(table + noting(event(", Enabled: false, BatchSize: 7")), {
    from: first.path,
  });
  await put(off.tables, "b");
  const [disabled] = await mappingsOf(off);
  expect(disabled).toMatchObject({ UUID: before!.UUID, State: "Disabled", BatchSize: 7 });
  await stop(off);
  const on = await start(table + noting(event()), { from: first.path });
  await until(() => on.keys().length >= 2);
  expect(on.keys()).toEqual(["a", "b"]);
  await stop(on);
  const none = await start(table + noting(""), { from: first.path });
  expect(await mappingsOf(none)).toEqual([]);
  await stop(none);
  const again = await start(table + noting(event()), { from: first.path });
  await until(() => again.keys().length >= 4);
  expect(again.keys()).toEqual(["a", "b", "a", "b"]);
});

test("a call that runs when the node stops is waited for, and not made again", async () => {
  const handler = `
import { appendFileSync } from "node:fs";
export const handler = async (event) => {
  appendFileSync(process.env.SEEN + ".begun", "x");
  await new Promise((resolve) => setTimeout(resolve, 500));
  appendFileSync(process.env.SEEN, JSON.stringify(event) + "\\n");
};
`;
  const first = await start(table + noting(event()), { handler });
  await put(first.tables, "a");
  await until(() => existsSync(join(first.path, "seen.jsonl.begun")));
  await stop(first);
  expect(first.keys()).toEqual(["a"]);
  const again = await start(table + noting(event()), { handler, from: first.path });
  await put(again.tables, "b");
  await until(() => again.keys().includes("b"));
  expect(again.keys()).toEqual(["a", "b"]);
});

test("a call that runs when the node stops may still ask the API", async () => {
  const handler = `
import { appendFileSync, existsSync } from "node:fs";
const { SEEN, AWS_ENDPOINT_URL } = process.env;
export const handler = async (event) => {
  appendFileSync(SEEN + ".begun", "x");
  while (!existsSync(SEEN + ".stopping")) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 300));
  await fetch(AWS_ENDPOINT_URL + "/_millrace/ready");
  appendFileSync(SEEN, JSON.stringify(event) + "\\n");
};
`;
  const first = await start(table + noting(event(", MaximumRetryAttempts: 0")), { handler });
  await put(first.tables, "a");
  await until(() => existsSync(join(first.path, "seen.jsonl.begun")));
  const stopped = stop(first);
  writeFileSync(join(first.path, "seen.jsonl.stopping"), "");
  await stopped;
  expect(first.keys()).toEqual(["a"]);
});

test("a batch that fails is logged with where it is and what comes next", async () => {
  const one = await start(table + noting(event(", MaximumRetryAttempts: 0")));
  await put(one.tables, "a", { fail: { S: "yes" } });
  await put(one.tables, "b");
  await until(() => one.keys().includes("b"));
  const line = one.log.find((text) => text.includes("batch of a trigger failed"));
  expect(line).toMatch(/function=note shard=shardId-\S+ records=\d first=\d+ last=\d+ attempt=1 /);
  expect(line).toContain('reason="Error: cannot" next="given up"');
});

test("a role that may not read the stream keeps the node from starting", async () => {
  const role = `
  Own:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: "sts:AssumeRole" }]`;
  const resources = table + role + noting(`      Role: !GetAtt Own.Arn${event()}`);
  await expect(start(resources)).rejects.toThrow(/template.yaml:\d+:\d+.*Cannot access stream/);
});

const wish = (EventSourceArn: string): CreateEventSourceMappingCommandInput => ({
  EventSourceArn,
  FunctionName: "note",
  StartingPosition: "TRIM_HORIZON",
});

const reading = `
      Policies:
        - AWSLambdaDynamoDBExecutionRole
        - S3WritePolicy: { BucketName: lost }`;
const bucket = `
  Lost: { Type: AWS::S3::Bucket, Properties: { BucketName: lost } }`;

test("the five operations, by the SDK", async () => {
  const one = await start(table + bucket + noting(reading));
  const { lambda } = one;
  const EventSourceArn = await streamArnOf(one);
  const made = await lambda.send(
    new CreateEventSourceMappingCommand({
      ...wish(EventSourceArn),
      FunctionName: "arn:aws:lambda:us-east-1:000000000000:function:note",
      BatchSize: 5,
      FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      DestinationConfig: { OnFailure: { Destination: "arn:aws:s3:::lost" } },
      MaximumRetryAttempts: 0,
    }),
  );
  const { UUID } = made;
  expect(made).toMatchObject({
    $metadata: { httpStatusCode: 202 },
    State: "Creating",
    LastProcessingResult: "No records processed",
    BatchSize: 5,
    FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    DestinationConfig: { OnFailure: { Destination: "arn:aws:s3:::lost" } },
    EventSourceMappingArn: `arn:aws:lambda:us-east-1:000000000000:event-source-mapping:${UUID}`,
    LastModified: expect.any(Date),
  });
  const get = () => lambda.send(new GetEventSourceMappingCommand({ UUID }));
  await until(async () => (await get()).State === "Enabled");
  await put(one.tables, "a");
  await put(one.tables, "a", { changed: { S: "yes" } });
  await put(one.tables, "b", { report: { S: "yes" } });
  await until(async () => (await get()).LastProcessingResult === "PROBLEM: Function call failed");
  await until(() => keptDocuments(one).length > 0);
  expect(keptDocuments(one)[0]).toMatchObject({
    requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 1 },
    DDBStreamBatchInfo: { streamArn: EventSourceArn },
    payload: expect.stringContaining('"Keys":{"pk":{"S":"b"}}'),
  });
  expect(new Set(one.seen().flatMap(({ Records }) => Records.map((r) => r.eventName)))).toEqual(
    new Set(["INSERT"]),
  );
  const update = (more: object) =>
    lambda.send(new UpdateEventSourceMappingCommand({ UUID, ...more }));
  expect(await update({ Enabled: false, FilterCriteria: {} })).toMatchObject({
    $metadata: { httpStatusCode: 202 },
    State: "Disabling",
  });
  await until(async () => (await get()).State === "Disabled");
  expect((await get()).FilterCriteria).toBeUndefined();
  const found = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName: "note", EventSourceArn }),
  );
  expect(found.EventSourceMappings).toMatchObject([{ UUID, BatchSize: 5 }]);
  const others = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: "other" }));
  expect(others.EventSourceMappings).toEqual([]);
  const gone = await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
  expect(gone).toMatchObject({ $metadata: { httpStatusCode: 202 }, State: "Deleting" });
  await until(() =>
    get().then(
      () => false,
      () => true,
    ),
  );
  await expect(get()).rejects.toThrow("The resource you requested does not exist.");
});

test("an alias is called as such", async () => {
  const one = await start(
    table + noting(reading.replace("        - S3WritePolicy: { BucketName: lost }", "")),
  );
  const { lambda } = one;
  const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: "note" }));
  const alias = { FunctionName: "note", Name: "live", FunctionVersion: Version };
  await lambda.send(new CreateAliasCommand(alias));
  const command = { ...wish(await streamArnOf(one)), FunctionName: "note:live" };
  const { FunctionArn } = await lambda.send(new CreateEventSourceMappingCommand(command));
  expect(FunctionArn).toBe("arn:aws:lambda:us-east-1:000000000000:function:note:live");
  await put(one.tables, "a");
  await until(() => one.keys().length === 1);
});

test("with a tumbling window the function gets its state back, over a restart too", async () => {
  const event = `
      Events:
        Changed:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Lines.StreamArn
            StartingPosition: TRIM_HORIZON
            TumblingWindowInSeconds: 900`;
  const handler = `
import { appendFileSync } from "node:fs";
export const handler = async (event) => {
  appendFileSync(process.env.SEEN, JSON.stringify(event) + "\\n");
  return { state: { count: (event.state.count ?? 0) + event.Records.length } };
};
`;
  const first = await start(table + noting(event), { handler });
  await put(first.tables, "a");
  await until(() => first.keys().length === 1);
  await stop(first);
  const again = await start(table + noting(event), { handler, from: first.path });
  await put(again.tables, "b");
  await until(() => again.keys().length === 2);
  const counts = again.seen().map(({ state }) => state?.count ?? 0);
  // A quarter of an hour may end between the two.
  expect([JSON.stringify([0, 1]), JSON.stringify([0, 1, 0])]).toContain(JSON.stringify(counts));
});

test("lists come in pages", async () => {
  const one = await start(table + noting(reading));
  const made: string[] = [];
  for (const TableName of ["t-1", "t-2", "t-3"]) {
    await one.tables.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
        StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
      }),
    );
    const command = new CreateEventSourceMappingCommand(wish(await streamArnOf(one, TableName)));
    made.push((await one.lambda.send(command)).UUID!);
  }
  const listed: string[] = [];
  for (let Marker: string | undefined; ; ) {
    const command = new ListEventSourceMappingsCommand({ MaxItems: 2, Marker });
    const page = await one.lambda.send(command);
    listed.push(...page.EventSourceMappings!.map(({ UUID }) => UUID!));
    Marker = page.NextMarker;
    if (Marker === undefined) break;
  }
  expect(listed).toEqual(made.toSorted());
});

test("what cannot be made is refused by name", async () => {
  const one = await start(table + noting(""));
  const may = await start(table + noting(reading));
  const stream = await streamArnOf(may);
  const refusal = async (changes: object, of = may) => {
    const command = new CreateEventSourceMappingCommand({ ...wish(stream), ...changes });
    return of.lambda.send(command).then(
      () => "none",
      (thrown) => `${thrown.$metadata.httpStatusCode} ${thrown.name}: ${thrown.message}`,
    );
  };
  const invalid = "400 InvalidParameterValueException: ";
  const own = await streamArnOf(one);
  expect(await refusal({ EventSourceArn: own }, one)).toBe(
    `${invalid}Cannot access stream ${own}. Please ensure the role can perform the GetRecords, ` +
      "GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.",
  );
  expect(await refusal({ FunctionName: "none" })).toBe(
    "404 ResourceNotFoundException: Function not found: " +
      "arn:aws:lambda:us-east-1:000000000000:function:none",
  );
  expect(await refusal({ EventSourceArn: "arn:aws:sqs:us-east-1:000000000000:q" })).toBe(
    `${invalid}Event sources of the service "sqs" are not implemented; streams of tables are`,
  );
  expect(await refusal({ EventSourceArn: stream.replace("lines", "other") })).toBe(
    `${invalid}Stream not found: ${stream.replace("lines", "other")}`,
  );
  expect(await refusal({ StartingPosition: "AT_TIMESTAMP" })).toBe(
    `${invalid}Unsupported starting position for arn type: ${stream}`,
  );
  expect(await refusal({ StartingPosition: undefined })).toBe(
    "400 ValidationException: 1 validation error detected: Value null at 'startingPosition' " +
      "failed to satisfy constraint: Member must not be null",
  );
  expect(await refusal({ BatchSize: 10_001 })).toBe(
    "400 ValidationException: 1 validation error detected: Value '10001' at 'batchSize' failed " +
      "to satisfy constraint: Member must have value less than or equal to 10000",
  );
  expect(await refusal({ MaximumRecordAgeInSeconds: 59 })).toContain("'maximumRecordAgeInSeconds'");
  expect(await refusal({ TumblingWindowInSeconds: 30, ParallelizationFactor: 2 })).toBe(
    `${invalid}TumblingWindowInSeconds is implemented with a ParallelizationFactor of 1 alone: ` +
      "a shard has one state",
  );
  expect(await refusal({ FilterCriteria: { Filters: [{ Pattern: '{"a":1}' }] } })).toStartWith(
    `${invalid}Invalid filter pattern definition. `,
  );
  const onFailure = (Destination: string) => ({
    DestinationConfig: { OnFailure: { Destination } },
  });
  expect(await refusal(onFailure("arn:aws:sqs:us-east-1:000000000000:q"))).toBe(
    `${invalid}Destinations of the service "sqs" are not implemented; buckets (S3) are`,
  );
  expect(await refusal(onFailure("arn:aws:s3:::nowhere"))).toBe(
    `${invalid}There is no bucket "nowhere"`,
  );
  expect(await refusal({ Topics: ["t"] })).toBe(
    `${invalid}"Topics" of CreateEventSourceMapping is not implemented`,
  );
  expect(await refusal({})).toBe("none");
  expect(await refusal({})).toMatch(/^409 ResourceConflictException: The event source arn/);
});
