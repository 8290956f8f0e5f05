/**
 * What rules do, over the network: made with the SDK, set off by MQTT and HTTP, seen by those who
 * subscribe, read the table or run the endpoint.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: rules hold substitution templates

import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateTopicRuleCommand,
  DeleteTopicRuleCommand,
  IoTClient,
  ListTopicRuleDestinationsCommand,
  type TopicRulePayload,
} from "@aws-sdk/client-iot";
import { IoTDataPlaneClient, PublishCommand } from "@aws-sdk/client-iot-data-plane";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient } from "mqtt";
import { type Server, startServer } from "../harness.ts";
import { Certificates, readPair } from "../mqtt/certificates.ts";

const template = "conformance/fixtures/orders/template.yaml";
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-rules-"));
const certificates = new Certificates();
const authority = certificates.selfSigned("endpoint");
/** What the server trusts. */
const environment = { NODE_EXTRA_CA_CERTS: authority.certificate };
const roleArn = "arn:aws:iam::111122223333:role/r";
const made: string[] = [];
const clients: MqttClient[] = [];
let server: Server;
let iot: IoTClient;
let data: IoTDataPlaneClient;
let table: DynamoDBDocumentClient;

beforeAll(async () => {
  server = await startServer({ template, dataFolder, environment });
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  const settings = { endpoint: server.api, region: "us-east-1", credentials, maxAttempts: 1 };
  iot = new IoTClient(settings);
  data = new IoTDataPlaneClient(settings);
  table = DynamoDBDocumentClient.from(new DynamoDBClient(settings));
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  for (const ruleName of made.splice(0)) await iot.send(new DeleteTopicRuleCommand({ ruleName }));
});

afterAll(async () => {
  await server.stop();
  certificates.remove();
  rmSync(dataFolder, { recursive: true });
});

const five = { protocolVersion: 5 } as const;

async function rule(
  ruleName: string,
  sql: string,
  actions: TopicRulePayload["actions"],
  more: Partial<TopicRulePayload> = {},
) {
  const topicRulePayload = { sql, actions, awsIotSqlVersion: "2016-03-23", ...more };
  await iot.send(new CreateTopicRuleCommand({ ruleName, topicRulePayload }));
  made.push(ruleName);
}

async function enter(clientId: string, options: IClientOptions = {}, url = server.mqtt) {
  const settings = { protocolVersion: 4, reconnectPeriod: 0, clientId, ...options } as const;
  const client = await mqtt.connectAsync(url, settings);
  client.on("error", () => {});
  clients.push(client);
  return client;
}

/** A client that hears a filter; `next` is what it hears, one after the other. */
async function listen(filter: string) {
  const client = await enter(`listener-${filter}`, five);
  const heard: IPublishPacket[] = [];
  client.on("message", (_topic, _payload, packet) => heard.push(packet));
  await client.subscribeAsync(filter, { qos: 1 });
  const next = async () => {
    while (heard.length === 0) await new Promise((resolve) => client.once("message", resolve));
    return heard.shift()!;
  };
  return { next, nextJson: async () => JSON.parse(String((await next()).payload)) };
}

const republish = (topic: string, more = {}) => [
  { republish: { topic, roleArn, qos: 1, ...more } },
];

