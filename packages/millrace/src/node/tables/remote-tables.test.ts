import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import type { SigningCredentials } from "../../aws/mod.ts";
import type { Configuration } from "../configuration.ts";
import { quietly } from "../configuration-fixture.ts";
import { type House, startHouse } from "../house.ts";
import { readRemoteCredentials } from "./remote-credentials.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-remote-"));
const houses: House[] = [];
let [remote, near]: House[] = [];
let [there, here]: DynamoDBClient[] = [];

const template = `
Resources:
  Lines:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: lines
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - { AttributeName: room, AttributeType: S }
        - { AttributeName: at, AttributeType: N }
        - { AttributeName: from, AttributeType: S }
      KeySchema:
        - { AttributeName: room, KeyType: HASH }
        - { AttributeName: at, KeyType: RANGE }
      GlobalSecondaryIndexes:
        - IndexName: byFrom
          KeySchema: [{ AttributeName: from, KeyType: HASH }]
          Projection: { ProjectionType: KEYS_ONLY }
      TimeToLiveSpecification: { AttributeName: until, Enabled: true }
      StreamSpecification: { StreamViewType: NEW_IMAGE }
`;

async function start(text: string, more: Partial<Configuration> = {}): Promise<House> {
  const path = join(folder, `${houses.length}.yaml`);
  writeFileSync(path, text);
  const result = await startHouse({ ...quietly, template: path, ...more });
  if (!result.ok) throw new Error(result.problems.join("\n"));
  houses.push(result.house);
  return result.house;
}

const clientOf = (house: House) =>
  new DynamoDBClient({
    endpoint: house.addresses.api,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });

const remoteTables = (endpoint: string) => ({
  endpoint,
  region: "us-east-1",
  credentials: () => ({ accessKeyId: "far", secretAccessKey: "away" }),
});

beforeAll(async () => {
  remote = await start("Resources: {}");
  near = await start(template, { remoteTables: remoteTables(remote.addresses.api) });
  [there, here] = [clientOf(remote), clientOf(near)];
});

afterAll(async () => {
  for (const client of [there, here]) client?.destroy();
  for (const house of houses.reverse()) await house.close();
  rmSync(folder, { recursive: true });
});

const TableName = "lines";
const key = { room: { S: "r" }, at: { N: "1" } };

test("a table of the template is made on the endpoint, as the template says", async () => {
  const { Table } = await there!.send(new DescribeTableCommand({ TableName }));
  expect(Table).toMatchObject({
    BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
    GlobalSecondaryIndexes: [{ IndexName: "byFrom", Projection: { ProjectionType: "KEYS_ONLY" } }],
    StreamSpecification: { StreamViewType: "NEW_IMAGE" },
  });
  const { TimeToLiveDescription } = await there!.send(new DescribeTimeToLiveCommand({ TableName }));
  expect(TimeToLiveDescription).toMatchObject({ AttributeName: "until" });
});

test("what is written here is there, and what is there is read here", async () => {
  await here!.send(new PutItemCommand({ TableName, Item: { ...key, from: { S: "me" } } }));
  const got = await there!.send(new GetItemCommand({ TableName, Key: key }));
  expect(got.Item).toEqual({ ...key, from: { S: "me" } });
  const found = await here!.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "room = :r",
      ExpressionAttributeValues: { ":r": { S: "r" } },
    }),
  );
  expect(found).toMatchObject({ Count: 1, Items: [{ from: { S: "me" } }] });
});

test("errors come through as they are, with what they carry", async () => {
  const put = new PutItemCommand({
    TableName,
    Item: key,
    ConditionExpression: "attribute_not_exists(room)",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  const refused = await here!.send(put).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(refused).toBeInstanceOf(ConditionalCheckFailedException);
  expect((refused as ConditionalCheckFailedException).Item).toMatchObject({ from: { S: "me" } });
});

test("a table that is there stays, and one with another key keeps the node from starting", async () => {
  const more = { remoteTables: remoteTables(remote!.addresses.api) };
  await start(template, more);
  const other = template.replace("AttributeName: at, KeyType", "AttributeName: from, KeyType");
  const changed = other.replace("- { AttributeName: at, AttributeType: N }", "");
  await expect(start(changed, more)).rejects.toThrow("lines");
  expect((await there!.send(new GetItemCommand({ TableName, Key: key }))).Item).toBeDefined();
});

test("an endpoint that nobody listens on is named", async () => {
  const more = { remoteTables: remoteTables("http://127.0.0.1:9") };
  await expect(start(template, more)).rejects.toThrow(
    "cannot reach the tables at http://127.0.0.1:9",
  );
});

test("keys come from the environment, else from the profile in the shared file", () => {
  const path = join(folder, "credentials");
  writeFileSync(path, "[default]\naws_access_key_id = A\naws_secret_access_key=B\n[work]\n");
  const file = { AWS_SHARED_CREDENTIALS_FILE: path };
  const read = (more: Record<string, string>): SigningCredentials =>
    readRemoteCredentials({ ...file, ...more });
  expect(read({})).toMatchObject({ accessKeyId: "A", secretAccessKey: "B" });
  expect(read({ AWS_ACCESS_KEY_ID: "C", AWS_SECRET_ACCESS_KEY: "D" })).toMatchObject({
    accessKeyId: "C",
  });
  expect(() => read({ AWS_PROFILE: "work" })).toThrow('the profile "work"');
});
