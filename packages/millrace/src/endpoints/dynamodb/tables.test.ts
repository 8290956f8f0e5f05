import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeEndpointsCommand,
  DescribeLimitsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DuplicateItemException,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  ScanCommand,
  TagResourceCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UntagResourceCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import { clientOptions, openDoor } from "../door-fixture.ts";

let door: Awaited<ReturnType<typeof openDoor>>;
let client: DynamoDBClient;

beforeAll(async () => {
  door = await openDoor();
  client = new DynamoDBClient(clientOptions(door.url));
});

afterAll(async () => {
  client.destroy();
  await door.tables.close();
  door.close();
});

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown) => thrown,
  );

const threads: CreateTableCommandInput = {
  TableName: "threads",
  AttributeDefinitions: [
    { AttributeName: "forum", AttributeType: "S" },
    { AttributeName: "subject", AttributeType: "S" },
    { AttributeName: "at", AttributeType: "N" },
    { AttributeName: "author", AttributeType: "S" },
  ],
  KeySchema: [
    { AttributeName: "forum", KeyType: "HASH" },
    { AttributeName: "subject", KeyType: "RANGE" },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: "byTime",
      KeySchema: [
        { AttributeName: "forum", KeyType: "HASH" },
        { AttributeName: "at", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "byAuthor",
      KeySchema: [
        { AttributeName: "author", KeyType: "HASH" },
        { AttributeName: "at", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["title"] },
    },
  ],
  BillingMode: "PAY_PER_REQUEST",
};

const keyOnly = (name: string, more: Partial<CreateTableCommandInput> = {}) => ({
  TableName: name,
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" } as const],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" } as const],
  BillingMode: "PAY_PER_REQUEST" as const,
  ...more,
});

test("a table is made, described in full, and made once only", async () => {
  const { TableDescription } = await client.send(new CreateTableCommand(threads));
  expect(TableDescription?.TableStatus).toBe("CREATING");
  await waitUntilTableExists(
    { client, minDelay: 1, maxDelay: 1, maxWaitTime: 5 },
    { TableName: "threads" },
  );
  const { Table } = await client.send(new DescribeTableCommand({ TableName: "threads" }));
  const warm = {
    ReadUnitsPerSecond: 12_000,
    WriteUnitsPerSecond: 4_000,
    Status: "ACTIVE" as const,
  };
  const arn = "arn:aws:dynamodb:eu-central-1:000000000000:table/threads";
  expect(Table).toEqual({
    AttributeDefinitions: threads.AttributeDefinitions,
    TableName: "threads",
    KeySchema: threads.KeySchema,
    TableStatus: "ACTIVE",
    CreationDateTime: new Date(door.clock.now()),
    ProvisionedThroughput: {
      NumberOfDecreasesToday: 0,
      ReadCapacityUnits: 0,
      WriteCapacityUnits: 0,
    },
    TableSizeBytes: 0,
    ItemCount: 0,
    WarmThroughput: warm,
    TableArn: arn,
    TableId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    BillingModeSummary: {
      BillingMode: "PAY_PER_REQUEST",
      LastUpdateToPayPerRequestDateTime: new Date(door.clock.now()),
    },
    LocalSecondaryIndexes: [
      {
        ...threads.LocalSecondaryIndexes![0]!,
        IndexSizeBytes: 0,
        ItemCount: 0,
        IndexArn: `${arn}/index/byTime`,
      },
    ],
    GlobalSecondaryIndexes: [
      {
        ...threads.GlobalSecondaryIndexes![0]!,
        IndexStatus: "ACTIVE",
        ProvisionedThroughput: {
          NumberOfDecreasesToday: 0,
          ReadCapacityUnits: 0,
          WriteCapacityUnits: 0,
        },
        WarmThroughput: warm,
        IndexSizeBytes: 0,
        ItemCount: 0,
        IndexArn: `${arn}/index/byAuthor`,
      },
    ],
    DeletionProtectionEnabled: false,
  });
  const again = await refusal(client.send(new CreateTableCommand(threads)));
  expect(again).toBeInstanceOf(ResourceInUseException);
  expect(again.message).toBe("Table already exists: threads");
});

