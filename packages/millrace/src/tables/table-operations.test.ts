import { beforeEach, expect, spyOn, test } from "bun:test";
import { caller, openTables } from "./table-fixture.ts";

let call: ReturnType<typeof caller>;

let opened: Awaited<ReturnType<typeof openTables>>;

beforeEach(async () => {
  opened = await openTables();
  call = caller(opened.tables);
});

const refused = "ValidationException: ";
const one = `${refused}1 validation error detected: `;
const invalid = `${refused}One or more parameter values were invalid: `;
const violated = (value: string, at: string, rule: string) =>
  `Value ${value} at '${at}' failed to satisfy constraint: ${rule}`;

const hash = (AttributeName: string) => ({ AttributeName, KeyType: "HASH" });
const range = (AttributeName: string) => ({ AttributeName, KeyType: "RANGE" });
const text = (AttributeName: string) => ({ AttributeName, AttributeType: "S" });
const all = { ProjectionType: "ALL" };

const table = {
  TableName: "made",
  AttributeDefinitions: [text("a"), text("b")],
  KeySchema: [hash("a"), range("b")],
  BillingMode: "PAY_PER_REQUEST",
};
const index = (IndexName: string, KeySchema: object[], more = {}) => ({
  IndexName,
  KeySchema,
  Projection: all,
  ...more,
});

test.each([
  [
    { TableName: "ab" },
    `${refused}TableName must be at least 3 characters long and at most 255 characters long`,
  ],
  [
    { TableName: "abc;" },
    one +
      violated(
        "'abc;'",
        "tableName",
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
      ),
  ],
  [
    { KeySchema: [] },
    one + violated("'[]'", "keySchema", "Member must have length greater than or equal to 1"),
  ],
  [
    { KeySchema: [hash("a"), range("b"), range("c")] },
    one +
      violated(
        "'[KeySchemaElement(attributeName=a, keyType=HASH), KeySchemaElement(attributeName=b, keyType=RANGE), KeySchemaElement(attributeName=c, keyType=RANGE)]'",
        "keySchema",
        "Member must have length less than or equal to 2",
      ),
  ],
  [
    { AttributeDefinitions: [{ AttributeName: "a", AttributeType: "X" }], KeySchema: [{}] },
    `${refused}3 validation errors detected: ${[
      violated(
        "'X'",
        "attributeDefinitions.1.member.attributeType",
        "Member must satisfy enum value set: [B, N, S]",
      ),
      violated("null", "keySchema.1.member.attributeName", "Member must not be null"),
      violated("null", "keySchema.1.member.keyType", "Member must not be null"),
    ].join("; ")}`,
  ],
  [
    { BillingMode: undefined },
    `${invalid}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
  ],
  [
    { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
    `${invalid}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
  ],
  [
    { ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 1 } },
    one +
      violated(
        "'0'",
        "provisionedThroughput.readCapacityUnits",
        "Member must have value greater than or equal to 1",
      ),
  ],
  [
    { KeySchema: [range("a")] },
    `${refused}Invalid KeySchema: The first KeySchemaElement is not a HASH key type`,
  ],
  [
    { KeySchema: [hash("a"), hash("b")] },
    `${refused}Invalid KeySchema: The second KeySchemaElement is not a RANGE key type`,
  ],
  [
    { KeySchema: [hash("a"), range("a")] },
    `${refused}Both the Hash Key and the Range Key element in the KeySchema have the same name`,
  ],
  [
    { KeySchema: [hash("a"), range("c")] },
    `${refused}Invalid KeySchema: Some index key attribute have no definition`,
  ],
  [
    { GlobalSecondaryIndexes: [index("byC", [hash("c")])] },
    `${invalid}Some index key attributes are not defined in AttributeDefinitions. Keys: [c], AttributeDefinitions: [a, b]`,
  ],
  [
    { KeySchema: [hash("a")] },
    `${invalid}Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`,
  ],
  [
    { KeySchema: [hash("a")], GlobalSecondaryIndexes: [index("byA", [hash("a")])] },
    `${invalid}Some AttributeDefinitions are not used. AttributeDefinitions: [a, b], keys used: [a]`,
  ],
  [{ GlobalSecondaryIndexes: [] }, `${invalid}List of GlobalSecondaryIndexes is empty`],
  [{ LocalSecondaryIndexes: [] }, `${invalid}List of LocalSecondaryIndexes is empty`],
  [
    { GlobalSecondaryIndexes: [index("same", [hash("a")]), index("same", [hash("b")])] },
    `${invalid}Duplicate index name: same`,
  ],
  [
    { GlobalSecondaryIndexes: [index("byA", [hash("a")], { Projection: {} })] },
    `${invalid}Unknown ProjectionType: null`,
  ],
  [
    {
      GlobalSecondaryIndexes: [
        index("byA", [hash("a")], {
          Projection: { ProjectionType: "ALL", NonKeyAttributes: ["x"] },
        }),
      ],
    },
    `${invalid}ProjectionType is ALL, but NonKeyAttributes is specified`,
  ],
  [
    {
      GlobalSecondaryIndexes: [
        index("byA", [hash("a")], {
          ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
        }),
      ],
    },
    `${invalid}ProvisionedThroughput should not be specified for index: byA when BillingMode is PAY_PER_REQUEST`,
  ],
  [
    { LocalSecondaryIndexes: [index("local", [hash("b"), range("a")])] },
    `${invalid}Index KeySchema does not have the same leading hash key as table KeySchema for index: local. index hash key: b, table hash key: a`,
  ],
  [
    { LocalSecondaryIndexes: [index("local", [hash("a")])] },
    `${invalid}Index KeySchema does not have a range key for index: local`,
  ],
  [
    {
      KeySchema: [hash("a")],
      LocalSecondaryIndexes: [index("local", [hash("a"), range("b")])],
    },
    `${invalid}Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex`,
  ],
  [
    { Tags: Array.from({ length: 51 }, (_, at) => ({ Key: `k${at}`, Value: "v" })) },
    `${invalid}The number of tags exceeds the limit of 50`,
  ],
  [
    {
      BillingMode: "PROVISIONED",
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
      OnDemandThroughput: { MaxReadRequestUnits: 5 },
    },
    `${invalid}MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED`,
  ],
  [
    { OnDemandThroughput: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: 0 } },
    `${invalid}Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of valid range`,
  ],
  [
    {
      GlobalSecondaryIndexes: [
        index("one", [hash("b")], { OnDemandThroughput: { MaxReadRequestUnits: -2 } }),
      ],
    },
    `${invalid}Requested MaxReadRequestUnits for OnDemandThroughput for index : one is outside of valid range`,
  ],
  [{ KeySchema: "a" }, "SerializationException: Unexpected field type"],
  [
    { KeySchema: {} },
    "SerializationException: Start of structure or map found where not expected.",
  ],
  [{ TableName: 23 }, "SerializationException: NUMBER_VALUE cannot be converted to String"],
  [
    { ProvisionedThroughput: [] },
    "SerializationException: Unrecognized collection type class com.amazonaws.dynamodb.v20120810.ProvisionedThroughput",
  ],
])("the table %j is refused", async (more, message) => {
  expect(await call("CreateTable", { ...table, ...more })).toBe(message);
  expect(await call("ListTables", {})).toEqual({ TableNames: ["plain", "sorted"] });
});

