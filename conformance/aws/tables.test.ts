import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { type Server, startServer } from "../harness.ts";

const template = "conformance/fixtures/orders/template.yaml";
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-tables-"));
const credentials = { accessKeyId: "any", secretAccessKey: "any" };
const TableName = "made";
let server: Server;
let client: DynamoDBClient;

beforeAll(async () => {
  server = await startServer({ template, dataFolder });
  client = connect();
});

afterAll(async () => {
  client.destroy();
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

function connect(): DynamoDBClient {
  return new DynamoDBClient({ endpoint: server.api, region: "us-east-1", credentials });
}

async function killAndStart(): Promise<void> {
  await server.kill();
  client.destroy();
  server = await startServer({ template, dataFolder, at: server });
  client = connect();
}

const countOf = async (IndexName?: string) => {
  let count = 0;
  let ExclusiveStartKey: ScanCommand["input"]["ExclusiveStartKey"];
  do {
    const page = await client.send(
      new ScanCommand({ TableName, IndexName, ExclusiveStartKey, Select: "COUNT" }),
    );
    count += page.Count ?? 0;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return count;
};

test("a table made through the API survives kill -9, with every answered item", async () => {
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  for (let batch = 0; batch < 20; batch += 1) {
    const puts = Array.from({ length: 25 }, (_, at) => ({
      PutRequest: { Item: { pk: { S: `${batch}-${at}` }, kind: { S: at % 5 ? "plain" : "rare" } } },
    }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }));
  }
  await killAndStart();
  expect((await client.send(new ListTablesCommand({}))).TableNames).toContain(TableName);
  expect(await countOf()).toBe(500);
});

test("an index is complete, also when the server was killed while it was built", async () => {
  await client.send(
    new UpdateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: "kind", AttributeType: "S" }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: "byKind",
            KeySchema: [{ AttributeName: "kind", KeyType: "HASH" }],
            Projection: { ProjectionType: "KEYS_ONLY" },
          },
        },
      ],
    }),
  );
  await killAndStart();
  const built = async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    return Table?.GlobalSecondaryIndexes?.[0]?.IndexStatus === "ACTIVE";
  };
  while (!(await built())) await Bun.sleep(10);
  expect(await countOf("byKind")).toBe(500);
});

test("a transaction that was answered is there whole after kill -9, its token too", async () => {
  const ClientRequestToken = "once";
  const transact = () =>
    client.send(
      new TransactWriteItemsCommand({
        ClientRequestToken,
        TransactItems: [
          { Put: { TableName, Item: { pk: { S: "t-1" }, kind: { S: "plain" } } } },
          {
            Update: {
              TableName: "orders",
              Key: { id: { S: "counted" } },
              UpdateExpression: "ADD n :one",
              ExpressionAttributeValues: { ":one": { N: "1" } },
            },
          },
        ],
      }),
    );
  await transact();
  await killAndStart();
  await transact();
  const { Items } = await client.send(new ScanCommand({ TableName: "orders" }));
  expect(Items).toEqual([{ id: { S: "counted" }, n: { N: "1" } }]);
  expect(await countOf("byKind")).toBe(501);
});

test("a table that was deleted does not come back", async () => {
  await client.send(new DeleteTableCommand({ TableName }));
  await killAndStart();
  expect((await client.send(new ListTablesCommand({}))).TableNames).not.toContain(TableName);
  const put = client.send(new PutItemCommand({ TableName, Item: { pk: { S: "x" } } }));
  await expect(put).rejects.toThrow("Requested resource not found");
});
