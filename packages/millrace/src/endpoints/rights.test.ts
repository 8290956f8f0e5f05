import { expect, test } from "bun:test";
import fc from "fast-check";
import { operations, streamOperations } from "../tables/mod.ts";
import * as tables from "./dynamodb/rights.ts";
import { unimplementedOperations } from "./dynamodb/unimplemented.ts";
import * as events from "./events/rights.ts";
import { operationNames as eventOperations } from "./events/service.ts";
import * as control from "./iot/rights.ts";
import { operationNames as controlOperations } from "./iot/service.ts";
import * as data from "./iotdata/rights.ts";
import { operationNames as dataOperations } from "./iotdata/service.ts";
import { needsOf as functionNeeds } from "./lambda/rights.ts";
import { routes } from "./lambda/service.ts";
import * as logs from "./logs/rights.ts";
import { operationNames as logOperations } from "./logs/service.ts";
import { membersOf } from "./rights.ts";

const account = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };
const house = { account, tables: { definitionOf: () => undefined } };

test("every operation of DynamoDB has its rights", () => {
  const names = [...Object.keys(operations), ...Object.keys(streamOperations)];
  expect(names.filter((name) => !tables.hasRight(name))).toEqual([]);
});

test("operations of DynamoDB that are not here yet have theirs, or are the global tables'", () => {
  const without = [...unimplementedOperations].filter((name) => !tables.hasRight(name));
  expect(without.filter((name) => !name.includes("Global"))).toEqual([]);
});

test("every operation of AWS IoT's control plane has its rights", () => {
  const names = controlOperations();
  expect(names).toContain("CreateTopicRule");
  // Its token is the proof.
  const without = names.filter((name) => !control.hasRight(name));
  expect(without).toEqual(["ConfirmTopicRuleDestination"]);
});

test.each([
  ["AttachPolicy", { body: { target: "arn:t" } }, ["arn:t"]],
  ["AttachPolicy", { body: { target: "eu-central-1:1" } }, ["*"]],
  ["AttachThingPrincipal", { header: "arn:c" }, ["arn:c"]],
  ["DescribeCACertificate", { label: "1" }, ["arn:aws:iot:eu-central-1:111122223333:cacert/1"]],
  [
    "AddThingToThingGroup",
    { body: { thingGroupName: "g", thingArn: "arn:x" } },
    ["arn:aws:iot:eu-central-1:111122223333:thinggroup/g", "arn:x"],
  ],
])("%s with %p needs leave for %p", (operation, given: Given, expected) => {
  const { label = "", body = {}, header = "" } = given;
  const headers = new Headers({ "x-amzn-principal": header });
  const asked = { operation, label, query: new URLSearchParams(), headers, body: membersOf(body) };
  const needs = control.needsOf(asked, account);
  expect(needs.map(({ resource }) => resource)).toEqual(expected);
  expect(needs[0]!.action).toBe(`iot:${operation}`);
});

interface Given {
  readonly label?: string;
  readonly body?: object;
  readonly header?: string;
}

test.each([
  ["", "get_dynamodb('t', 'k', 'v', 'it''s')", "it's"],
  ["", String.raw`get_secret('s', 'SecretString', "a\"b")`, 'a"b'],
  ["", "get_registry_data('DescribeThing', topic(), 'r')", "r"],
  ["", "get_thing_shadow(topic(), 'r')", "r"],
  ["SET @a = 1", "machinelearning_predict('m', 'r', a)", "r"],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: of a rule
  ["SET @a = 1", "upper('r') AS b, 1", "${get_thing_shadow(@a, 't')}", "t"],
])("%s SELECT %s: who makes the rule must be let pass its roles", (set, shown, ...rest) => {
  const [topic, role = topic] = rest;
  const sql = `${set} SELECT ${shown} AS x FROM it's/a`;
  const republish = { topic, roleArn: "own" };
  const body = { sql, awsIotSqlVersion: "2016-03-23", actions: [{ republish }] };
  const asked = { label: "", query: new URLSearchParams(), headers: new Headers(), body };
  for (const operation of ["CreateTopicRule", "ReplaceTopicRule"]) {
    const needs = control.needsOf({ ...asked, operation }, account).slice(1);
    expect(needs.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
      "iam:PassRole own",
      `iam:PassRole ${role}`,
    ]);
  }
});

test("every operation of AWS IoT's data plane has its rights", () => {
  expect(dataOperations()).toContain("Publish");
  expect(dataOperations().filter((name) => !data.hasRight(name))).toEqual([]);
});