test.each([
  [
    {},
    `${refused}At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required`,
  ],
  [
    { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "none" } }] },
    "ResourceNotFoundException: Requested resource not found",
  ],
  [
    {
      AttributeDefinitions: [text("x")],
      GlobalSecondaryIndexUpdates: [
        { Create: index("one", [hash("x")]) },
        { Create: index("two", [hash("x")]) },
      ],
    },
    "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
  ],
  [
    { GlobalSecondaryIndexUpdates: [{ Create: index("one", [hash("x")]) }] },
    `${invalid}Some index key attributes are not defined in AttributeDefinitions. Keys: [x], AttributeDefinitions: []`,
  ],
])("the change %j of a table is refused", async (more, message) => {
  expect(await call("UpdateTable", { TableName: "plain", ...more })).toBe(message);
});

test.each([
  [
    { Limit: 101 },
    one + violated("'101'", "limit", "Member must have value less than or equal to 100"),
  ],
  [
    { Limit: 0 },
    one + violated("'0'", "limit", "Member must have value greater than or equal to 1"),
  ],
  [
    { ExclusiveStartTableName: "a;" },
    `${refused}2 validation errors detected: ${[
      violated(
        "'a;'",
        "exclusiveStartTableName",
        "Member must have length greater than or equal to 3",
      ),
      violated(
        "'a;'",
        "exclusiveStartTableName",
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
      ),
    ].join("; ")}`,
  ],
])("the listing %j is refused", async (request, message) => {
  expect(await call("ListTables", request)).toBe(message);
});

test.each([
  [
    "DescribeTable",
    "ResourceNotFoundException: Requested resource not found: Table: none not found",
  ],
  ["DeleteTable", "ResourceNotFoundException: Requested resource not found: Table: none not found"],
  [
    "DescribeTimeToLive",
    "ResourceNotFoundException: Requested resource not found: Table: none not found",
  ],
  ["DescribeContinuousBackups", "TableNotFoundException: Table not found: none"],
] as const)("%s of a table that is not there", async (operation, message) => {
  expect(await call(operation, { TableName: "none" })).toBe(message);
});

