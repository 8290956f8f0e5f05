import { expect, test } from "bun:test";
import { textOf } from "../base/mod.ts";
import { must, openTables, told } from "./table-fixture.ts";

const indexName = "byKind";

async function openFilled() {
  const { tables } = await openTables();
  await must(
    tables.call("UpdateTable", {
      TableName: "sorted",
      AttributeDefinitions: [{ AttributeName: "kind", AttributeType: "S" }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: indexName,
            KeySchema: [{ AttributeName: "kind", KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
          },
        },
      ],
    }),
  );
  await tables.settled();
  for (let number = 0; number < 7; number += 1) {
    const Item = {
      pk: { S: 'ä\u2028"' },
      sk: { N: String(number) },
      kind: { S: number % 2 === 0 ? "even" : "odd" },
      nested: { M: { ["__proto__"]: { L: [{ NULL: true as const }, { B: "AA==" }] } } },
    };
    await must(tables.putItem({ TableName: "sorted", Item }));
  }
  return tables;
}

const partition = {
  KeyConditionExpression: "pk = :p",
  ExpressionAttributeValues: { ":p": { S: 'ä\u2028"' } },
};
const key = { pk: { S: 'ä\u2028"' }, sk: { N: "3" } };

test.each([
  ["GetItem", { Key: key }],
  ["GetItem", { Key: { ...key, sk: { N: "99" } } }],
  ["GetItem", { Key: key, ReturnConsumedCapacity: "TOTAL" }],
  ["GetItem", { Key: key, ProjectionExpression: "sk" }],
  ["Query", partition],
  ["Query", { ...partition, Limit: 3, ReturnConsumedCapacity: "INDEXES" }],
  ["Query", { ...partition, ScanIndexForward: false, Select: "COUNT" }],
  ["Query", { ...partition, FilterExpression: "attribute_exists(nope)" }],
  ["Query", { ...partition, ProjectionExpression: "kind" }],
  [
    "Query",
    {
      IndexName: indexName,
      KeyConditionExpression: "kind = :k",
      ExpressionAttributeValues: { ":k": { S: "odd" } },
    },
  ],
  ["Scan", {}],
  ["Scan", { TotalSegments: 2, Segment: 0 }],
  ["PutItem", { Item: key, ReturnValues: "ALL_OLD" }],
] as const)("the encoded answer of %s is the JSON of its answer: %j", async (name, input) => {
  const request = { TableName: "sorted", ...input };
  const encoded: unknown = JSON.parse(
    textOf(await must((await openFilled()).answer(name, request))),
  );
  const called = await must((await openFilled()).call(name, request));
  expect(encoded).toEqual(JSON.parse(JSON.stringify(called)) as unknown);
});

test("a refusal is the same, encoded or not", async () => {
  const tables = await openFilled();
  const request = { TableName: "sorted", KeyConditionExpression: "pk = :p" };
  const encoded: unknown = await told(tables.answer("Query", request));
  expect(encoded).toEqual(await told(tables.call("Query", request)));
  expect(encoded).toStartWith("ValidationException: ");
});
