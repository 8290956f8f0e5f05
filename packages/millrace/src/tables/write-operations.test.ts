import { beforeEach, expect, test } from "bun:test";
import type { AttributeValue } from "../expressions/mod.ts";
import type { Tables } from "./mod.ts";
import { must, openTables, told } from "./table-fixture.ts";

let tables: Tables;

beforeEach(async () => {
  ({ tables } = await openTables());
});

const one = "ValidationException: 1 validation error detected: ";
const bare = "ValidationException: ";
const invalid = "One or more parameter values were invalid: ";
const pk = { S: "k" };

const put = (item: unknown, more = {}) =>
  told(tables.putItem({ TableName: "plain", Item: item, ...more } as never));
const get = async (key: unknown) =>
  (await must(tables.call("GetItem", { TableName: "plain", Key: { pk: key } as never }))).Item;

test.each([
  [{ N: "abc" }, `${one}The parameter cannot be converted to a numeric value: abc`],
  [
    {},
    `${one}Supplied AttributeValue is empty, must contain exactly one of the supported datatypes`,
  ],
  [
    { S: "a", N: "1" },
    `${one}Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes`,
  ],
  [{ NULL: false }, `${one}${invalid}Null attribute value types must have the value of true`],
  [{ SS: [] }, `${one}${invalid}An string set  may not be empty`],
  [{ NS: [] }, `${one}${invalid}An number set  may not be empty`],
  [{ BS: [] }, `${one}${invalid}Binary sets should not be empty`],
  [
    { SS: ["b", "a", "b"] },
    `${one}${invalid}Input collection ["a", "b", "b"] contains duplicates.`,
  ],
  [
    { BS: ["/w==", "AA==", "AA=="] },
    `${one}${invalid}Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.`,
  ],
  [{ NS: ["2", "1", "2.0"] }, `${one}Input collection contains duplicates`],
  [{ M: { deep: { L: [{ SS: [] }] } } }, `${one}${invalid}An string set  may not be empty`],
  [{ S: 1 }, "SerializationException: NUMBER_VALUE cannot be converted to String"],
  [{ S: "\ud800" }, "SerializationException: Text is not well-formed Unicode"],
  [
    { B: "A" },
    "SerializationException: 'A' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 1",
  ],
  [{ L: {} }, "SerializationException: Start of structure or map found where not expected."],
])("the value %j is refused", async (value, message) => {
  expect(await put({ pk, v: value })).toBe(message);
  expect(await get(pk)).toBeUndefined();
});

test("an attribute has a name", async () => {
  expect(await put({ pk, "": { S: "nameless" } })).toBe(`${one}${invalid}Empty attribute name`);
  expect(await get(pk)).toBeUndefined();
});

test("an attribute's name has 65535 bytes and no more, at any depth and in every way of writing", async () => {
  const [longest, longer] = ["é".repeat(32_767), "é".repeat(32_768)].map((name) => `${name}n`);
  const [inside, beyond] = [longest, longer].map((name) => ({ M: { [name!]: pk } }));
  expect(await put({ pk, [longest!]: pk, v: inside })).toEqual({});
  const update = (more: object) =>
    told(tables.call("UpdateItem", { TableName: "plain", Key: { pk }, ...more } as never));
  const set = (names: object, value: AttributeValue) =>
    update({
      UpdateExpression: "SET #n = :v",
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ":v": value },
    });
  const refused = `${one}Attribute name is too large, must be less than 65536 bytes`;
  expect(await put({ pk, [longer!]: pk })).toBe(refused);
  expect(await put({ pk, v: beyond })).toBe(refused);
  expect(await set({ "#n": "v" }, beyond!)).toBe(refused);
  expect(await set({ "#n": longer }, pk)).toBe(refused);
  expect(await update({ AttributeUpdates: { [longer!]: { Value: pk } } })).toBe(refused);
  expect(await set({ "#n": longest }, pk)).toEqual({});
});

test("a placeholder has 255 characters at most and stands for a name", async () => {
  const condition = (name: string, stands = "none") =>
    put(
      { pk },
      {
        ConditionExpression: `attribute_not_exists(${name})`,
        ExpressionAttributeNames: { [name]: stands },
      },
    );
  const [longest, longer] = [`#${"n".repeat(254)}`, `#${"n".repeat(255)}`];
  expect(await condition(longest)).toEqual({});
  expect(await condition(longer)).toBe(
    `${one}ExpressionAttributeNames contains invalid key: Syntax error; key: "${longer}"`,
  );
  expect(await condition("#n", "")).toBe(
    `${one}ExpressionAttributeNames contains invalid value: ${invalid}Empty attribute name for key #n`,
  );
});

