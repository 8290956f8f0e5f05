import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTemplate } from "../../load.ts";

async function load(resources: string) {
  const folder = mkdtempSync(join(tmpdir(), "millrace-template-"));
  try {
    mkdirSync(join(folder, "handlers"));
    writeFileSync(join(folder, "handlers/app.mjs"), "export const handler = () => 1;\n");
    const path = join(folder, "template.yaml");
    writeFileSync(path, `Transform: AWS::Serverless-2016-10-31\nResources:${resources}`);
    const account = { region: "eu-central-1", accountId: "111122223333" };
    return await loadTemplate({ path, ...account, stackName: "test" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function applicationOf(resources: string) {
  const result = await load(resources);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.application;
}

const table = `
  Told:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: told
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      StreamSpecification: { StreamViewType: NEW_IMAGE }`;

const f = `
  F:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: f
      Handler: app.handler
      CodeUri: handlers
      Runtime: nodejs22.x`;

const defaults = {
  tableName: "told",
  functionName: "f",
  startingPosition: "LATEST",
  isEnabled: true,
  batchSize: 100,
  batchingWindowSeconds: 0,
  tumblingWindowSeconds: 0,
  lanes: 1,
  retryAttemptsMax: -1,
  recordAgeSecondsMax: -1,
  bisects: false,
  reportsItemFailures: false,
  filters: [],
};

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("a mapping with all that it may say, and what refers to it", async () => {
  const { triggers, outputs } = await applicationOf(`${table}${f}
  Lost: { Type: AWS::S3::Bucket, Properties: { BucketName: lost } }
  Trigger:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt Told.StreamArn
      FunctionName: !GetAtt F.Arn
      StartingPosition: TRIM_HORIZON
      Enabled: false
      BatchSize: 7
      MaximumBatchingWindowInSeconds: 8
      ParallelizationFactor: 1
      MaximumRetryAttempts: 10
      MaximumRecordAgeInSeconds: 60
      BisectBatchOnFunctionError: true
      FunctionResponseTypes: [ReportBatchItemFailures]
      FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] }
      DestinationConfig: { OnFailure: { Destination: !GetAtt Lost.Arn } }
      TumblingWindowInSeconds: 9
Outputs:
  Id: { Value: !Ref Trigger }
  Arn: { Value: !GetAtt Trigger.EventSourceMappingArn }
  Same: { Value: !GetAtt Trigger.Id }
`);
  const [{ id }] = triggers as [(typeof triggers)[number]];
  expect(id).toMatch(uuid);
  expect(triggers).toEqual([
    {
      id,
      tableName: "told",
      functionName: "f",
      startingPosition: "TRIM_HORIZON",
      isEnabled: false,
      batchSize: 7,
      batchingWindowSeconds: 8,
      lanes: 1,
      tumblingWindowSeconds: 9,
      retryAttemptsMax: 10,
      recordAgeSecondsMax: 60,
      bisects: true,
      reportsItemFailures: true,
      filters: ['{"eventName":["INSERT"]}'],
      failureBucket: "lost",
    },
  ]);
  expect(outputs).toEqual({
    Id: id,
    Arn: `arn:aws:lambda:eu-central-1:111122223333:event-source-mapping:${id}`,
    Same: id,
  });
});

const event = `
      Events:
        Changed:
          Type: DynamoDB
          Properties: { Stream: !GetAtt Told.StreamArn, StartingPosition: LATEST }`;

test("a DynamoDB event is a mapping under SAM's id, and its role may read streams", async () => {
  const { triggers, roles, outputs } = await applicationOf(`${table}${f}${event}
Outputs:
  Id: { Value: !Ref FChanged }
`);
  expect(triggers).toEqual([{ ...defaults, id: outputs.Id!, failureBucket: undefined } as never]);
  expect(roles[0]!.policies.map(({ name }) => name)).toEqual([
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaDynamoDBExecutionRole",
  ]);
});

test("a DynamoDB event may name its destination's type, as SAM's do", async () => {
  const destination =
    "DestinationConfig: { OnFailure: { Type: S3, Destination: !GetAtt Lost.Arn } }";
  const { triggers } = await applicationOf(`${table}${f}
      Events:
        Changed:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Told.StreamArn
            StartingPosition: LATEST
            ${destination}
  Lost: { Type: AWS::S3::Bucket, Properties: { BucketName: lost } }`);
  expect(triggers[0]!.failureBucket).toBe("lost");
});

test("a trigger keeps its id as long as the stack and the logical id are the same", async () => {
  const ids = async (text: string) => {
    return (await applicationOf(text)).triggers.map(({ id }) => id);
  };
  const [first] = await ids(`${table}${f}${event}`);
  const changed = event.replace("LATEST", "TRIM_HORIZON, BatchSize: 3");
  expect(await ids(`${table}${f}${changed}`)).toEqual([first!]);
  const [other] = await ids(`${table}${f}${event.replace("Changed", "Other")}`);
  expect(other).not.toBe(first);
});

test("in a policy the stream's ARN stands for the table's streams, in a variable it is refused", async () => {
  const policies = `
      Policies:
        - Statement:
            - { Effect: Allow, Action: "dynamodb:GetRecords", Resource: !GetAtt Told.StreamArn }`;
  const { roles } = await applicationOf(`${table}${f}${policies}`);
  expect(JSON.stringify(roles[0]!.policies.at(-1))).toContain(":table/told/stream/*");
  const variable = `
      Environment: { Variables: { STREAM: !GetAtt Told.StreamArn } }`;
  const result = await load(`${table}${f}${variable}`);
  expect(result.ok ? [] : result.problems.map(({ message }) => message)).toEqual([
    "the ARN of a stream is known only once its table is there: ask DescribeTable for " +
      "LatestStreamArn",
  ]);
});