describe("where a message may come from", () => {
  const seen = (filter: string) =>
    rule(
      "seen",
      `SELECT topic() AS topic, clientid() AS client FROM '${filter}'`,
      republish("seen"),
    );

  test("a publish over HTTP", async () => {
    await seen("from/http");
    const { nextJson } = await listen("seen");
    await data.send(new PublishCommand({ topic: "from/http", payload: Buffer.from("{}") }));
    expect(await nextJson()).toEqual({ topic: "from/http", client: "n/a" });
  });

  test("a will, a retained message once, and a lifecycle event", async () => {
    await seen("from/+");
    await rule(
      "lost",
      "SELECT eventType AS topic, clientId AS client FROM '$aws/events/presence/disconnected/+'",
      republish("lost"),
    );
    const { nextJson } = await listen("seen");
    const lost = await listen("lost");
    const will = { topic: "from/will", payload: Buffer.from("{}"), qos: 1 as const, retain: false };
    const mortal = await enter("mortal", { will });
    await mortal.publishAsync("from/kept", "{}", { qos: 1, retain: true });
    expect(await nextJson()).toEqual({ topic: "from/kept", client: "mortal" });
    await (await enter("late")).subscribeAsync("from/kept", { qos: 1 });
    mortal.stream.destroy();
    expect(await nextJson()).toEqual({ topic: "from/will", client: "mortal" });
    expect(await lost.nextJson()).toEqual({ topic: "disconnected", client: "mortal" });
    await mortal.endAsync(true);
    await (await enter("tidy")).publishAsync("from/kept", "", { qos: 1, retain: true });
  });

  test("another rule, with a depth at which a rule that feeds itself ends", async () => {
    await rule("first", "SELECT 1 AS n FROM 'chain/1'", republish("chain/2"));
    await rule("second", "SELECT n + 1 AS n FROM 'chain/2'", republish("seen"));
    const { nextJson } = await listen("seen");
    await (await enter("c")).publishAsync("chain/1", "{}", { qos: 1 });
    expect(await nextJson()).toEqual({ n: 2 });
    await rule("third", "SELECT n FROM 'chain/3'", republish("$$aws/rules/fourth/${n}"));
    await rule("fourth", "SELECT topic() AS rest, n", republish("seen"));
    await (await enter("c3")).publishAsync("chain/3", '{"n":3}', { qos: 1 });
    expect(await nextJson()).toEqual({ rest: "3", n: 3 });
    const errors = await listen("errors");
    await rule("loop", "SELECT * FROM 'loop/own'", republish("loop/own"), {
      errorAction: { republish: { topic: "errors", roleArn, qos: 1 } },
    });
    const circling = await listen("loop/own");
    await (await enter("d")).publishAsync("loop/own", "{}", { qos: 1 });
    for (let depth = 0; depth <= 10; depth += 1) await circling.next();
    const reason = 'rule "loop" may feed itself';
    expect((await errors.nextJson()).failures[0].errorMessage).toContain(reason);
  });
});

describe("a message for one rule alone", () => {
  test.each<[string, IClientOptions, () => string]>([
    ["MQTT 3.1.1", {}, () => server.mqtt],
    ["MQTT 5", five, () => server.mqtt],
    ["MQTT 3.1", { protocolVersion: 3, protocolId: "MQIsdp" }, () => server.mqtt],
    ["WebSocket", {}, () => server.websocket],
  ])("reaches it over %s, and no subscriber", async (_, options, url) => {
    await rule("alone", "SELECT *, topic() AS rest", republish("ingested"));
    const ingested = await listen("ingested");
    const all = await listen("#");
    const client = await enter("device", options, url());
    await client.publishAsync("$aws/rules/alone/a/b", '{"t":1}', { qos: 1 });
    expect(await ingested.nextJson()).toEqual({ t: 1, rest: "a/b" });
    expect((await all.next()).topic).toBe("ingested");
    const granted = await client.subscribeAsync("$aws/rules/#").catch(() => []);
    expect(granted).toEqual([]);
  });

  test("reaches it over HTTP", async () => {
    await rule("alone", "SELECT topic(1) AS first FROM 'else'", republish("ingested"));
    const { nextJson } = await listen("ingested");
    const payload = Buffer.from("{}");
    await data.send(new PublishCommand({ topic: "$aws/rules/alone/x/y", payload }));
    expect(await nextJson()).toEqual({ first: "x" });
    await data.send(new PublishCommand({ topic: "$aws/rules/missing/x", payload }));
    while (!server.log().includes("RuleNotFound")) await Bun.sleep(5);
  });
});