test("every operation of logs has its rights", () => {
  expect(logOperations()).toContain("PutLogEvents");
  expect(logOperations().filter((name) => !logs.hasRight(name))).toEqual([]);
});

test.each([
  ["PutLogEvents", { logGroupName: "g", logStreamName: "s" }, "log-group:g:log-stream:s"],
  ["FilterLogEvents", { logGroupName: "g" }, "log-group:g:*"],
  ["FilterLogEvents", { logGroupIdentifier: "g" }, "log-group:g:*"],
  ["TagResource", { resourceArn: "arn:aws:logs:r:1:log-group:/a/b:*" }, "log-group:/a/b"],
  ["DescribeLogGroups", {}, "log-group:*"],
  ["GetLogEvents", { logGroupName: 7 }, "log-group::log-stream:"],
])("%s with %p needs leave for %s", (operation, input, resource) => {
  expect(logs.needsOf(operation, input, account)).toEqual([
    { action: `logs:${operation}`, resource: `arn:aws:logs:eu-central-1:111122223333:${resource}` },
  ]);
});

test("every operation of events has its rights", () => {
  expect(eventOperations()).toContain("PutEvents");
  expect(eventOperations().filter((name) => !events.hasRight(name))).toEqual([]);
});

test.each([
  ["PutRule", { Name: "r" }, ["rule/r"]],
  ["PutTargets", { Rule: "r", EventBusName: "b" }, ["rule/b/r"]],
  ["ListRules", {}, ["rule/*"]],
  ["ListRules", { EventBusName: "b" }, ["rule/b/*"]],
  ["DescribeEventBus", {}, ["event-bus/default"]],
  ["CreateEventBus", { Name: "b" }, ["event-bus/b"]],
  ["PutEvents", { Entries: [{}, { EventBusName: "b" }] }, ["event-bus/default", "event-bus/b"]],
  ["PutRule", { Name: "r", EventBusName: ofEvents("event-bus/b") }, ["rule/b/r"]],
  ["TagResource", { ResourceARN: ofEvents("rule/r") }, ["rule/r"]],
  ["TagResource", { ResourceARN: ofEvents("rule/default/r") }, ["rule/r"]],
  ["UntagResource", { ResourceARN: ofEvents("rule/b/r") }, ["rule/b/r"]],
  ["ListTagsForResource", { ResourceARN: ofEvents("event-bus/b") }, ["event-bus/b"]],
])("%s with %p needs leave for %p", (operation, input, resources) => {
  expect(events.needsOf(operation, input, account)).toMatchObject(
    resources.map((one) => ({ action: `events:${operation}`, resource: ofEvents(one) })),
  );
});

function ofEvents(resource: string): string {
  return `arn:aws:events:eu-central-1:111122223333:${resource}`;
}

test("who gives a rule or a target a role must be let pass it", () => {
  const passed = (operation: string, input: object) =>
    events
      .needsOf(operation, membersOf(input), account)
      .slice(1)
      .map(({ keys, ...need }) => ({ ...need, keys: keys?.() }));
  const action = "iam:PassRole";
  const keys = { "iam:PassedToService": "events.amazonaws.com" };
  expect(passed("PutRule", { Name: "r", RoleArn: "a" })).toEqual([{ action, resource: "a", keys }]);
  expect(passed("PutTargets", { Rule: "r", Targets: [{}, { RoleArn: "b" }] })).toEqual([
    { action, resource: "b", keys },
  ]);
});

test("events are sent with what they say they are", () => {
  const entry = { Source: "shop", DetailType: "sale" };
  const [need] = events.needsOf("PutEvents", { Entries: [entry] }, account);
  expect(need!.keys?.()).toEqual({ "events:source": "shop", "events:detail-type": "sale" });
});

const lambdaHouse = {
  account,
  policyOf: () => ({ policies: [] }),
  functionOfMapping: (id: string) => (id === "known" ? "f:live" : undefined),
};