const thread = (forum: string, subject: string, more: object) => ({
  forum: { S: forum },
  subject: { S: subject },
  ...more,
});

test("indexes are queried in the order of their own keys, and hold what they project", async () => {
  const lines = [
    thread("a", "1", { at: { N: "30" }, author: { S: "ada" }, title: { S: "t1" } }),
    thread("a", "2", { at: { N: "5" }, author: { S: "ada" }, title: { S: "t2" } }),
    thread("a", "3", { author: { S: "ada" } }),
    thread("b", "1", { at: { N: "7" }, author: { S: "ada" }, text: { S: "x" } }),
  ];
  for (const Item of lines) {
    await client.send(new PutItemCommand({ TableName: "threads", Item }));
  }
  const byAuthor = await client.send(
    new QueryCommand({
      TableName: "threads",
      IndexName: "byAuthor",
      KeyConditionExpression: "author = :a",
      ExpressionAttributeValues: { ":a": { S: "ada" } },
      ReturnConsumedCapacity: "INDEXES",
      Limit: 2,
    }),
  );
  expect(byAuthor.Items).toEqual([
    lines[1]!,
    { forum: { S: "b" }, subject: { S: "1" }, author: { S: "ada" }, at: { N: "7" } },
  ]);
  expect(byAuthor.LastEvaluatedKey).toEqual({
    forum: { S: "b" },
    subject: { S: "1" },
    author: { S: "ada" },
    at: { N: "7" },
  });
  expect(byAuthor.ConsumedCapacity).toEqual({
    TableName: "threads",
    CapacityUnits: 0.5,
    Table: { CapacityUnits: 0 },
    GlobalSecondaryIndexes: { byAuthor: { CapacityUnits: 0.5 } },
  });
  const byTime = await client.send(
    new QueryCommand({
      TableName: "threads",
      IndexName: "byTime",
      KeyConditionExpression: "forum = :f AND #at > :zero",
      ProjectionExpression: "subject, title",
      ExpressionAttributeNames: { "#at": "at" },
      ExpressionAttributeValues: { ":f": { S: "a" }, ":zero": { N: "0" } },
      ScanIndexForward: false,
      ConsistentRead: true,
    }),
  );
  expect(byTime.Items).toEqual([
    { subject: { S: "1" }, title: { S: "t1" } },
    { subject: { S: "2" }, title: { S: "t2" } },
  ]);
  const scanned = await client.send(new ScanCommand({ TableName: "threads", IndexName: "byTime" }));
  expect(scanned.Count).toBe(3);
});

test("a write that moves an item in its indexes is charged for each of them", async () => {
  const update = await client.send(
    new UpdateItemCommand({
      TableName: "threads",
      Key: thread("a", "1", {}),
      UpdateExpression: "SET #at = :n",
      ExpressionAttributeNames: { "#at": "at" },
      ExpressionAttributeValues: { ":n": { N: "31" } },
      ReturnConsumedCapacity: "INDEXES",
      ReturnItemCollectionMetrics: "SIZE",
    }),
  );
  expect(update.ConsumedCapacity).toEqual({
    TableName: "threads",
    CapacityUnits: 5,
    Table: { CapacityUnits: 1 },
    GlobalSecondaryIndexes: { byAuthor: { CapacityUnits: 2 } },
    LocalSecondaryIndexes: { byTime: { CapacityUnits: 2 } },
  });
  expect(update.ItemCollectionMetrics).toEqual({
    ItemCollectionKey: { forum: { S: "a" } },
    SizeEstimateRangeGB: [0, 1],
  });
});