test("properties of MQTT 5 come in, and go out as headers, in their order", async () => {
  const headers = {
    payloadFormatIndicator: "UTF8_DATA",
    contentType: "${get_mqtt_property(content_type)}",
    responseTopic: "answers/${clientid()}",
    correlationData: "${get_mqtt_property(correlation_data)}",
    messageExpiry: "60",
    userProperties: [
      { key: "k", value: "1" },
      { key: "first", value: "${get(get_user_properties('k'), 0)}" },
      { key: "k", value: "2" },
    ],
  };
  const sql =
    "SELECT get_user_properties() AS u, get_mqtt_property('format_indicator') AS f FROM 'props'";
  const quoted = JSON.parse(
    JSON.stringify(headers).replace(/get_mqtt_property\((\w+)\)/g, "get_mqtt_property('$1')"),
  );
  await rule("props", sql, republish("propped", { headers: quoted }));
  const { next } = await listen("propped");
  const sender = await enter("sender", five);
  await sender.publishAsync("props", "{}", {
    qos: 1,
    properties: {
      payloadFormatIndicator: true,
      contentType: "text/x",
      correlationData: Buffer.from([1, 2]),
      userProperties: { k: ["a", "b"] },
    },
  });
  const { payload, properties } = await next();
  expect(JSON.parse(String(payload))).toEqual({ u: [{ k: "a" }, { k: "b" }], f: "UTF8_DATA" });
  expect(properties).toMatchObject({
    payloadFormatIndicator: true,
    contentType: "text/x",
    responseTopic: "answers/sender",
    correlationData: Buffer.from([1, 2]),
    userProperties: { k: ["1", "2"], first: "a" },
  });
  expect(properties?.messageExpiryInterval).toBeWithin(1, 61);
});

describe("tables", () => {
  const read = async (id: string) =>
    (await table.send(new GetCommand({ TableName: "orders", Key: { id } }))).Item;

  test("get an item in one column, which can be updated and deleted", async () => {
    const action = { tableName: "orders", hashKeyField: "id", hashKeyValue: "${id}", roleArn };
    const rest = { payloadField: "what", operation: "${op}" };
    await rule("column", "SELECT n FROM 'column'", [{ dynamoDB: { ...action, ...rest } }]);
    const client = await enter("writer");
    const write = (op: string, n: number) =>
      client.publishAsync("column", JSON.stringify({ id: "c-1", op, n }), { qos: 1 });
    await write("INSERT", 1.5);
    expect(await read("c-1")).toEqual({ id: "c-1", what: { n: 1.5 } });
    await table.send(new PutCommand({ TableName: "orders", Item: { id: "c-1", kept: true } }));
    await write("UPDATE", 2);
    expect(await read("c-1")).toEqual({ id: "c-1", kept: true, what: { n: 2 } });
    await write("DELETE", 0);
    expect(await read("c-1")).toBeUndefined();
  });

  test("are read by statements, and functions called", async () => {
    await table.send(new PutCommand({ TableName: "orders", Item: { id: "d-1", limit: 12.5 } }));
    const price = "arn:aws:lambda:us-east-1:000000000000:function:price";
    await rule(
      "asks",
      `SELECT get_dynamodb('orders', 'id', id, '${roleArn}').limit AS most,
       aws_lambda('${price}', {'shop': 's', 'count': 2}).price AS price FROM 'asks'`,
      republish("asked"),
    );
    const { nextJson } = await listen("asked");
    await (await enter("asker")).publishAsync("asks", '{"id":"d-1"}', { qos: 1 });
    expect(await nextJson()).toEqual({ most: 12.5, price: 6 });
  });

  test("are there to be asked; other services are refused by name when a rule is made", async () => {
    const secret = rule("secret", `SELECT get_secret('s', 'SecretString', '${roleArn}') AS s`, []);
    await expect(secret).rejects.toMatchObject({
      name: "SqlParseException",
      message: expect.stringContaining('function "get_secret" needs a service that is not there'),
    });
  });

  test("that are not there are told of in one message to the error action", async () => {
    const action = (tableName: string) => ({ dynamoDBv2: { putItem: { tableName }, roleArn } });
    await rule("fails", "SELECT * FROM 'fails'", [action("none"), action("orders")], {
      errorAction: { republish: { topic: "errors/${topic()}", roleArn, qos: 1 } },
    });
    const { nextJson } = await listen("errors/fails");
    await (await enter("failing")).publishAsync("fails", '{"id":1}', { qos: 1 });
    const told = await nextJson();
    expect(told).toMatchObject({
      ruleName: "fails",
      topic: "fails",
      clientId: "failing",
      base64OriginalPayload: Buffer.from('{"id":1}').toString("base64"),
    });
    const resources = told.failures.map((one: { failedResource: string }) => one.failedResource);
    expect(resources.sort()).toEqual(["none", "orders"]);
  });
});