test("an event source mapping is asked for with the function that it calls", () => {
  const [made] = functionNeeds(
    { operation: "CreateEventSourceMapping", name: "", body: { FunctionName: "g" } },
    lambdaHouse,
  );
  expect([made!.resource, made!.keys?.()]).toEqual([
    "*",
    { "lambda:FunctionArn": "arn:aws:lambda:eu-central-1:111122223333:function:g" },
  ]);
  const [got] = functionNeeds({ operation: "GetEventSourceMapping", name: "known" }, lambdaHouse);
  expect([got!.resource, got!.keys?.()]).toEqual([
    "arn:aws:lambda:eu-central-1:111122223333:event-source-mapping:known",
    { "lambda:FunctionArn": "arn:aws:lambda:eu-central-1:111122223333:function:f:live" },
  ]);
  const update = { operation: "UpdateEventSourceMapping", name: "known" };
  const keysOf = (body: object) =>
    functionNeeds({ ...update, body: membersOf(body) }, lambdaHouse).map(({ keys }) => keys?.());
  const [f, g] = ["f:live", "g"].map((called) => ({
    "lambda:FunctionArn": `arn:aws:lambda:eu-central-1:111122223333:function:${called}`,
  }));
  expect(keysOf({ BatchSize: 1 })).toEqual([f]);
  expect(keysOf({ FunctionName: "g" })).toEqual([f, g]);
  const [listed] = functionNeeds({ operation: "ListEventSourceMappings", name: "" }, lambdaHouse);
  expect([listed!.resource, listed!.keys]).toEqual(["*", undefined]);
});

test("every operation of Lambda needs leave for itself", () => {
  for (const { operation } of routes) {
    const [need] = functionNeeds({ operation, name: "f" }, lambdaHouse);
    expect(need!.action).toBe(`lambda:${operation.replace(/ByArn$/, "")}`);
  }
});

test("a layer that is named by an ARN needs the same leave as by its name", () => {
  const rights = lambdaHouse;
  const arn = "arn:aws:lambda:eu-central-1:111122223333:layer:words:3";
  const query = new URLSearchParams({ find: "LayerVersion", Arn: arn });
  const byArn = functionNeeds({ operation: "GetLayerVersionByArn", name: "", query }, rights);
  const label = "words/versions/3";
  const byName = functionNeeds({ operation: "GetLayerVersion", name: "", label }, rights);
  expect(byArn).toEqual(byName);
  expect(byArn[0]!.resource).toBe(arn);
});

test.each([
  "f",
  "function:f",
  "111122223333:function:f",
  "arn:aws:lambda:eu-central-1:111122223333:function:f",
  "arn:aws:lambda:us-east-1:999999999999:function:f",
])("a function that is to be made as %p needs leave by its name", (FunctionName) => {
  const asked = { operation: "CreateFunction", name: "", body: { FunctionName } };
  const [need] = functionNeeds(asked, lambdaHouse);
  expect(need!.resource).toBe("arn:aws:lambda:eu-central-1:111122223333:function:f");
});

test("a function's URL is asked for with who may call it", () => {
  const rights = lambdaHouse;
  const keysOf = (operation: string, body: object) =>
    functionNeeds({ operation, name: "f", body: membersOf(body) }, rights)[0]!.keys?.();
  const key = (type: string) => ({ "lambda:FunctionUrlAuthType": type });
  expect(keysOf("CreateFunctionUrlConfig", { AuthType: "NONE" })).toEqual(key("NONE"));
  expect(keysOf("UpdateFunctionUrlConfig", { AuthType: "AWS_IAM" })).toEqual(key("AWS_IAM"));
  expect(keysOf("AddPermission", { FunctionUrlAuthType: "NONE" })).toEqual(key("NONE"));
  expect(keysOf("UpdateFunctionUrlConfig", {})).toBeUndefined();
});

test("an operation that nobody thought of may be done by who may do it to everything", () => {
  const need = { action: "dynamodb:Unthought", resource: "*" };
  expect(tables.needsOf("Unthought", {}, house)).toEqual([need]);
  expect(tables.needsOf("toString", {}, house)).toMatchObject([{ resource: "*" }]);
});