test("an index that is added later holds the items that were there, and may go again", async () => {
  await client.send(new CreateTableCommand(keyOnly("later")));
  for (let start = 0; start < 300; start += 25) {
    const puts = Array.from({ length: 25 }, (_, at) => ({
      PutRequest: {
        Item: { pk: { S: `k${start + at}` }, colour: { S: (start + at) % 2 ? "red" : "blue" } },
      },
    }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { later: puts } }));
  }
  const create = {
    IndexName: "byColour",
    KeySchema: [{ AttributeName: "colour", KeyType: "HASH" } as const],
    Projection: { ProjectionType: "ALL" } as const,
  };
  await client.send(
    new UpdateTableCommand({
      TableName: "later",
      AttributeDefinitions: [{ AttributeName: "colour", AttributeType: "S" }],
      GlobalSecondaryIndexUpdates: [{ Create: create }],
    }),
  );
  await door.tables.settled();
  const count = () =>
    client.send(
      new QueryCommand({
        TableName: "later",
        IndexName: "byColour",
        KeyConditionExpression: "colour = :c",
        ExpressionAttributeValues: { ":c": { S: "red" } },
        Select: "COUNT",
      }),
    );
  expect((await count()).Count).toBe(150);
  const dropped = await client.send(
    new UpdateTableCommand({
      TableName: "later",
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "byColour" } }],
    }),
  );
  expect(dropped.TableDescription?.GlobalSecondaryIndexes?.[0]?.IndexStatus).toBe("DELETING");
  expect((await refusal(count())).message).toBe(
    "The table does not have the specified index: byColour",
  );
});

test("billing, stream and deletion protection are changed and described", async () => {
  const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 6 };
  const { BillingMode: _, ...rest } = keyOnly("changed");
  await client.send(new CreateTableCommand({ ...rest, ProvisionedThroughput }));
  const update = (input: object) =>
    client.send(new UpdateTableCommand({ TableName: "changed", ...input }));
  const describe = async () =>
    (await client.send(new DescribeTableCommand({ TableName: "changed" }))).Table!;
  expect((await describe()).BillingModeSummary).toBeUndefined();
  expect((await refusal(update({ ProvisionedThroughput }))).message).toStartWith(
    "The provisioned throughput for the table will not change. The requested value equals the " +
      "current value. Current ReadCapacityUnits provisioned for the table: 5. " +
      "Requested ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for the table: 6.",
  );
  await update({
    BillingMode: "PAY_PER_REQUEST",
    DeletionProtectionEnabled: true,
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
  });
  const table = await describe();
  expect(table.BillingModeSummary?.BillingMode).toBe("PAY_PER_REQUEST");
  expect(table.ProvisionedThroughput?.ReadCapacityUnits).toBe(0);
  expect(table.LatestStreamArn).toBe(`${table.TableArn}/stream/${table.LatestStreamLabel}`);
  const drop = () => client.send(new DeleteTableCommand({ TableName: "changed" }));
  expect((await refusal(drop())).message).toBe(
    "Resource cannot be deleted as it is currently protected against deletion. " +
      "Disable deletion protection first.",
  );
  await update({ DeletionProtectionEnabled: false });
  expect((await drop()).TableDescription?.TableStatus).toBe("DELETING");
});

test("a table that was deleted is gone, and one made anew is empty", async () => {
  await client.send(new CreateTableCommand(keyOnly("fleeting")));
  const Item = { pk: { S: "k" } };
  await client.send(new PutItemCommand({ TableName: "fleeting", Item }));
  await client.send(new DeleteTableCommand({ TableName: "fleeting" }));
  await waitUntilTableNotExists(
    { client, minDelay: 1, maxDelay: 1, maxWaitTime: 5 },
    { TableName: "fleeting" },
  );
  const gone = await refusal(client.send(new DescribeTableCommand({ TableName: "fleeting" })));
  expect(gone).toBeInstanceOf(ResourceNotFoundException);
  expect(gone.message).toBe("Requested resource not found: Table: fleeting not found");
  await client.send(new CreateTableCommand(keyOnly("fleeting")));
  const got = await client.send(new GetItemCommand({ TableName: "fleeting", Key: Item }));
  expect(got.Item).toBeUndefined();
});

