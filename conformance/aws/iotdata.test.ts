import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  GetRetainedMessageCommand,
  IoTDataPlaneClient,
  ListRetainedMessagesCommand,
  ListSubscriptionsCommand,
  PublishCommand,
  SendDirectMessageCommand,
} from "@aws-sdk/client-iot-data-plane";
import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient } from "mqtt";
import { type Server, startServer } from "../harness.ts";
import { openLine } from "../mqtt/line.ts";

const template = "bench/empty-template.yaml";
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-iotdata-"));
const clients: MqttClient[] = [];
let server: Server;
let sdk: IoTDataPlaneClient;

beforeAll(async () => {
  server = await startServer({ template, dataFolder });
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  const region = "us-east-1";
  sdk = new IoTDataPlaneClient({ endpoint: server.api, region, credentials, maxAttempts: 1 });
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
});

afterAll(async () => {
  sdk.destroy();
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

const five = { protocolVersion: 5 } as const;
const kept = { clean: false, properties: { sessionExpiryInterval: 600 } };
const payload = (text: string) => new TextEncoder().encode(text);

async function enter(clientId: string, options: IClientOptions = {}, url = server.mqtt) {
  const settings = { protocolVersion: 4, reconnectPeriod: 0, clientId, ...options } as const;
  const client = await mqtt.connectAsync(url, settings);
  client.on("error", () => {});
  clients.push(client);
  const heard: IPublishPacket[] = [];
  client.on("message", (_topic, _payload, packet) => heard.push(packet));
  const hears = async (count: number) => {
    while (heard.length < count) await new Promise((resolve) => client.once("message", resolve));
    return heard;
  };
  return { client, hears };
}

const gone = (client: MqttClient) =>
  new Promise<void>((resolve) => client.once("close", () => resolve()));

test("Publish reaches MQTT 5 with all its properties and MQTT 3.1.1 without", async () => {
  const one = await enter("reader-5", five);
  const other = await enter("reader-4");
  for (const { client } of [one, other]) await client.subscribeAsync("iotdata/#", { qos: 1 });
  await sdk.send(
    new PublishCommand({
      topic: "iotdata/é/b",
      qos: 1,
      payload: payload('{"a":1}'),
      contentType: "application/json",
      responseTopic: "iotdata/answer",
      messageExpiry: 60,
      userProperties: JSON.stringify([{ k: "1" }, { k: "2" }]),
      payloadFormatIndicator: "UTF8_DATA",
      correlationData: Buffer.from([1, 2, 255]).toString("base64"),
    }),
  );
  const [packet] = await one.hears(1);
  expect(packet).toMatchObject({ topic: "iotdata/é/b", qos: 1, retain: false });
  expect(packet!.payload.toString()).toBe('{"a":1}');
  expect({
    ...packet!.properties,
    userProperties: { ...packet!.properties!.userProperties },
  }).toEqual({
    contentType: "application/json",
    responseTopic: "iotdata/answer",
    messageExpiryInterval: 60,
    userProperties: { k: ["1", "2"] },
    payloadFormatIndicator: true,
    correlationData: Buffer.from([1, 2, 255]),
  });
  const [plain] = await other.hears(1);
  expect(plain!.payload.toString()).toBe('{"a":1}');
  expect(plain!.properties).toBeUndefined();
});

test("over bare HTTP slashes may stand as they are, and errors have their name in a header", async () => {
  const reader = await enter("reader-http");
  await reader.client.subscribeAsync("bare/+/topic");
  const sent = await fetch(`${server.api}/topics/bare/http/topic?qos=1`, {
    method: "POST",
    body: "x",
  });
  expect(sent.status).toBe(200);
  expect(await sent.json()).toEqual({ message: "OK", traceId: expect.any(String) });
  expect((await reader.hears(1))[0]!.topic).toBe("bare/http/topic");
  const refused = await fetch(`${server.api}/topics/bare?qos=2`, { method: "POST" });
  expect([refused.status, refused.headers.get("x-amzn-errortype")]).toEqual([
    400,
    "InvalidRequestException",
  ]);
  expect(await refused.json()).toEqual({
    message: 'qos "2" is no whole number from 0 to 1',
    traceId: expect.any(String),
  });
  expect(await statusOf("PATCH", "/retainedMessage/bare")).toBe(405);
});

/** Of a request that says how long its body is and never sends it. */
function statusOf(method: string, path: string, bodyLength = 0): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { "content-length": bodyLength };
    const sent = request(`${server.api}${path}`, { method, headers });
    sent.on("error", reject).on("response", ({ statusCode }) => {
      sent.destroy();
      resolve(statusCode);
    });
    sent.flushHeaders();
  });
}