test.each([
  ["GetItem", { TableName: "t" }, ["GetItem table/t"]],
  ["Query", { TableName: "t", IndexName: "i" }, ["Query table/t/index/i"]],
  ["ExecuteStatement", { Statement: "SELECT * FROM t.i" }, ["PartiQLSelect table/t/index/i"]],
  ["ExecuteStatement", { Statement: "DELETE FROM t WHERE k = 1" }, ["PartiQLDelete table/t"]],
  ["ExecuteStatement", { Statement: "nonsense" }, ["PartiQLSelect table/"]],
  [
    "ExecuteTransaction",
    {
      TransactStatements: [
        { Statement: "EXISTS(SELECT * FROM t WHERE k = 1 AND a = 2)" },
        { Statement: "INSERT INTO u VALUE {'k': 1}" },
      ],
    },
    ["PartiQLSelect table/t", "PartiQLInsert table/u"],
  ],
  [
    "TransactGetItems",
    { TransactItems: [{ Get: { TableName: "t" } }, { Get: { TableName: "u" } }] },
    ["GetItem table/t", "GetItem table/u"],
  ],
  [
    "TransactWriteItems",
    { TransactItems: [{ ConditionCheck: { TableName: "t" } }, { Update: { TableName: "u" } }] },
    ["ConditionCheckItem table/t", "UpdateItem table/u"],
  ],
  ["BatchWriteItem", { RequestItems: { t: [], u: [] } }, ["BatchWriteItem table/t", "... table/u"]],
  ["BatchWriteItem", {}, ["BatchWriteItem table/"]],
  [
    "ExportTableToPointInTime",
    { TableArn: "arn:aws:dynamodb:a:b:table/t", S3Bucket: "b", S3Prefix: "p" },
    ["ExportTableToPointInTime table/t", "s3:PutObject arn:aws:s3:::b/p/AWSDynamoDB/*"],
  ],
  [
    "ImportTable",
    {
      S3BucketSource: { S3Bucket: "b", S3KeyPrefix: "p" },
      TableCreationParameters: { TableName: "t" },
    },
    ["ImportTable table/t", "s3:GetObject arn:aws:s3:::b/p*"],
  ],
  ["GetItem", { TableName: 7 }, ["GetItem table/"]],
  ["CreateTable", { TableName: "t", Tags: null }, ["CreateTable table/t"]],
  [
    "CreateTable",
    { TableName: "t", ResourcePolicy: "{}", Tags: [] },
    ["CreateTable table/t", "PutResourcePolicy table/t", "TagResource table/t"],
  ],
])("%s with %p needs %p", (operation, input, expected) => {
  const needs = tables.needsOf(operation, input, house).map(({ action, resource }) => {
    const name = resource.replace("arn:aws:dynamodb:eu-central-1:111122223333:", "");
    return `${action.replace("dynamodb:", "")} ${name}`;
  });
  expect(needs).toEqual(expected.map((one) => one.replace("...", operation)));
});

test("a member that the operation does not look at says nothing", () => {
  const definition = { name: "t", partitionKey: { name: "k", type: "S" } } as const;
  const known = { account, tables: { definitionOf: () => definition } };
  const mine = { k: { S: "mine" } };
  const other = { k: { S: "other" } };
  const keysOf = (operation: string, input: object) =>
    tables
      .needsOf(operation, { TableName: "t", ...input }, known)
      .map(({ keys }) => keys?.()["dynamodb:LeadingKeys"]);
  expect(keysOf("PutItem", { Key: mine, Item: other })).toEqual([["other"]]);
  expect(keysOf("DeleteItem", { Key: other, Item: mine })).toEqual([["other"]]);
  const put = { Put: { TableName: "t", Key: mine, Item: other } };
  expect(keysOf("TransactWriteItems", { TransactItems: [put] })).toEqual([["other"]]);
  const write = { PutRequest: { Item: mine }, DeleteRequest: { Key: other } };
  expect(keysOf("BatchWriteItem", { RequestItems: { t: [write] } })).toEqual([["mine", "other"]]);
  const legacy = { k: { ComparisonOperator: "EQ", AttributeValueList: [mine.k] } };
  const values = { ExpressionAttributeValues: { ":k": other.k } };
  const both = { KeyConditions: legacy, KeyConditionExpression: "k = :k", ...values };
  expect(keysOf("Query", both)).toEqual([[""]]);
  expect(keysOf("Query", { KeyConditions: legacy })).toEqual([["mine"]]);
  expect(keysOf("Scan", { KeyConditions: legacy })).toEqual([undefined]);
  const expression = { KeyConditionExpression: "k = :k", ...values };
  expect(keysOf("Query", expression)).toEqual([["other"]]);
  expect(keysOf("Scan", expression)).toEqual([undefined]);
  const untyped = { ...expression, ExpressionAttributeValues: { ":k": {} } };
  expect(keysOf("Query", untyped)).toEqual([[""]]);
  const Statement = "SELECT * FROM t WHERE k = ?";
  expect(keysOf("ExecuteStatement", { Statement, Parameters: [{}] })).toEqual([[""]]);
  const either = {
    Statement: "SELECT * FROM t WHERE k IN [?, ?]",
    Parameters: [{ SS: 5 }, { SS: 5 }],
  };
  expect(keysOf("ExecuteStatement", either)).toEqual([[""]]);
  const [need] = tables.needsOf("Query", { TableName: "t", IndexName: null }, known);
  expect(need!.resource).toEndWith(":table/t");
});

