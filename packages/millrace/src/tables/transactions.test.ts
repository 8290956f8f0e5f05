import { beforeEach, expect, test } from "bun:test";
import type { Item } from "../expressions/mod.ts";
import type { Tables } from "./mod.ts";
import { caller, must, openTables, startTables, told } from "./table-fixture.ts";

let opened: Awaited<ReturnType<typeof openTables>>;
let tables: Tables;
let call: ReturnType<typeof caller>;

beforeEach(async () => {
  opened = await openTables();
  ({ tables } = opened);
  call = caller(tables);
});

const refused = "ValidationException: ";
const canceled =
  "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons";
const key = (name: string): Item => ({ pk: { S: name } });
const putOf = (name: string, more = {}) => ({
  Put: { TableName: "plain", Item: { ...key(name), ...more } },
});
const checkOf = (name: string, ConditionExpression: string) => ({
  ConditionCheck: { TableName: "plain", Key: key(name), ConditionExpression },
});
const addOf = (name: string, by: string) => ({
  Update: {
    TableName: "plain",
    Key: key(name),
    UpdateExpression: "ADD n :n",
    ExpressionAttributeValues: { ":n": { N: by } },
  },
});
const write = (TransactItems: object[], more = {}) =>
  call("TransactWriteItems", { TransactItems, ...more });
const get = async (name: string) =>
  (await must(tables.call("GetItem", { TableName: "plain", Key: key(name) }))).Item;

test("all writes happen, or none of them", async () => {
  expect(await write([putOf("a"), putOf("b"), addOf("c", "2")])).toEqual({});
  expect(await get("c")).toEqual({ ...key("c"), n: { N: "2" } });
  const second = await write([
    putOf("d"),
    checkOf("a", "attribute_not_exists(pk)"),
    { Delete: { TableName: "plain", Key: key("b") } },
  ]);
  expect(second).toBe(`${canceled} [None, ConditionalCheckFailed, None]`);
  expect([await get("d"), await get("b")]).toEqual([undefined, key("b")]);
});

test("what cannot be done is the reason of its item", async () => {
  await write([putOf("a", { n: { S: "text" } })]);
  const result = await tables.call("TransactWriteItems", {
    TransactItems: [putOf("b"), addOf("a", "1")],
  });
  expect(!result.ok && result.error.reasons).toEqual([
    { Code: "None" },
    {
      Code: "ValidationError",
      Message: "An operand in the update expression has an incorrect data type",
    },
  ]);
});

test("a key of another type is the reason of its item", async () => {
  const result = await tables.call("TransactWriteItems", {
    TransactItems: [
      putOf("a"),
      { Put: { TableName: "plain", Item: { pk: { N: "1" } } } },
      { Delete: { TableName: "plain", Key: { pk: { N: "1" } } } },
    ],
  });
  expect(!result.ok && result.error.reasons?.map(({ Message }) => Message)).toEqual([
    undefined,
    "One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N",
    "The provided key element does not match the schema",
  ]);
});

test.each([
  [
    [],
    "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [[{}], "TransactItems can only contain one of Check, Put, Update or Delete"],
  [
    [{ ...putOf("a"), ...addOf("b", "1") }],
    "TransactItems can only contain one of Check, Put, Update or Delete",
  ],
  [
    [putOf("a"), checkOf("a", "attribute_exists(pk)")],
    "Transaction request cannot include multiple operations on one item",
  ],
  [
    [{ Update: { TableName: "plain", Key: key("a") } }],
    "1 validation error detected: Value null at 'transactItems.1.member.update.updateExpression' failed to satisfy constraint: Member must not be null",
  ],
  [
    [{ Put: { TableName: "plain", Item: { pk: { S: "" } } } }],
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
  ],
])("the transaction %j is refused", async (items, message) => {
  expect(await write(items)).toBe(refused + message);
});

test("a table that is not there refuses the transaction", async () => {
  const missing = { Put: { TableName: "none", Item: key("a") } };
  const message = "ResourceNotFoundException: Requested resource not found";
  expect(await write([putOf("a"), missing])).toBe(message);
});

test("a token stands for its request for ten minutes, also after a start", async () => {
  const ClientRequestToken = "once";
  expect(await write([addOf("a", "1")], { ClientRequestToken })).toEqual({});
  expect(await write([addOf("a", "1")], { ClientRequestToken })).toEqual({});
  const later = caller(await startTables(opened.records, opened.clock));
  await opened.tables.close();
  expect(await write([addOf("a", "2")], { ClientRequestToken })).toStartWith(
    "IdempotentParameterMismatchException",
  );
  expect(await get("a")).toEqual({ ...key("a"), n: { N: "1" } });
  opened.clock.advance(600_000);
  expect(await write([addOf("a", "2")], { ClientRequestToken })).toEqual({});
  expect(await get("a")).toEqual({ ...key("a"), n: { N: "3" } });
  expect(await later("ListTables", {})).toEqual({ TableNames: [] });
});

test("what a token repeats is charged as read", async () => {
  const more = { ClientRequestToken: "once", ReturnConsumedCapacity: "TOTAL" };
  const units = (kind: string) => ({
    ConsumedCapacity: [{ TableName: "plain", CapacityUnits: 2, [kind]: 2 }],
  });
  expect(await write([addOf("a", "1")], more)).toEqual(units("WriteCapacityUnits"));
  expect(await write([addOf("a", "1")], more)).toEqual(units("ReadCapacityUnits"));
  const TransactStatements = [{ Statement: "INSERT INTO plain VALUE {'pk': 'b'}" }];
  const statement = { TransactStatements, ...more, ClientRequestToken: "twice" };
  expect(await call("ExecuteTransaction", statement)).toMatchObject(units("WriteCapacityUnits"));
  expect(await call("ExecuteTransaction", statement)).toMatchObject(units("ReadCapacityUnits"));
});

test("tokens whose time is over are swept away, and no others", async () => {
  await write([addOf("a", "1")], { ClientRequestToken: "old" });
  opened.clock.advance(599_000);
  await write([addOf("a", "1")], { ClientRequestToken: "new" });
  opened.clock.advance(2_000);
  await tables.sweep();
  const left = await opened.records.range({ space: "tables-tokens", countMax: 10 });
  expect(left.map((entry) => new TextDecoder().decode(entry.key))).toEqual(["new"]);
});

test("transactions of the same items come one after the other, whole", async () => {
  await write([putOf("x", { n: { N: "10" } }), putOf("y", { n: { N: "0" } })]);
  const move = () =>
    write([
      {
        Update: {
          ...addOf("x", "-1").Update,
          ConditionExpression: "n > :zero",
          ExpressionAttributeValues: { ":n": { N: "-1" }, ":zero": { N: "0" } },
        },
      },
      addOf("y", "1"),
    ]);
  const read = async () => {
    const answer = await must(
      tables.call("TransactGetItems", {
        TransactItems: ["x", "y"].map((name) => ({ Get: { TableName: "plain", Key: key(name) } })),
      }),
    );
    const { Responses } = answer as { Responses: { Item: { n: { N: string } } }[] };
    return Responses.reduce((sum, { Item }) => sum + Number(Item.n.N), 0);
  };
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, at) => (at % 3 === 2 ? read() : move())),
  );
  expect(answers.filter((answer) => typeof answer === "object")).toHaveLength(10);
  const sums = answers.filter((answer) => typeof answer === "number");
  expect(sums).toEqual(Array.from({ length: 10 }, () => 10));
});