test("a payload that is announced as too large is refused before it is sent", async () => {
  expect(await statusOf("POST", "/topics/large", 1_048_577)).toBe(413);
});

test("retained messages are read and listed, after kill -9 too", async () => {
  const userProperties = JSON.stringify([{ from: "sdk" }]);
  const retain = (topic: string, text: string) =>
    sdk.send(
      new PublishCommand({ topic, payload: payload(text), qos: 1, retain: true, userProperties }),
    );
  const before = Date.now();
  for (const topic of ["r/c", "r/a", "r/b/ü"]) await retain(topic, topic);
  const list = async () => {
    const command = new ListRetainedMessagesCommand({ maxResults: 2 });
    const first = await sdk.send(command);
    const { nextToken } = first;
    const rest = await sdk.send(new ListRetainedMessagesCommand({ nextToken }));
    return [...first.retainedTopics!, ...rest.retainedTopics!];
  };
  const entries = await list();
  expect(entries.map(({ topic, payloadSize, qos }) => [topic, payloadSize, qos])).toEqual([
    ["r/a", 3, 1],
    ["r/b/ü", 6, 1],
    ["r/c", 3, 1],
  ]);
  for (const { lastModifiedTime } of entries) {
    expect(lastModifiedTime).toBeGreaterThanOrEqual(before);
  }
  await server.kill();
  server = await startServer({ template, dataFolder, at: server });
  expect(await list()).toEqual(entries);
  const found = await sdk.send(new GetRetainedMessageCommand({ topic: "r/b/ü" }));
  expect(found.lastModifiedTime).toBe(entries[1]!.lastModifiedTime!);
  expect(Buffer.from(found.payload!).toString()).toBe("r/b/ü");
  expect(Buffer.from(found.userProperties!).toString()).toBe(userProperties);
  for (const topic of ["r/a", "r/b/ü", "r/c"]) {
    await sdk.send(new PublishCommand({ topic, retain: true, qos: 1 }));
  }
  await expect(sdk.send(new GetRetainedMessageCommand({ topic: "r/a" }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    $metadata: { httpStatusCode: 404 },
  });
});

test("DeleteConnection tells an MQTT 5 client, and keeps or cleans its session", async () => {
  for (const cleanSession of [false, true]) {
    const clientId = `deleted ${cleanSession}/ü`;
    const { client } = await enter(clientId, { ...five, ...kept });
    await client.subscribeAsync("a/#", { qos: 1 });
    const told = new Promise<number | undefined>((resolve) => {
      client.once("disconnect", ({ reasonCode }) => resolve(reasonCode));
    });
    const left = gone(client);
    await sdk.send(new DeleteConnectionCommand({ clientId, cleanSession }));
    expect(await told).toBe(0x98);
    await left;
    const again = sdk.send(new DeleteConnectionCommand({ clientId }));
    await expect(again).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    const back = new Promise<boolean>((resolve) => {
      const next = mqtt.connect(server.mqtt, { clientId, reconnectPeriod: 0, ...five, ...kept });
      clients.push(next);
      next.once("connect", ({ sessionPresent }) => resolve(sessionPresent));
    });
    expect(await back).toBe(!cleanSession);
  }
});

test.each(["mqtt", "websocket"] as const)("GetConnection shows a client of %s", async (door) => {
  const clientId = `shown-${door}`;
  const before = Date.now();
  const { client } = await enter(clientId, { ...five, ...kept, keepalive: 50 }, server[door]);
  const look = async (more = {}) => {
    const { $metadata: _, ...members } = await sdk.send(
      new GetConnectionCommand({ clientId, ...more }),
    );
    return members;
  };
  const shown = {
    connected: true,
    clientId,
    cleanSession: false,
    keepAliveDuration: 50,
    connectedSince: expect.any(Number),
    sessionExpiry: 600,
  };
  const found = await look({ includeSocketInformation: true });
  expect(found).toEqual({
    ...shown,
    sourceIp: "127.0.0.1",
    sourcePort: expect.any(Number),
    ...(door === "mqtt" && { targetIp: "127.0.0.1" }),
    targetPort: Number(new URL(server[door]).port),
  });
  expect(found.connectedSince).toBeGreaterThanOrEqual(before);
  expect(await look()).toEqual(shown);
  const left = gone(client);
  client.stream.destroy();
  await left;
  while ((await look()).connected) await Bun.sleep(1);
  expect(await look()).toEqual({
    connected: false,
    clientId,
    cleanSession: false,
    sessionExpiry: 600,
    disconnectedSince: expect.any(Number),
    disconnectReason: "CONNECTION_LOST",
  });
});

test("a client that was never there is not known", async () => {
  await expect(
    sdk.send(new GetConnectionCommand({ clientId: "never-there" })),
  ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("ListSubscriptions pages through those of a client that is away, after kill -9 too", async () => {
  const { client } = await enter("subscriber", { ...five, ...kept });
  const filters = ["c/+", "a/#", "$share/g/b", "b"];
  for (const filter of filters) await client.subscribeAsync(filter, { qos: 1 });
  const list = async (more = {}) =>
    await sdk.send(new ListSubscriptionsCommand({ clientId: "subscriber", ...more }));
  const { subscriptions, nextToken } = await list({ maxResults: 3 });
  expect(subscriptions).toEqual(
    filters.slice(0, 3).map((topicFilter) => ({ topicFilter, qos: 1 })),
  );
  await client.unsubscribeAsync("c/+");
  await server.kill();
  server = await startServer({ template, dataFolder, at: server });
  expect((await list({ nextToken })).subscriptions).toEqual([{ topicFilter: "b", qos: 1 }]);
  expect((await list()).subscriptions?.map(({ topicFilter }) => topicFilter)).toEqual(
    filters.slice(1),
  );
});

test("SendDirectMessage reaches a client without a subscription, and confirms", async () => {
  const reader = await enter("direct", five);
  const answer = await sdk.send(
    new SendDirectMessageCommand({
      clientId: "direct",
      topic: "for/you/alone",
      payload: payload("hi"),
      confirmation: true,
      contentType: "text/plain",
    }),
  );
  expect(answer).toMatchObject({ message: "OK", traceId: expect.any(String) });
  const [packet] = await reader.hears(1);
  expect(packet).toMatchObject({ topic: "for/you/alone", qos: 1, retain: false });
  expect(packet!.properties).toEqual({ contentType: "text/plain" });
});

test("without a PUBACK SendDirectMessage is a time-out, without a client not found", async () => {
  const { hostname: host, port } = new URL(server.mqtt);
  const silent = await openLine({ host, port: Number(port) });
  const field = (text: string) => [0, text.length, ...Buffer.from(text)];
  const body = [...field("MQTT"), 4, 2, 0, 0, ...field("silent")];
  silent.send(Uint8Array.from([0x10, body.length, ...body]));
  await silent.next(10_000);
  const direct = (clientId: string) =>
    sdk.send(
      new SendDirectMessageCommand({ clientId, topic: "t", confirmation: true, timeout: 1 }),
    );
  await expect(direct("silent")).rejects.toMatchObject({
    name: "GatewayTimeoutException",
    $metadata: { httpStatusCode: 504 },
  });
  await expect(direct("nobody")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  silent.hangUp();
});

test.each(["GetConnection", "DeleteConnection", "ListSubscriptions", "SendDirectMessage"])(
  "%s refuses client ids that begin with a dollar sign",
  async (operation) => {
    const clientId = "$GEN/1";
    const commands = {
      GetConnection: () => sdk.send(new GetConnectionCommand({ clientId })),
      DeleteConnection: () => sdk.send(new DeleteConnectionCommand({ clientId })),
      ListSubscriptions: () => sdk.send(new ListSubscriptionsCommand({ clientId })),
      SendDirectMessage: () => sdk.send(new SendDirectMessageCommand({ clientId, topic: "t" })),
    } as Record<string, () => Promise<unknown>>;
    await expect(commands[operation]!()).rejects.toMatchObject({
      name: "InvalidRequestException",
      $metadata: { httpStatusCode: 400 },
    });
  },
);