test("a statement scans unless it names all of the partition key", () => {
  const attribute = (name: string) => ({ name, type: "S" }) as const;
  const index = {
    name: "i",
    scope: "global",
    partitionKey: attribute("a"),
    furtherKeys: { partition: [attribute("b")], sort: [] },
    projection: { type: "ALL" },
  } as const;
  const definition = { name: "t", partitionKey: attribute("k"), indexes: [index] };
  const known = { account, tables: { definitionOf: () => definition } };
  const scans = (from: string) => {
    const input = { Statement: `SELECT * FROM ${from}` };
    return tables.needsOf("ExecuteStatement", input, known)[0]!.keys?.()["dynamodb:FullTableScan"];
  };
  expect(scans("t WHERE k = 'x'")).toBe("false");
  expect(scans("t.i WHERE a = 'x' AND b = 'y'")).toBe("false");
  for (const from of ["t", "t WHERE a = 'x'", "t.i WHERE a = 'x'", "t.i WHERE b = 'x'"]) {
    expect(scans(from)).toBe("true");
  }
  expect(scans("t.i WHERE a = 'x' AND b > 'y'")).toBe("true");
});

// [Service Authorization Reference: DynamoDB, PartiQLDelete; ql-iam, examples 4 and 5]
test.each([
  ["SELECT * FROM t WHERE k = 'x'", { "dynamodb:FullTableScan": "false" }],
  ["INSERT INTO t VALUE {'k': 'x'}", {}],
  ["UPDATE t SET a = 1 WHERE k = 'x'", {}],
  [
    "UPDATE t SET a = 1 WHERE k = 'x' RETURNING MODIFIED OLD *",
    { "dynamodb:ReturnValues": "UPDATED_OLD" },
  ],
  ["DELETE FROM t WHERE k = 'x' RETURNING ALL OLD *", { "dynamodb:ReturnValues": "ALL_OLD" }],
  ["EXISTS(SELECT * FROM t WHERE k = 'x')", { "dynamodb:FullTableScan": "false" }],
])("%s says what it gives back, and whether a transaction is around it", (Statement, more) => {
  const definition = { name: "t", partitionKey: { name: "k", type: "S" } } as const;
  const known = { account, tables: { definitionOf: () => definition } };
  const keysOf = (operation: string, input: object) =>
    tables.needsOf(operation, input, known)[0]!.keys?.();
  const keys = { "dynamodb:LeadingKeys": ["x"], ...more };
  expect(keysOf("ExecuteStatement", { Statement })).toEqual(keys);
  expect(keysOf("BatchExecuteStatement", { Statements: [{ Statement }] })).toEqual(keys);
  expect(keysOf("ExecuteTransaction", { TransactStatements: [{ Statement }] })).toEqual({
    ...keys,
    "dynamodb:EnclosingOperation": "ExecuteTransaction",
  });
});

const said = fc.letrec<{ all: string; one: string }>((tie) => ({
  one: fc.constantFrom(
    "k = 1",
    "2 = k",
    "k IN [1, 3]",
    "1 IN [k, s]",
    "k > 1",
    "s = 1",
    "NOT k = 2",
  ),
  all: fc.oneof(
    { maxDepth: 3 },
    tie("one"),
    fc.tuple(tie("all"), fc.constantFrom(" AND ", " OR "), tie("all")).map((parts) => {
      return `(${parts.join("")})`;
    }),
  ),
})).all;

test("however a condition is made, what it finds has one of the leading keys", () => {
  const definition = { name: "t", partitionKey: { name: "k", type: "N" } } as const;
  const known = { account, tables: { definitionOf: () => definition } };
  fc.assert(
    fc.property(said, fc.nat(4), fc.nat(4), (where, k, s) => {
      const source = where
        .replaceAll(/(\w+) IN (\[[^\]]*\])/g, "$2.includes($1)")
        .replaceAll(/NOT (k = 2)/g, "!($1)")
        .replaceAll(" AND ", " && ")
        .replaceAll(" OR ", " || ")
        .replaceAll(" = ", " === ");
      if (!new Function("k", "s", `return ${source}`)(k, s)) return;
      const input = { Statement: `SELECT * FROM t WHERE ${where}` };
      const keys = tables.needsOf("ExecuteStatement", input, known)[0]!.keys!();
      const isScan = keys["dynamodb:FullTableScan"] === "true";
      expect(keys["dynamodb:LeadingKeys"]).toContain(isScan ? "" : String(k));
    }),
  );
});

