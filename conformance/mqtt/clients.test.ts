import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { type Server, startServer } from "../harness.ts";

const template = "conformance/fixtures/orders/template.yaml";
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-mqtt-"));
const clients: MqttClient[] = [];
let server: Server;

beforeAll(async () => {
  server = await startServer({ template, dataFolder });
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
});

afterAll(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

interface Received {
  readonly topic: string;
  readonly text: string;
  readonly qos: number;
  readonly retain: boolean;
}

/** A real client with what it has received, and a way to wait for more. */
class Person {
  readonly client: MqttClient;
  readonly received: Received[] = [];

  constructor(client: MqttClient) {
    this.client = client;
    clients.push(client);
    client.on("message", (topic, payload, { qos, retain }) => {
      this.received.push({ topic, text: payload.toString(), qos, retain });
    });
  }

  async hears(count: number): Promise<Received[]> {
    while (this.received.length < count) {
      await new Promise((resolve) => this.client.once("message", resolve));
    }
    return this.received;
  }
}

async function enter(url: string, options: IClientOptions): Promise<Person> {
  const settings = { protocolVersion: 4, reconnectPeriod: 0, ...options } as const;
  const person = new Person(mqtt.connect(url, settings));
  await new Promise<void>((resolve, reject) => {
    person.client.once("connect", () => resolve());
    person.client.once("error", reject);
  });
  return person;
}

test.each(["mqtt", "websocket"] as const)("%s carries every QoS both ways", async (door) => {
  const ann = await enter(server[door], { clientId: `ann-${door}` });
  await ann.client.subscribeAsync(`talk/${door}/+`, { qos: 2 });
  const long = "x".repeat(300_000);
  await ann.client.publishAsync(`talk/${door}/a`, "zero", { qos: 0 });
  await ann.client.publishAsync(`talk/${door}/b`, long, { qos: 1 });
  await ann.client.publishAsync(`talk/${door}/c`, "two", { qos: 2 });
  expect(await ann.hears(3)).toEqual([
    { topic: `talk/${door}/a`, text: "zero", qos: 0, retain: false },
    { topic: `talk/${door}/b`, text: long, qos: 1, retain: false },
    { topic: `talk/${door}/c`, text: "two", qos: 2, retain: false },
  ]);
});

test("lifecycle events tell connections and subscriptions", async () => {
  const watcher = await enter(server.mqtt, { clientId: "watcher" });
  await watcher.client.subscribeAsync("$aws/events/+/+/eve");
  const eve = await enter(server.websocket, { clientId: "eve" });
  await eve.client.subscribeAsync(["a/b", "c/#"]);
  await eve.client.unsubscribeAsync("a/b");
  await eve.client.endAsync();
  const events = (await watcher.hears(4)).map(({ text }) => JSON.parse(text));
  expect(events.map(({ eventType }) => eventType)).toEqual([
    "connected",
    "subscribed",
    "unsubscribed",
    "disconnected",
  ]);
  expect(events[0]).toMatchObject({
    clientId: "eve",
    ipAddress: "127.0.0.1",
    versionNumber: 0,
    timestamp: expect.any(Number),
  });
  expect(events[1]).toMatchObject({ topics: ["a/b", "c/#"] });
  expect(events[3]).toMatchObject({
    clientInitiatedDisconnect: true,
    disconnectReason: "CLIENT_INITIATED_DISCONNECT",
    sessionIdentifier: events[0].sessionIdentifier,
  });
});

test("the same client id takes over; the loser's will is published", async () => {
  const watcher = await enter(server.mqtt, { clientId: "watcher-2" });
  await watcher.client.subscribeAsync("wills/#");
  const will = { topic: "wills/bob", payload: Buffer.from("gone"), qos: 1, retain: false } as const;
  const first = await enter(server.mqtt, { clientId: "bob", will });
  const closed = new Promise<void>((resolve) => first.client.once("close", () => resolve()));
  await enter(server.websocket, { clientId: "bob" });
  await closed;
  expect((await watcher.hears(1))[0]?.text).toBe("gone");
});

test.each(["mqtt", "websocket"] as const)("an old client speaks MQTT 3.1 over %s", async (door) => {
  const old = await enter(server[door], {
    clientId: `old-${door}`,
    protocolId: "MQIsdp",
    protocolVersion: 3,
  });
  await old.client.subscribeAsync(`old/${door}`, { qos: 1 });
  await old.client.publishAsync(`old/${door}`, "still here", { qos: 1 });
  expect((await old.hears(1))[0]?.text).toBe("still here");
});

test.each([
  ["https://elsewhere.example", 403],
  ["null", 403],
  ["http://localhost:5173", 101],
  [undefined, 101],
])("a WebSocket from a page of %s is answered with %s", async (origin, status) => {
  const headers = {
    connection: "upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-protocol": "mqtt",
    ...(origin && { origin }),
  };
  const answer = await new Promise<number>((resolve, reject) => {
    const asked = request(`${server.edge}/mqtt`, { headers });
    asked.on("response", ({ statusCode }) => resolve(statusCode ?? 0));
    asked.on("upgrade", (_response, socket) => {
      socket.destroy();
      resolve(101);
    });
    asked.on("error", reject);
    asked.end();
  });
  expect(answer).toBe(status);
});

test("publishing to a reserved topic closes the connection", async () => {
  const ann = await enter(server.mqtt, { clientId: "forger" });
  const closed = new Promise<void>((resolve) => ann.client.once("close", () => resolve()));
  ann.client.publish("$aws/events/presence/connected/me", "{}");
  await closed;
});

test("every acknowledged message reaches a durable session across kill -9", async () => {
  const durable = { clientId: "keeper", clean: false };
  const keeper = await enter(server.mqtt, durable);
  await keeper.client.subscribeAsync("kept/#", { qos: 1 });
  await keeper.client.endAsync();
  const acknowledged: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const writer = await enter(server.mqtt, { clientId: `writer-${round}` });
    const enough = acknowledged.length + 50;
    let number = 0;
    await new Promise<void>((resolve) => {
      const write = () => {
        number += 1;
        const text = `${round}-${number}`;
        writer.client.publish("kept/x", text, { qos: 1 }, (error) => {
          if (error) return;
          acknowledged.push(text);
          if (acknowledged.length === enough) resolve();
          write();
        });
      };
      for (let window = 0; window < 20; window += 1) write();
    });
    await server.kill();
    server = await startServer({ template, dataFolder, at: server });
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(150);
  const back = await enter(server.mqtt, { ...durable, reconnectPeriod: 0 });
  while (!acknowledged.every((text) => back.received.some((got) => got.text === text))) {
    await back.hears(back.received.length + 1);
  }
  const order = back.received.filter(({ text }) => acknowledged.includes(text));
  expect(order.map(({ text }) => text)).toEqual(acknowledged);
});

test("QoS 2 arrives exactly once across kill -9, whoever was in the middle of it", async () => {
  const lasting = { clean: false, reconnectPeriod: 50 };
  const reader = await enter(server.mqtt, { ...lasting, clientId: "reader-2" });
  await reader.client.subscribeAsync("once/#", { qos: 2 });
  const writer = await enter(server.mqtt, { ...lasting, clientId: "writer-2" });
  const texts = Array.from({ length: 300 }, (_, number) => `${number}`);
  const written: Promise<unknown>[] = [];
  for (let start = 0; start < texts.length; start += 100) {
    for (const text of texts.slice(start, start + 100)) {
      written.push(writer.client.publishAsync("once/x", text, { qos: 2 }));
    }
    await reader.hears(start + 20);
    await server.kill();
    server = await startServer({ template, dataFolder, at: server });
  }
  await Promise.all(written);
  await reader.hears(texts.length);
  // Whatever would come twice comes before this.
  await writer.client.publishAsync("once/x", "last", { qos: 2 });
  await reader.hears(texts.length + 1);
  const heard = reader.received.map(({ text }) => text);
  expect(heard.toSorted()).toEqual([...texts, "last"].toSorted());
});