test("values nest 32 levels deep and no deeper", async () => {
  const nest = (depth: number) => {
    let value: AttributeValue = { S: "leaf" };
    for (let level = 0; level < depth; level += 1) value = { M: { n: value } };
    return value;
  };
  expect(await put({ pk, v: nest(31) })).toEqual({});
  const refused = `Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit`;
  expect(await put({ pk, v: nest(32) })).toBe(`${one}${refused}`);
  const update = told(
    tables.call("UpdateItem", {
      TableName: "plain",
      Key: { pk },
      UpdateExpression: "SET v.n = :v",
      ExpressionAttributeValues: { ":v": nest(31) },
    }),
  );
  expect(await update).toBe(`${bare}${refused}`);
});

test("an item may have 400 KB and not a byte more", async () => {
  const filler = 409_600 - "pk".length - "k".length - "v".length;
  expect(await put({ pk, v: { S: "x".repeat(filler) } })).toEqual({});
  expect(await put({ pk, v: { S: "x".repeat(filler + 1) } })).toBe(
    `${one}Item size has exceeded the maximum allowed size`,
  );
  const update = told(
    tables.call("UpdateItem", {
      TableName: "plain",
      Key: { pk },
      UpdateExpression: "SET w = :w",
      ExpressionAttributeValues: { ":w": { S: "" } },
    }),
  );
  expect(await update).toBe(`${bare}Item size to update has exceeded the maximum allowed size`);
});

const emptyKey = (kind: string) =>
  `${bare}One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: pk`;

test.each([
  [{ other: pk }, `${bare}${invalid}Missing the key pk in the item`],
  [{ pk: { N: "1" } }, `${bare}${invalid}Type mismatch for key pk expected: S actual: N`],
  [{ pk: { S: "" } }, emptyKey("string")],
])("the key of an item %j is refused", async (item, message) => {
  expect(await put(item)).toBe(message);
});

test("a key may have 2,048 bytes before the sort key, which may have 1,024", async () => {
  const partitionSize = `${bare}${invalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`;
  expect(await put({ pk: { S: "k".repeat(2048) } })).toEqual({});
  expect(await get({ S: "k".repeat(2048) })).toBeDefined();
  expect(await put({ pk: { S: "k".repeat(2049) } })).toBe(partitionSize);
  const long = { pk: { S: "p".repeat(2048) }, sk: { S: "s".repeat(1024) } };
  const sk = { name: "sk", type: "S" } as const;
  await must(tables.define({ name: "long", partitionKey: { name: "pk", type: "S" }, sortKey: sk }));
  expect(await told(tables.putItem({ TableName: "long", Item: long }))).toEqual({});
  const longer = { ...long, sk: { S: "s".repeat(1025) } };
  expect(await told(tables.putItem({ TableName: "long", Item: longer }))).toBe(
    `${bare}${invalid}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`,
  );
});

test.each([[{}], [{ pk, sk: pk }], [{ pk: { N: "1" } }]])(
  "the key %j does not fit",
  async (Key) => {
    const message = `${bare}The provided key element does not match the schema`;
    expect(await told(tables.call("GetItem", { TableName: "plain", Key: Key as never }))).toBe(
      message,
    );
    expect(await told(tables.call("DeleteItem", { TableName: "plain", Key: Key as never }))).toBe(
      message,
    );
    expect(await told(tables.call("UpdateItem", { TableName: "plain", Key: Key as never }))).toBe(
      message,
    );
  },
);

const member = (name: string, value: string) =>
  `Value ${value} at '${name}' failed to satisfy constraint: Member must`;

test.each([
  [{ TableName: undefined }, `${one}${member("tableName", "null")} not be null`],
  [{ Item: null }, `${one}${member("item", "null")} not be null`],
  [
    { TableName: "x!" },
    `${one}${member("tableName", "'x!'")} satisfy regular expression pattern: [a-zA-Z0-9_.-]+`,
  ],
  [{ TableName: "" }, `${one}${member("tableName", "''")} have length greater than or equal to 1`],
  [
    { ReturnValues: "SOME", ReturnConsumedCapacity: "ALL" },
    `${bare}2 validation errors detected: ${member("returnConsumedCapacity", "'ALL'")} satisfy enum value set: [INDEXES, TOTAL, NONE]; ` +
      `${member("returnValues", "'SOME'")} satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]`,
  ],
  [{ ReturnValues: "ALL_NEW" }, `${one}ReturnValues can only be ALL_OLD or NONE`],
  [
    { Expected: {}, ConditionExpression: "attribute_exists(pk)" },
    `${one}Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}`,
  ],
  [
    { ExpressionAttributeValues: { ":v": pk } },
    `${one}ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null`,
  ],
  [
    { ExpressionAttributeNames: { "#a": "a" } },
    `${one}ExpressionAttributeNames can only be specified when using expressions`,
  ],
  [
    { ConditionExpression: "" },
    `${one}Invalid ConditionExpression: The expression can not be empty;`,
  ],
  [
    { ConditionExpression: "a = :a", ExpressionAttributeValues: { a: pk } },
    `${one}ExpressionAttributeValues contains invalid key: Syntax error; key: "a"`,
  ],
  [
    { ConditionExpression: "attribute_exists(pk)", ExpressionAttributeNames: { "#a": "a" } },
    `${one}Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}`,
  ],
  [{ TableName: "absent" }, "ResourceNotFoundException: Requested resource not found"],
])("the request %j is refused", async (more, message) => {
  expect(await put({ pk }, more)).toBe(message);
});