const shapeless = fc.dictionary(fc.constantFrom("S", "N", "SS", "L", "M", "B"), fc.jsonValue());

test("whatever the parameters of a statement are, its keys are texts", () => {
  const definition = { name: "t", partitionKey: { name: "k", type: "S" } } as const;
  const known = { account, tables: { definitionOf: () => definition } };
  const statement = fc.constantFrom(
    "SELECT * FROM t WHERE k IN [?, ?]",
    "SELECT * FROM t WHERE k = ? OR k = ?",
    "INSERT INTO t VALUE {'k': ?, 'a': <<?, ?>>}",
    "UPDATE t SET a = ? WHERE k = ?",
    "DELETE FROM t WHERE k = ? AND a BETWEEN ? AND ?",
  );
  fc.assert(
    fc.property(
      statement,
      fc.array(shapeless, { maxLength: 3 }),
      fc.boolean(),
      (Statement, some, twice) => {
        const Parameters = twice ? some.flatMap((one) => [one, one]) : some;
        const input = { Statement, Parameters };
        const keys = tables.needsOf("ExecuteStatement", input, known)[0]!.keys?.() ?? {};
        expect(
          Object.values(keys)
            .flat()
            .every((value) => typeof value === "string"),
        ).toBe(true);
      },
    ),
  );
});

test("a record of a stream is asked of the stream that its iterator names", () => {
  const stream = "arn:aws:dynamodb:eu-central-1:111122223333:table/t/stream/now";
  const input = { ShardIterator: `${stream}|1|abc` };
  expect(tables.needsOf("GetRecords", input, house)).toEqual([
    { action: "dynamodb:GetRecords", resource: stream },
  ]);
});

test("whatever a request is, it needs leave for something", () => {
  const names = [...Object.keys(operations), ...Object.keys(streamOperations)];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.jsonValue(), (operation, input) => {
      const needs = tables.needsOf(operation, input, house);
      expect(needs.length).toBeGreaterThan(0);
      for (const { keys } of needs) expect(keys?.() ?? {}).toBeObject();
    }),
  );
});

test("whatever the members of a request are, their keys are texts", () => {
  const definition = { name: "t", partitionKey: { name: "k", type: "S" } } as const;
  const known = { account, tables: { definitionOf: () => definition } };
  const names = ["GetItem", "PutItem", "Query", "BatchWriteItem", "TransactWriteItems"];
  const members = ["Key", "Item", "KeyConditions", "RequestItems", "TransactItems"];
  const inputs = fc.dictionary(fc.constantFrom(...members), fc.jsonValue());
  fc.assert(
    fc.property(fc.constantFrom(...names), inputs, fc.string(), (operation, input, expression) => {
      const request = { TableName: "t", KeyConditionExpression: expression, ...input };
      for (const { keys } of tables.needsOf(operation, request, known)) {
        const values = Object.values(keys?.() ?? {}).flat();
        expect(values.every((value) => typeof value === "string")).toBe(true);
      }
    }),
  );
});

test("layers are asked for by their names, and by who gives them to a function", () => {
  const rights = lambdaHouse;
  const layer = "arn:aws:lambda:eu-central-1:111122223333:layer:words";
  const resourceOf = (operation: string, label: string) =>
    functionNeeds({ operation, name: "", label }, rights)[0]!.resource;
  expect(resourceOf("PublishLayerVersion", "words")).toBe(layer);
  expect(resourceOf("ListLayerVersions", layer)).toBe(layer);
  expect(resourceOf("GetLayerVersion", "words/versions/3")).toBe(`${layer}:3`);
  expect(resourceOf("GetLayerVersion", `${layer}/versions/03`)).toBe(`${layer}:3`);
  const nameless = layer.replace("words", "");
  for (const label of ["a/versions/1/versions/2", `${layer}:layer:b`, `x${layer}`, "a:1", "a/b"]) {
    expect(resourceOf("DeleteLayerVersion", label)).toBe(nameless);
  }
  expect(resourceOf("ListLayers", "")).toBe("*");
  const body = { FunctionName: "f", Layers: [`${layer}:3`] };
  expect(functionNeeds({ operation: "CreateFunction", name: "", body }, rights)).toContainEqual({
    action: "lambda:GetLayerVersion",
    resource: `${layer}:3`,
  });
});