test("a tag that only the service may give is refused", async () => {
  const ResourceArn = "arn:aws:dynamodb:eu-central-1:000000000000:table/plain";
  const Tags = [{ Key: "aws:owner", Value: "me" }];
  expect(await call("TagResource", { ResourceArn, Tags })).toBe(
    'ValidationException: One or more parameter values were invalid: Tag keys must not begin with "aws:": aws:owner',
  );
});

test("indexes name at most a hundred attributes together", async () => {
  const attributes = (count: number) => Array.from({ length: count }, (_, at) => `x${at}`);
  const including = (name: string, count: number) =>
    index(name, [hash("b")], {
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: attributes(count) },
    });
  const five = Array.from({ length: 5 }, (_, at) => including(`ix${at}`, 20));
  const refusal = `${invalid}The total number of NonKeyAttributes of all indexes is 101, at most 100`;
  const six = [...five, including("one", 1)];
  expect(await call("CreateTable", { ...table, GlobalSecondaryIndexes: six })).toBe(refusal);
  await call("CreateTable", { ...table, GlobalSecondaryIndexes: five });
  const update = {
    TableName: "made",
    AttributeDefinitions: [text("b")],
    GlobalSecondaryIndexUpdates: [{ Create: including("one", 1) }],
  };
  expect(await call("UpdateTable", update)).toBe(refusal);
});

test("a table has at most twenty global indexes, made with it or later", async () => {
  const some = (count: number) =>
    Array.from({ length: count }, (_, at) => index(`ix${at}`, [hash("b")]));
  expect(await call("CreateTable", { ...table, GlobalSecondaryIndexes: some(21) })).toBe(
    `${invalid}GlobalSecondaryIndex count exceeds the per-table limit of 20`,
  );
  await call("CreateTable", { ...table, GlobalSecondaryIndexes: some(20) });
  const update = {
    TableName: "made",
    AttributeDefinitions: [text("b")],
    GlobalSecondaryIndexUpdates: [{ Create: index("one", [hash("b")]) }],
  };
  expect(await call("UpdateTable", update)).toBe(
    "LimitExceededException: Subscriber limit exceeded: " +
      "Number of global secondary indexes exceeds per-table limit of 20",
  );
});

test("a table that is no longer on demand needs units for each of its global indexes", async () => {
  const GlobalSecondaryIndexes = [index("one", [hash("a")]), index("two", [hash("b")])];
  await call("CreateTable", { ...table, GlobalSecondaryIndexes });
  const ProvisionedThroughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
  const asked = { TableName: "made", BillingMode: "PROVISIONED", ProvisionedThroughput };
  expect(await call("UpdateTable", asked)).toBe(
    `${invalid}ProvisionedThroughput must be specified for index: one,two`,
  );
  const Update = { IndexName: "one", ProvisionedThroughput };
  expect(await call("UpdateTable", { ...asked, GlobalSecondaryIndexUpdates: [{ Update }] })).toBe(
    `${invalid}ProvisionedThroughput must be specified for index: two`,
  );
  const both = ["one", "two"].map((IndexName) => ({ Update: { ...Update, IndexName } }));
  expect(await call("UpdateTable", { ...asked, GlobalSecondaryIndexUpdates: both })).toMatchObject({
    TableDescription: { TableName: "made" },
  });
});

test("a table with units of its own gets no bounds of a table on demand", async () => {
  const ProvisionedThroughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
  const units = { BillingMode: "PROVISIONED", ProvisionedThroughput };
  await call("CreateTable", {
    ...{ ...table, ...units },
    GlobalSecondaryIndexes: [index("one", [hash("b")], { ProvisionedThroughput })],
  });
  const OnDemandThroughput = { MaxReadRequestUnits: 5 };
  const update = (more: object) => call("UpdateTable", { TableName: "made", ...more });
  const refusal =
    `${invalid}MaxReadRequestUnits for OnDemandThroughput ` +
    "cannot be specified when the table BillingMode is PROVISIONED";
  expect(await update({ OnDemandThroughput })).toBe(refusal);
  const Update = { IndexName: "one", OnDemandThroughput };
  expect(await update({ GlobalSecondaryIndexUpdates: [{ Update }] })).toContain(
    "MaxReadRequestUnits for OnDemandThroughput for index : one cannot be specified",
  );
  const onDemand = { BillingMode: "PAY_PER_REQUEST", OnDemandThroughput };
  expect(await update(onDemand)).toMatchObject({ TableDescription: { OnDemandThroughput } });
});