test("a condition is met on the newest item, by exactly one of many", async () => {
  const attempts = Array.from({ length: 20 }, (_, at) =>
    put({ pk, winner: { N: String(at) } }, { ConditionExpression: "attribute_not_exists(pk)" }),
  );
  const answers = await Promise.all(attempts);
  const failed = "ConditionalCheckFailedException: The conditional request failed";
  expect(answers.filter((answer) => answer !== failed)).toEqual([{}]);
});

test("counting is never lost among concurrent updates", async () => {
  await Promise.all(
    Array.from({ length: 50 }, () =>
      must(
        tables.call("UpdateItem", {
          TableName: "plain",
          Key: { pk },
          UpdateExpression: "ADD hits :one",
          ExpressionAttributeValues: { ":one": { N: "1" } },
        }),
      ),
    ),
  );
  expect(await get(pk)).toEqual({ pk, hits: { N: "50" } });
});

test("a key attribute cannot be updated", async () => {
  const update = tables.call("UpdateItem", {
    TableName: "plain",
    Key: { pk },
    UpdateExpression: "SET pk = :v",
    ExpressionAttributeValues: { ":v": pk },
  });
  expect(await told(update)).toBe(
    `${bare}${invalid}Cannot update attribute pk. This attribute is part of the key`,
  );
});

test("an update makes the item, unless it only removes", async () => {
  await must(
    tables.call("UpdateItem", { TableName: "plain", Key: { pk }, UpdateExpression: "REMOVE a" }),
  );
  expect(await get(pk)).toBeUndefined();
  await must(tables.call("UpdateItem", { TableName: "plain", Key: { pk } }));
  expect(await get(pk)).toEqual({ pk });
});

test("an update that fails leaves the item alone", async () => {
  await put({ pk, a: { S: "x" } });
  const update = tables.call("UpdateItem", {
    TableName: "plain",
    Key: { pk },
    UpdateExpression: "SET b = :n, a = a + :n",
    ExpressionAttributeValues: { ":n": { N: "1" } },
  });
  expect(await told(update)).toBe(
    `${bare}An operand in the update expression has an incorrect data type`,
  );
  expect(await get(pk)).toEqual({ pk, a: { S: "x" } });
});

test.each([
  ["NONE", {}],
  ["ALL_OLD", { Attributes: { pk, a: { N: "1" }, m: { M: { x: { S: "x" } } } } }],
  ["UPDATED_OLD", { Attributes: { a: { N: "1" } } }],
  ["ALL_NEW", { Attributes: { pk, a: { N: "2" }, m: { M: { x: { S: "x" }, y: { N: "1" } } } } }],
  ["UPDATED_NEW", { Attributes: { a: { N: "2" }, m: { M: { y: { N: "1" } } } } }],
] as const)("ReturnValues %s of an update", async (ReturnValues, expected) => {
  await put({ pk, a: { N: "1" }, m: { M: { x: { S: "x" } } } });
  const update = tables.call("UpdateItem", {
    TableName: "plain",
    Key: { pk },
    UpdateExpression: "SET a = a + :n, m.y = :n",
    ExpressionAttributeValues: { ":n": { N: "1" } },
    ReturnValues,
  });
  expect(await must(update)).toEqual(expected);
});

test("a write costs a unit for each KB of the larger of old and new", async () => {
  const charge = { ReturnConsumedCapacity: "TOTAL" };
  const large = { pk, v: { S: "x".repeat(2000) } };
  const units = async (item: unknown) => (await put(item, charge)) as unknown;
  expect(await units({ pk })).toEqual({
    ConsumedCapacity: { TableName: "plain", CapacityUnits: 1 },
  });
  expect(await units(large)).toEqual({
    ConsumedCapacity: { TableName: "plain", CapacityUnits: 2 },
  });
  const deleted = tables.call("DeleteItem", {
    TableName: "plain",
    Key: { pk },
    ReturnConsumedCapacity: "INDEXES",
  });
  expect(await must(deleted)).toEqual({
    ConsumedCapacity: { TableName: "plain", CapacityUnits: 2, Table: { CapacityUnits: 2 } },
  });
});

test("a value that nests without end is refused, not followed", async () => {
  let value: object = { S: "x" };
  for (let level = 0; level < 20_000; level += 1) value = { L: [value] };
  expect(await put({ pk, v: value })).toStartWith(`${one}Nesting Levels have exceeded`);
});
