import { afterAll, beforeAll, expect, test } from "bun:test";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  EnableKinesisStreamingDestinationCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  QueryCommand as DocumentQueryCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  paginateScan,
} from "@aws-sdk/lib-dynamodb";
import { operations } from "../../tables/mod.ts";
import { clientOptions, openDoor } from "../door-fixture.ts";
import { unimplementedOperations } from "./unimplemented.ts";

let door: Awaited<ReturnType<typeof openDoor>>;
let client: DynamoDBClient;
let documents: DynamoDBDocumentClient;

beforeAll(async () => {
  door = await openDoor();
  client = new DynamoDBClient(clientOptions(door.url));
  documents = DynamoDBDocumentClient.from(client);
});

afterAll(() => {
  client.destroy();
  door.close();
});

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown) => thrown,
  );

test("what was put is got again, every type of value", async () => {
  const Item = {
    pk: { S: "types" },
    n: { N: "1.50" },
    b: { B: Uint8Array.of(0, 255) },
    flag: { BOOL: false },
    nothing: { NULL: true },
    ss: { SS: ["a", "b"] },
    ns: { NS: ["1", "2.0"] },
    bs: { BS: [Uint8Array.of(1)] },
    l: { L: [{ S: "" }, { M: {} }] },
  } as const;
  await client.send(new PutItemCommand({ TableName: "plain", Item: Item as never }));
  const got = await client.send(
    new GetItemCommand({ TableName: "plain", Key: { pk: { S: "types" } }, ConsistentRead: true }),
  );
  expect(got.Item as unknown).toEqual({ ...Item, n: { N: "1.5" }, ns: { NS: ["1", "2"] } });
});

test("an item that is not there is an empty answer", async () => {
  const got = await client.send(
    new GetItemCommand({ TableName: "plain", Key: { pk: { S: "nobody" } } }),
  );
  expect(got.Item).toBeUndefined();
});

test("the last lines of a room come newest first, with a filter and a projection", async () => {
  for (let at = 1; at <= 12; at += 1) {
    const Item = { room: "hall", at, text: `line ${at}`, kind: at % 2 ? "odd" : "even" };
    await documents.send(new PutCommand({ TableName: "lines", Item }));
  }
  const page = await documents.send(
    new DocumentQueryCommand({
      TableName: "lines",
      KeyConditionExpression: "room = :room AND #at BETWEEN :from AND :to",
      FilterExpression: "kind = :kind",
      ProjectionExpression: "#text",
      ExpressionAttributeNames: { "#at": "at", "#text": "text" },
      ExpressionAttributeValues: { ":room": "hall", ":from": 3, ":to": 11, ":kind": "odd" },
      ScanIndexForward: false,
      Limit: 4,
    }),
  );
  expect(page.Items).toEqual([{ text: "line 11" }, { text: "line 9" }]);
  expect([page.Count, page.ScannedCount]).toEqual([2, 4]);
  expect(page.LastEvaluatedKey).toEqual({ room: "hall", at: 8 });
});

test("the SDK's paginators walk a query and a scan to the end", async () => {
  for (let at = 0; at < 25; at += 1) {
    await documents.send(new PutCommand({ TableName: "lines", Item: { room: "long", at } }));
  }
  const pages = paginateQuery(
    { client: documents, pageSize: 10 },
    {
      TableName: "lines",
      KeyConditionExpression: "room = :room",
      ExpressionAttributeValues: { ":room": "long" },
    },
  );
  const found: unknown[] = [];
  for await (const page of pages) found.push(...(page.Items ?? []));
  expect(found).toEqual(Array.from({ length: 25 }, (_, at) => ({ room: "long", at })));
  let count = 0;
  for await (const page of paginateScan(
    { client: documents, pageSize: 7 },
    { TableName: "lines" },
  )) {
    count += page.Items?.length ?? 0;
  }
  expect(count).toBeGreaterThanOrEqual(25);
});

test("an update adds, appends and answers with what it changed", async () => {
  const Key = { pk: { S: "counted" } };
  const send = () =>
    client.send(
      new UpdateItemCommand({
        TableName: "plain",
        Key,
        UpdateExpression: "SET seen = list_append(if_not_exists(seen, :none), :one) ADD visits :n",
        ExpressionAttributeValues: {
          ":none": { L: [] },
          ":one": { L: [{ S: "x" }] },
          ":n": { N: "0.1" },
        },
        ReturnValues: "UPDATED_NEW",
      }),
    );
  await send();
  await send();
  const third = await send();
  expect(third.Attributes).toEqual({
    seen: { L: [{ S: "x" }, { S: "x" }, { S: "x" }] },
    visits: { N: "0.3" },
  });
});