test("a will that a crash left over waits for a start at which its rules are there", async () => {
  const will = { topic: "orders/north/ask", payload: '{"count":1}', qos: 1 } as const;
  await enter("doomed", { clean: false, will });
  await server.kill();
  const broken = mkdtempSync(join(tmpdir(), "millrace-broken-"));
  cpSync("conformance/fixtures/orders", broken, { recursive: true });
  writeFileSync(join(broken, "handlers", "price.ts"), "export const handler = (");
  const changed = relative("", join(broken, "template.yaml"));
  const options = { dataFolder, environment, at: server };
  await expect(startServer({ ...options, template: changed })).rejects.toThrow("function price");
  rmSync(broken, { recursive: true });
  server = await startServer({ ...options, template });
  const page = `${server.api}/_millrace/trace?topic=orders/north/ask`;
  let seen = "";
  while (seen === "") seen = await (await fetch(page)).text();
  expect(JSON.parse(seen)).toMatchObject({ clientId: "doomed", outcome: "ok" });
});

test("an end waits for the rules of its own last messages", async () => {
  const put = { putItem: { tableName: "orders" }, roleArn };
  const sql = "SELECT clientId AS id, eventType FROM '$aws/events/presence/disconnected/+'";
  await rule("departures", sql, [{ dynamoDBv2: put }]);
  for (let number = 0; number < 20; number += 1) await enter(`departing-${number}`);
  await server.stop();
  server = await startServer({ template, dataFolder, environment, at: server });
  for (let number = 0; number < 20; number += 1) {
    const Key = { id: `departing-${number}` };
    const { Item } = await table.send(new GetCommand({ TableName: "orders", Key }));
    expect(Item).toMatchObject({ eventType: "disconnected" });
  }
});

test("an object is in its bucket, whole, when its message is acknowledged", async () => {
  const action = { bucketName: "order-archive", key: "${topic(2)}/${id}", roleArn };
  await rule("archives", "SELECT * FROM 'archive/+'", [{ s3: action }]);
  const client = await enter("archivist");
  await client.publishAsync("archive/north", '{"id":"../1","n":2}', { qos: 1 });
  const folder = join(dataFolder, "files", "objects", "order-archive");
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  expect(files).toEqual(['{"id":"../1","n":2}']);
});

test("metrics and logs are where the house shows its own", async () => {
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  const options = { endpoint: server.api, region: "us-east-1", credentials, maxAttempts: 1 };
  const logs = new CloudWatchLogsClient(options);
  const logGroupName = "plant-log";
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  const metric = { metricNamespace: "plant", metricUnit: "Count", roleArn };
  await rule("measures", "SELECT * FROM 'measures'", [
    { cloudwatchMetric: { ...metric, metricName: "${m}", metricValue: "${v}" } },
    { cloudwatchLogs: { logGroupName, roleArn } },
  ]);
  const client = await enter("gauge");
  for (const v of [1, 2.5]) {
    await client.publishAsync("measures", JSON.stringify({ m: "parts", v }), { qos: 1 });
  }
  const figures = await (await fetch(`${server.api}/metrics`)).text();
  const labels = '{namespace="plant",metric="parts",unit="Count"}';
  expect(figures).toContain(`millrace_rule_metric_values_total${labels} 2`);
  expect(figures).toContain(`millrace_rule_metric_sum${labels} 3.5`);
  const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
  expect(events!.map(({ message }) => message)).toEqual([
    '{"m":"parts","v":1}',
    '{"m":"parts","v":2.5}',
  ]);
  logs.destroy();
});