test("names are listed in pages", async () => {
  for (const name of ["page-a", "page-b", "page-c"]) {
    await client.send(new CreateTableCommand(keyOnly(name)));
  }
  const first = await client.send(
    new ListTablesCommand({ ExclusiveStartTableName: "page", Limit: 2 }),
  );
  expect(first.TableNames).toEqual(["page-a", "page-b"]);
  expect(first.LastEvaluatedTableName).toBe("page-b");
});

test("items expire by the attribute that was named last", async () => {
  await client.send(new CreateTableCommand(keyOnly("expiring")));
  const seconds = Math.floor(door.clock.now() / 1000);
  const Item = { pk: { S: "k" }, until: { N: String(seconds + 10) } };
  await client.send(new PutItemCommand({ TableName: "expiring", Item }));
  const change = (Enabled: boolean, AttributeName = "until") =>
    client.send(
      new UpdateTimeToLiveCommand({
        TableName: "expiring",
        TimeToLiveSpecification: { Enabled, AttributeName },
      }),
    );
  expect((await refusal(change(false))).message).toBe("TimeToLive is already disabled");
  await change(true);
  await door.tables.settled();
  expect((await refusal(change(true))).message).toBe("TimeToLive is already enabled");
  expect((await refusal(change(true, "other"))).message).toBe(
    "TimeToLive is active on a different AttributeName: current AttributeName is until",
  );
  const described = await client.send(new DescribeTimeToLiveCommand({ TableName: "expiring" }));
  expect(described.TimeToLiveDescription).toEqual({
    TimeToLiveStatus: "ENABLED",
    AttributeName: "until",
  });
  door.clock.advance(11_000);
  expect(await door.tables.sweep()).toBe(1);
});

test("tags are set, listed and taken away", async () => {
  const ResourceArn = "arn:aws:dynamodb:eu-central-1:000000000000:table/threads";
  const Tags = [
    { Key: "team", Value: "chat" },
    { Key: "stage", Value: "test" },
  ];
  await client.send(new TagResourceCommand({ ResourceArn, Tags }));
  await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["stage"] }));
  const listed = await client.send(new ListTagsOfResourceCommand({ ResourceArn }));
  expect(listed.Tags).toEqual([{ Key: "team", Value: "chat" }]);
  const elsewhere = `${ResourceArn}-x`;
  const missing = client.send(new ListTagsOfResourceCommand({ ResourceArn: elsewhere }));
  expect((await refusal(missing)).message).toBe(
    `Requested resource not found: ResourcArn: ${elsewhere} not found`,
  );
});

test("what an account may do is described", async () => {
  const limits = await client.send(new DescribeLimitsCommand({}));
  expect(limits.TableMaxReadCapacityUnits).toBe(40_000);
  const { Endpoints } = await client.send(new DescribeEndpointsCommand({}));
  expect(Endpoints?.[0]?.Address).toBe(new URL(door.url).host);
  const backups = await client.send(new DescribeContinuousBackupsCommand({ TableName: "threads" }));
  expect(backups.ContinuousBackupsDescription?.ContinuousBackupsStatus).toBe("ENABLED");
});

test("batches write and read items of several tables", async () => {
  await client.send(
    new BatchWriteItemCommand({
      RequestItems: {
        plain: [
          { PutRequest: { Item: { pk: { S: "b1" }, n: { N: "1" } } } },
          { DeleteRequest: { Key: { pk: { S: "nobody" } } } },
        ],
        lines: [{ PutRequest: { Item: { room: { S: "r" }, at: { N: "1" } } } }],
      },
    }),
  );
  const answer = await client.send(
    new BatchGetItemCommand({
      RequestItems: {
        plain: { Keys: [{ pk: { S: "b1" } }, { pk: { S: "nobody" } }], ProjectionExpression: "n" },
        lines: { Keys: [{ room: { S: "r" }, at: { N: "1" } }] },
      },
      ReturnConsumedCapacity: "TOTAL",
    }),
  );
  expect(answer.Responses).toEqual({
    plain: [{ n: { N: "1" } }],
    lines: [{ room: { S: "r" }, at: { N: "1" } }],
  });
  expect(answer.UnprocessedKeys).toEqual({});
  expect(answer.ConsumedCapacity).toEqual([
    { TableName: "plain", CapacityUnits: 1 },
    { TableName: "lines", CapacityUnits: 0.5 },
  ]);
});