test("a failed condition is the SDK's typed error, with the item when asked for", async () => {
  const Item = { pk: { S: "once" }, owner: { S: "ada" } };
  const put = (parameters: object) =>
    client.send(
      new PutItemCommand({
        TableName: "plain",
        Item,
        ConditionExpression: "attribute_not_exists(pk)",
        ...parameters,
      }),
    );
  await put({});
  const plain = await refusal(put({}));
  expect(plain).toBeInstanceOf(ConditionalCheckFailedException);
  expect([plain.message, plain.Item]).toEqual(["The conditional request failed", undefined]);
  const telling = await refusal(put({ ReturnValuesOnConditionCheckFailure: "ALL_OLD" }));
  expect(telling.Item).toEqual(Item);
});

test("a deleted item answers with what it was", async () => {
  const Item = { pk: { S: "gone" }, n: { N: "1" } };
  await client.send(new PutItemCommand({ TableName: "plain", Item }));
  const Key = { pk: { S: "gone" } };
  const answer = await client.send(
    new DeleteItemCommand({ TableName: "plain", Key, ReturnValues: "ALL_OLD" }),
  );
  expect(answer.Attributes).toEqual(Item);
  const again = await documents.send(new GetCommand({ TableName: "plain", Key: { pk: "gone" } }));
  expect(again.Item).toBeUndefined();
});

test("tables are described and listed", async () => {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: "lines" }));
  expect(Table?.KeySchema).toEqual([
    { AttributeName: "room", KeyType: "HASH" },
    { AttributeName: "at", KeyType: "RANGE" },
  ]);
  const listed = await client.send(new ListTablesCommand({}));
  expect(listed.TableNames).toEqual(["lines", "plain"]);
});

test("errors carry the service's names and words", async () => {
  const missing = await refusal(
    client.send(new GetItemCommand({ TableName: "absent", Key: { pk: { S: "x" } } })),
  );
  expect(missing).toBeInstanceOf(ResourceNotFoundException);
  expect(missing.message).toBe("Requested resource not found");
  const reserved = await refusal(
    client.send(new QueryCommand({ TableName: "plain", KeyConditionExpression: "name = :n" })),
  );
  expect([reserved.name, reserved.message]).toEqual([
    "ValidationException",
    "Invalid KeyConditionExpression: Attribute name is a reserved keyword; reserved keyword: name",
  ]);
});

test("every operation of the client is there or refused by its name", () => {
  const names = Object.keys(dynamodb).flatMap((name) => /^(\w+)Command$/.exec(name)?.[1] ?? []);
  const here = new Set([
    "DescribeEndpoints",
    ...Object.keys(operations),
    ...unimplementedOperations,
  ]);
  expect(names.filter((name) => !here.has(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(50);
});

test("what is not implemented is refused by its name", async () => {
  const asked = { TableName: "plain", StreamArn: "arn:aws:kinesis:eu-central-1:0:stream/jobs" };
  const refused = await refusal(client.send(new EnableKinesisStreamingDestinationCommand(asked)));
  expect([refused.name, refused.message]).toEqual([
    "UnknownOperationException",
    'The operation "EnableKinesisStreamingDestination" of DynamoDB is not implemented',
  ]);
});

test("a body that is not JSON is a serialization error", async () => {
  const answer = await fetch(door.url, {
    method: "POST",
    headers: { "x-amz-target": "DynamoDB_20120810.PutItem", authorization: "AWS4-HMAC-SHA256 ..." },
    body: "{",
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    __type: "com.amazon.coral.service#SerializationException",
  });
});

test("a request that nobody signed is refused", async () => {
  const answer = await fetch(door.url, {
    method: "POST",
    headers: { "x-amz-target": "DynamoDB_20120810.ListTables" },
    body: "{}",
  });
  expect([answer.status, await answer.json()]).toEqual([
    400,
    {
      __type: "com.amazon.coral.service#MissingAuthenticationTokenException",
      message: "Request is missing Authentication Token",
    },
  ]);
});

test("an operation that the service does not have is unknown, without a word", async () => {
  const answer = await fetch(door.url, {
    method: "POST",
    headers: { "x-amz-target": "DynamoDB_20120810.Nothing", authorization: "AWS4-HMAC-SHA256 ..." },
    body: "{}",
  });
  expect(await answer.json()).toEqual({
    __type: "com.amazon.coral.service#UnknownOperationException",
  });
});

test("streams have a target of their own", async () => {
  const ask = async (operation: string) => {
    const answer = await fetch(door.url, {
      method: "POST",
      headers: {
        "x-amz-target": `DynamoDBStreams_20120810.${operation}`,
        authorization: "AWS4-HMAC-SHA256 ...",
      },
      body: "{}",
    });
    return [answer.status, await answer.json()];
  };
  expect(await ask("ListStreams")).toEqual([200, { Streams: [] }]);
  expect(await ask("ListTables")).toEqual([
    400,
    { __type: "com.amazon.coral.service#UnknownOperationException" },
  ]);
});
