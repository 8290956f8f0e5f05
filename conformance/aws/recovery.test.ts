/** A table is restored to a moment before its server was killed. */

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DynamoDBClient,
  PutItemCommand,
  RestoreTableToPointInTimeCommand,
  ScanCommand,
  UpdateContinuousBackupsCommand,
} from "@aws-sdk/client-dynamodb";
import { type Server, startServer } from "../harness.ts";

const template = "conformance/fixtures/orders/template.yaml";
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-recovery-"));
const credentials = { accessKeyId: "any", secretAccessKey: "any" };
const TableName = "source";
let server: Server;
let client: DynamoDBClient;

async function start(): Promise<void> {
  server = await startServer({ template, dataFolder });
  client = new DynamoDBClient({ endpoint: server.api, region: "us-east-1", credentials });
}

beforeAll(start);

afterAll(async () => {
  client.destroy();
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

const put = (value: string) =>
  client.send(new PutItemCommand({ TableName, Item: { pk: { S: "a" }, value: { S: value } } }));

/** The next millisecond has begun when this answers with the one before. */
async function passMoment(): Promise<Date> {
  const moment = new Date();
  while (Date.now() <= moment.getTime()) await Bun.sleep(1);
  return moment;
}

test("a table is restored to a moment before its server was killed", async () => {
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  await client.send(
    new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }),
  );
  await put("first");
  const moment = await passMoment();
  await put("second");
  client.destroy();
  await server.kill();
  await start();
  const { ContinuousBackupsDescription } = await client.send(
    new DescribeContinuousBackupsCommand({ TableName }),
  );
  const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  expect(recovery?.PointInTimeRecoveryStatus).toBe("ENABLED");
  expect(recovery!.EarliestRestorableDateTime!.getTime()).toBeLessThanOrEqual(moment.getTime());
  await client.send(
    new RestoreTableToPointInTimeCommand({
      SourceTableName: TableName,
      TargetTableName: "restored",
      RestoreDateTime: moment,
    }),
  );
  const values = async (name: string) =>
    (await client.send(new ScanCommand({ TableName: name }))).Items!.map(({ value }) => value!.S);
  expect(await values("restored")).toEqual(["first"]);
  expect(await values(TableName)).toEqual(["second"]);
});