test("a transaction happens whole or is canceled with its reasons", async () => {
  const account = (name: string, euros: string) => ({ pk: { S: name }, euros: { N: euros } });
  for (const Item of [account("from", "5"), account("to", "0")]) {
    await client.send(new PutItemCommand({ TableName: "plain", Item }));
  }
  const move = (euros: string) =>
    client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          {
            Update: {
              TableName: "plain",
              Key: { pk: { S: "to" } },
              UpdateExpression: "ADD euros :n",
              ExpressionAttributeValues: { ":n": { N: euros } },
            },
          },
          {
            Update: {
              TableName: "plain",
              Key: { pk: { S: "from" } },
              UpdateExpression: "SET euros = euros - :n",
              ConditionExpression: "euros >= :n",
              ExpressionAttributeValues: { ":n": { N: euros } },
              ReturnValuesOnConditionCheckFailure: "ALL_OLD",
            },
          },
        ],
        ReturnConsumedCapacity: "TOTAL",
      }),
    );
  expect((await move("3")).ConsumedCapacity).toEqual([
    { TableName: "plain", CapacityUnits: 4, WriteCapacityUnits: 4 },
  ]);
  const canceled = await refusal(move("3"));
  expect(canceled).toBeInstanceOf(TransactionCanceledException);
  expect(canceled.message).toBe(
    "Transaction cancelled, please refer cancellation reasons for specific reasons " +
      "[None, ConditionalCheckFailed]",
  );
  expect(canceled.CancellationReasons).toEqual([
    { Code: "None" },
    {
      Code: "ConditionalCheckFailed",
      Item: account("from", "2"),
      Message: "The conditional request failed",
    },
  ]);
  const got = await client.send(
    new TransactGetItemsCommand({
      TransactItems: ["from", "to", "nobody"].map((name) => ({
        Get: { TableName: "plain", Key: { pk: { S: name } } },
      })),
    }),
  );
  expect(got.Responses).toEqual([{ Item: account("from", "2") }, { Item: account("to", "3") }, {}]);
});

test("statements insert, select and fail by their names", async () => {
  const Statement = "INSERT INTO plain VALUE {'pk': ?, 'n': 1}";
  const Parameters = [{ S: "stated" }];
  await client.send(new ExecuteStatementCommand({ Statement, Parameters }));
  const again = client.send(new ExecuteStatementCommand({ Statement, Parameters }));
  expect(await refusal(again)).toBeInstanceOf(DuplicateItemException);
  const { Items } = await client.send(
    new ExecuteStatementCommand({ Statement: "SELECT * FROM plain WHERE pk = ?", Parameters }),
  );
  expect(Items).toEqual([{ pk: { S: "stated" }, n: { N: "1" } }]);
});

test("every answer carries the checksum of its body", async () => {
  const answer = await fetch(door.url, {
    method: "POST",
    headers: {
      "x-amz-target": "DynamoDB_20120810.ListTables",
      authorization: "AWS4-HMAC-SHA256 ...",
    },
    body: "{}",
  });
  const body = await answer.bytes();
  expect(answer.headers.get("x-amz-crc32")).toBe(String(Bun.hash.crc32(body)));
  expect(answer.headers.get("content-type")).toBe("application/x-amz-json-1.0");
  expect(answer.headers.get("x-amzn-requestid")).toMatch(/./);
});