describe("an HTTPS endpoint", () => {
  interface Received {
    readonly path: string;
    readonly headers: Record<string, unknown>;
    readonly body: string;
  }
  const received: Received[] = [];
  const answers: number[] = [];
  const endpoint = createServer(readPair(authority), (request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const { url: path = "", headers } = request;
      const isQuestion = headers["x-amz-rules-engine-message-type"] !== undefined;
      received.push({ path, headers, body });
      response.statusCode = (isQuestion ? undefined : answers.shift()) ?? 200;
      response.end();
    });
  });
  let url: string;

  beforeAll(async () => {
    await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
    url = `https://127.0.0.1:${(endpoint.address() as AddressInfo).port}/in`;
  });
  afterAll(() => void endpoint.close());

  const waitFor = async (isIt: (one: Received) => boolean) => {
    for (;;) {
      const at = received.findIndex(isIt);
      if (at >= 0) return received.splice(at, 1)[0]!;
      await Bun.sleep(5);
    }
  };
  const isData = ({ headers }: Received) =>
    headers["x-amz-rules-engine-message-type"] === undefined;

  test("gets messages once it has brought back its token, and again after 503", async () => {
    const headers = [{ key: "x-topic", value: "${topic()}" }];
    const action = { http: { url: `${url}/\${kind}`, confirmationUrl: url, headers } };
    await rule("posts", "SELECT v FROM 'posts'", [action], {
      errorAction: { republish: { topic: "errors/posts", roleArn, qos: 1 } },
    });
    const errors = await listen("errors/posts");
    const question = await waitFor((one) => !isData(one));
    expect(question.path).toStartWith("/in/?confirmationToken=");
    const asked = JSON.parse(question.body);
    expect(asked).toMatchObject({ messageType: "DestinationConfirmation" });
    expect(question.headers["x-amz-rules-engine-destination-arn"]).toBe(asked.arn);
    const client = await enter("poster");
    const post = () => client.publishAsync("posts", '{"kind":"k","v":1}', { qos: 1 });
    await post();
    expect((await errors.nextJson()).failures[0].errorMessage).toContain("it is IN_PROGRESS");
    expect((await fetch(asked.enableUrl)).status).toBe(200);
    answers.push(503);
    await post();
    const posts = [await waitFor(isData), await waitFor(isData)];
    for (const { path, headers, body } of posts) {
      expect([path, headers["x-topic"], body]).toEqual(["/in/k", "posts", '{"v":1}']);
      expect(headers["content-type"]).toBe("application/json");
    }
    answers.push(404);
    await post();
    expect((await errors.nextJson()).failures[0]).toMatchObject({
      failedAction: "HttpAction",
      failedResource: `${url}/k`,
      errorMessage: expect.stringContaining("answered 404"),
    });
    const { destinationSummaries } = await iot.send(new ListTopicRuleDestinationsCommand({}));
    expect(destinationSummaries).toMatchObject([
      { status: "ENABLED", httpUrlSummary: { confirmationUrl: url } },
    ]);
  });

  test("gets what comes together in one request, over the same destination after a restart", async () => {
    received.length = 0;
    const batch = { url, enableBatching: true, batchConfig: { maxBatchSize: 3 } };
    await rule("batches", "SELECT n FROM 'batches'", [{ http: batch }]);
    await server.stop();
    server = await startServer({ template, dataFolder, at: server, environment });
    const client = await enter("batcher");
    const send = (n: number) => client.publishAsync("batches", `{"n":${n}}`, { qos: 1 });
    await Promise.all([send(1), send(2), send(3)]);
    const { body, headers } = await waitFor(isData);
    expect(JSON.parse(body)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(headers["content-type"]).toBe("application/json");
  });
});