test.each([
  [{ RequestItems: {} }, "The requestItems parameter is required for BatchWriteItem"],
  [
    { RequestItems: { plain: [] } },
    "1 validation error detected: Value '{plain=[]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]",
  ],
  [
    {
      RequestItems: {
        plain: [{ PutRequest: { Item: key("a") } }, { DeleteRequest: { Key: key("a") } }],
      },
    },
    "Provided list of item keys contains duplicates",
  ],
  [
    {
      RequestItems: {
        plain: Array.from({ length: 13 }, (_, at) => ({ PutRequest: { Item: key(`a${at}`) } })),
        sorted: Array.from({ length: 13 }, (_, at) => ({
          DeleteRequest: { Key: { ...key("a"), sk: { N: String(at) } } },
        })),
      },
    },
    "Too many items requested for the BatchWriteItem call",
  ],
])("the batch of writes %# is refused", async (request, message) => {
  expect(await call("BatchWriteItem", request)).toBe(refused + message);
});

test.each([
  [{ Keys: [key("a"), key("a")] }, "Provided list of item keys contains duplicates"],
  [{ Keys: [{}] }, "The provided key element does not match the schema"],
  [
    { Keys: [] },
    "1 validation error detected: Value at 'RequestItems.plain.member.Keys' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    { Keys: [key("a")], AttributesToGet: ["a"], ProjectionExpression: "a" },
    "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}",
  ],
])("the batch of keys %j is refused", async (request, message) => {
  expect(await call("BatchGetItem", { RequestItems: { plain: request } })).toBe(refused + message);
});

test("what would bring a batch past 16 MB stays unprocessed", async () => {
  const filler = { S: "x".repeat(400_000) };
  const names = Array.from({ length: 45 }, (_, at) => `big${at}`);
  await Promise.all(
    names.map((name) =>
      told(tables.putItem({ TableName: "plain", Item: { ...key(name), filler } })),
    ),
  );
  const request = { RequestItems: { plain: { Keys: names.map(key), ConsistentRead: true } } };
  const answer = await call("BatchGetItem", request);
  const { Responses, UnprocessedKeys } = answer as unknown as {
    Responses: { plain: Item[] };
    UnprocessedKeys: { plain: { Keys: Item[]; ConsistentRead: boolean } };
  };
  expect(Responses.plain).toHaveLength(41);
  expect(UnprocessedKeys.plain).toEqual({
    Keys: names.slice(41).map(key),
    ConsistentRead: true,
  });
});

test("items of more than four megabytes together are not read in one transaction", async () => {
  const names = Array.from({ length: 11 }, (_, at) => `large${at}`);
  for (const name of names) {
    await must(tables.putItem(putOf(name, { text: { S: "x".repeat(399_000) } }).Put));
  }
  const read = (count: number) => {
    const gets = names.slice(0, count).map((name) => ({
      Get: { TableName: "plain", Key: key(name), ProjectionExpression: "pk" },
    }));
    return told(tables.call("TransactGetItems", { TransactItems: gets }));
  };
  expect(await read(10)).toMatchObject({
    Responses: names.slice(0, 10).map((name) => ({ Item: key(name) })),
  });
  expect(await read(11)).toBe(
    `${refused}Transaction request size has exceeded the maximum allowed size`,
  );
});