test("a table is made together with its policy, or not at all", async () => {
  const Statement = { Effect: "Deny", Principal: "*", Action: "dynamodb:*", Resource: "*" };
  const ResourcePolicy = JSON.stringify({ Version: "2012-10-17", Statement });
  const updates = spyOn(opened.records, "update");
  await call("CreateTable", { ...table, ResourcePolicy });
  expect(updates).toHaveBeenCalledTimes(1);
  const ResourceArn = "arn:aws:dynamodb:eu-central-1:000000000000:table/made";
  expect(await call("GetResourcePolicy", { ResourceArn })).toMatchObject({
    Policy: ResourcePolicy,
  });
});

test("an index with units is made by the request that ends on demand", async () => {
  await call("CreateTable", { ...table, AttributeDefinitions: [text("a"), text("b")] });
  const ProvisionedThroughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
  const Create = index("one", [hash("b")], { ProvisionedThroughput });
  const changed = await call("UpdateTable", {
    ...{ TableName: "made", BillingMode: "PROVISIONED", ProvisionedThroughput },
    AttributeDefinitions: [text("b")],
    GlobalSecondaryIndexUpdates: [{ Create }],
  });
  expect(changed).toMatchObject({
    TableDescription: { GlobalSecondaryIndexes: [{ IndexName: "one", ProvisionedThroughput }] },
  });
});

test("billing that changes together with an index takes the units of all with it", async () => {
  const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 7 };
  const units = { BillingMode: "PROVISIONED", ProvisionedThroughput };
  const names = ["one", "two", "three"];
  const GlobalSecondaryIndexes = names.map((name) =>
    index(name, [hash("b")], { ProvisionedThroughput }),
  );
  await call("CreateTable", { ...table, ...units, GlobalSecondaryIndexes });
  const OnDemandThroughput = { MaxReadRequestUnits: 9 };
  await call("UpdateTable", {
    ...{ TableName: "made", BillingMode: "PAY_PER_REQUEST", OnDemandThroughput },
    GlobalSecondaryIndexUpdates: [
      { Delete: { IndexName: "two" } },
      { Update: { IndexName: "one", OnDemandThroughput } },
    ],
  });
  const described = async () => {
    type Shown = { ProvisionedThroughput: object; OnDemandThroughput?: object };
    const { Table } = (await call("DescribeTable", { TableName: "made" })) as {
      Table: Shown & { GlobalSecondaryIndexes: Shown[] };
    };
    return [Table, ...Table.GlobalSecondaryIndexes].map((shown) => [
      shown.ProvisionedThroughput,
      shown.OnDemandThroughput,
    ]);
  };
  const none = expect.objectContaining({ ReadCapacityUnits: 0, WriteCapacityUnits: 0 });
  expect(await described()).toEqual([
    [none, { MaxReadRequestUnits: 9, MaxWriteRequestUnits: -1 }],
    [none, { MaxReadRequestUnits: 9, MaxWriteRequestUnits: -1 }],
    [none, undefined],
  ]);
  const updated = (IndexName: string) => ({ Update: { IndexName, ProvisionedThroughput } });
  const back = (...updates: object[]) =>
    call("UpdateTable", { TableName: "made", ...units, GlobalSecondaryIndexUpdates: updates });
  expect(await back(updated("three"))).toBe(
    `${invalid}ProvisionedThroughput must be specified for index: one`,
  );
  await back(updated("one"), updated("three"));
  const some = expect.objectContaining(ProvisionedThroughput);
  expect(await described()).toEqual([
    [some, undefined],
    [some, undefined],
    [some, undefined],
  ]);
});

test.each([
  "arn:aws:s3:eu-central-1:000000000000:table/plain",
  "arn:aws:dynamodb:eu-central-1:000000000000:table/",
  "arn:aws:dynamodb:eu-central-1:000000000000:backup/plain",
  "plain",
])("%s is no ARN of a table", async (ResourceArn) => {
  const invalidArn = `${refused}Invalid TableArn: Invalid ResourceArn provided as input ${ResourceArn}`;
  expect(await call("ListTagsOfResource", { ResourceArn })).toBe(invalidArn);
  expect(await call("GetResourcePolicy", { ResourceArn })).toBe(invalidArn);
  if (ResourceArn === "plain") return;
  expect(await call("DescribeTable", { TableName: ResourceArn })).toBe(invalidArn);
});

test.each([
  "arn:aws:dynamodb:eu-central-1:000000000001:table/plain",
  "arn:aws:dynamodb:eu-west-1:000000000000:table/plain",
  "arn:aws:dynamodb:eu-central-1:000000000000:table/none",
  "arn:aws:dynamodb:eu-central-1:000000000000:table/plain/index/one",
])("nothing is kept about %s", async (ResourceArn) => {
  const notFound = `ResourceNotFoundException: Requested resource not found: ResourcArn: ${ResourceArn} not found`;
  expect(await call("ListTagsOfResource", { ResourceArn })).toBe(notFound);
  expect(await call("GetResourcePolicy", { ResourceArn })).toBe(notFound);
});
