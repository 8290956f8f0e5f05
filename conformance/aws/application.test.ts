import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { IoTDataPlaneClient, PublishCommand } from "@aws-sdk/client-iot-data-plane";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import mqtt, { type MqttClient } from "mqtt";
import { type Server, startServer } from "../harness.ts";

const template = "conformance/fixtures/orders/template.yaml";
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-aws-"));
const credentials = { accessKeyId: "any", secretAccessKey: "any" };
let server: Server;
let client: MqttClient;

beforeAll(async () => {
  server = await startServer({ template, dataFolder });
  client = await mqtt.connectAsync(server.mqtt, { protocolVersion: 4, clientId: "shop" });
});

afterAll(async () => {
  await client.endAsync();
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

const settings = () => ({ endpoint: server.api, region: "us-east-1", credentials });

async function nextOn(topic: string, act: () => Promise<unknown>): Promise<unknown> {
  await client.subscribeAsync(topic, { qos: 1 });
  const heard = new Promise<string>((resolve) => {
    client.on("message", (on, payload) => on === topic && resolve(payload.toString()));
  });
  await act();
  return JSON.parse(await heard);
}

test("a message becomes an event, and the function's answer a message", async () => {
  const act = () => client.publishAsync("orders/north/ask", '{"count":7}', { qos: 1 });
  expect(await nextOn("orders/us-east-1/priced", act)).toEqual({ shop: "north", price: 21 });
  while (!server.log().includes("priced")) await Bun.sleep(5);
});

test("an acknowledged message is in the table, with decimals exact, and survives kill -9", async () => {
  await client.publishAsync("orders/north/store", '{"id":"o-1","count":3}', { qos: 1 });
  const read = () =>
    new DynamoDBClient(settings()).send(
      new GetItemCommand({ TableName: "orders", Key: { id: { S: "o-1" } } }),
    );
  const item = {
    id: { S: "o-1" },
    count: { N: "3" },
    by_client: { S: "shop" },
    gross: { N: "3.3" },
  };
  expect((await read()).Item).toEqual(item);
  await server.kill();
  server = await startServer({ template, dataFolder, at: server });
  expect((await read()).Item).toEqual(item);
});

test("the HTTP API shows what the rule has stored", async () => {
  const found = await fetch(`${server.edge}/orders/o-1`);
  expect(await found.json()).toEqual({ id: "o-1", count: 3 });
  expect(found.headers.get("content-type")).toBe("application/json");
  const missing = await fetch(`${server.edge}/orders/o-2`);
  expect([missing.status, await missing.text()]).toEqual([404, "no such order"]);
  expect((await fetch(`${server.edge}/elsewhere`)).status).toBe(404);
});

test("the SDK invokes a function and publishes a message", async () => {
  const lambda = new LambdaClient(settings());
  const Payload = JSON.stringify({ pathParameters: { id: "o-1" } });
  const answer = await lambda.send(new InvokeCommand({ FunctionName: "price", Payload }));
  expect(answer.FunctionError).toBeUndefined();
  expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toEqual({ id: "o-1", count: 3 });

  const data = new IoTDataPlaneClient(settings());
  const payload = JSON.stringify({ from: "sdk" });
  const act = () => data.send(new PublishCommand({ topic: "note/é b", qos: 1, payload }));
  expect(await nextOn("note/é b", act)).toEqual({ from: "sdk" });
});

test("a rule that feeds itself is stopped and named, and the house goes on", async () => {
  await client.publishAsync("loop/begin", '{"round":0}', { qos: 1 });
  while (!server.log().includes("feeds_itself")) await Bun.sleep(5);
  const act = () => client.publishAsync("still/here", "true", { qos: 1 });
  expect(await nextOn("still/here", act)).toBe(true);
});
