import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IoTDataPlaneClient, PublishCommand } from "@aws-sdk/client-iot-data-plane";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { type Server, startServer } from "../harness.ts";
import { type Exposition, parseExposition, sampleValue } from "./exposition.ts";
import { tableUnder } from "./page.ts";

const dataFolder = mkdtempSync(join(tmpdir(), "millrace-figures-"));
const clients: MqttClient[] = [];
let server: Server;

beforeAll(async () => {
  const template = "conformance/fixtures/orders/template.yaml";
  server = await startServer({ template, dataFolder });
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
});

afterAll(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

async function enter(clientId: string, options: IClientOptions = {}): Promise<MqttClient> {
  const settings = { protocolVersion: 4, keepalive: 0, reconnectPeriod: 0, clientId } as const;
  const client = mqtt.connect(server.mqtt, { ...settings, ...options });
  clients.push(client);
  await new Promise((resolve) => client.once("connect", resolve));
  return client;
}

/** The next `count` messages that the client gets from now on. */
function messages(client: MqttClient, count: number): Promise<string[]> {
  const topics: string[] = [];
  return new Promise((resolve) => {
    client.on("message", (topic) => {
      if (topics.push(topic) === count) resolve(topics);
    });
  });
}

/** Resolves once the server has worked off everything that the client sent before. */
const settle = (client: MqttClient) => client.unsubscribeAsync("nothing");

async function figures(): Promise<Exposition> {
  const answer = await fetch(`${server.api}/metrics`);
  expect(answer.headers.get("content-type")).toStartWith("text/plain; version=0.0.4");
  return parseExposition(await answer.text());
}

/** How much a counter has grown between two readings. */
function growth(before: Exposition, after: Exposition) {
  return (name: string, labels: Record<string, string> = {}) =>
    sampleValue(after, name, labels) - sampleValue(before, name, labels);
}

/** Asks until the figure has the value: for what the server hears of a moment later. */
async function reaches(name: string, labels: Record<string, string>, value: number) {
  let now = await figures();
  while (sampleValue(now, name, labels) !== value) {
    await Bun.sleep(5);
    now = await figures();
  }
  return now;
}

test("after known traffic the figures say exactly what happened", async () => {
  const before = await figures();
  const [ann, ben] = [await enter("ann"), await enter("ben")];
  const heard = messages(ann, 3);
  await ann.subscribeAsync("room/+", { qos: 2 });
  for (const qos of [0, 1, 2] as const) await ben.publishAsync("room/a", "hello", { qos });
  await heard;
  await reaches("millrace_inflight_messages", {}, 0);
  await settle(ann);
  const after = await figures();
  const grown = growth(before, after);

  expect(grown("millrace_sockets_opened_total")).toBe(2);
  expect(grown("millrace_connects_accepted_total")).toBe(2);
  // ann: CONNECT, SUBSCRIBE, PUBACK, PUBREC, PUBCOMP, UNSUBSCRIBE; ben: CONNECT, 3 PUBLISH, PUBREL
  expect(grown("millrace_mqtt_packets_received_total")).toBe(6 + 5);
  // ann: CONNACK, SUBACK, 3 PUBLISH, PUBREL, UNSUBACK; ben: CONNACK, PUBACK, PUBREC, PUBCOMP
  expect(grown("millrace_mqtt_packets_sent_total")).toBe(7 + 4);
  for (const qos of ["0", "1", "2"]) {
    expect(grown("millrace_mqtt_publishes_received_total", { qos })).toBe(1);
    expect(grown("millrace_mqtt_publishes_sent_total", { qos })).toBe(1);
  }
  const bytes = (way: "bytesRead" | "bytesWritten") =>
    [ann, ben].reduce((sum, { stream }) => sum + (stream as unknown as Socketlike)[way], 0);
  expect(grown("millrace_mqtt_received_bytes_total")).toBe(bytes("bytesWritten"));
  expect(grown("millrace_mqtt_sent_bytes_total")).toBe(bytes("bytesRead"));
  expect(grown("millrace_messages_published_total", { source: "client" })).toBe(3);
  expect(sampleValue(after, "millrace_connections", { state: "open" })).toBe(2);
  expect(sampleValue(after, "millrace_sessions", { state: "connected" })).toBe(2);
  expect(grown("millrace_subscriptions")).toBe(1);

  await Promise.all([ann.endAsync(), ben.endAsync()]);
  const left = await reaches("millrace_connections", { state: "open" }, 0);
  const ended = growth(after, left);
  expect(ended("millrace_disconnects_total", { reason: "CLIENT_INITIATED_DISCONNECT" })).toBe(2);
  expect(ended("millrace_subscriptions")).toBe(-1);
});

interface Socketlike {
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

test("what waits for a client that is away is on disk and in the figures, until it has it", async () => {
  const before = await figures();
  const cat = await enter("cat", { clean: false });
  await cat.subscribeAsync("kept/+", { qos: 1 });
  await cat.endAsync();
  await reaches("millrace_sessions", { state: "waiting" }, 1);
  const ben = await enter("ben");
  await ben.publishAsync("kept/a", "1", { qos: 1 });
  await ben.publishAsync("kept/b", "2", { qos: 1, retain: true });
  const meanwhile = await figures();
  expect(sampleValue(meanwhile, "millrace_queued_messages")).toBe(2);
  expect(sampleValue(meanwhile, "millrace_queued_bytes")).toBeGreaterThan(0);
  expect(growth(before, meanwhile)("millrace_retained_messages")).toBe(1);
  expect(growth(before, meanwhile)("millrace_retained_bytes")).toBe(1);
  const stored = growth(before, meanwhile);
  // Two states of the session, its subscription, two messages in its line, one retained.
  expect(stored("millrace_storage_commit_changes_sum")).toBe(6);
  expect(stored("millrace_storage_sync_seconds_count")).toBe(
    stored("millrace_storage_commit_changes_count"),
  );
  expect(stored("millrace_storage_sync_seconds_sum")).toBeGreaterThan(0);

  const options = { protocolVersion: 4, keepalive: 0, clean: false, clientId: "cat" } as const;
  const back = mqtt.connect(server.mqtt, { ...options, reconnectPeriod: 0 });
  clients.push(back);
  expect(await messages(back, 2)).toEqual(["kept/a", "kept/b"]);
  await settle(back);
  const after = await figures();
  expect(sampleValue(after, "millrace_queued_messages")).toBe(0);
  expect(sampleValue(after, "millrace_queued_bytes")).toBe(0);
  expect(sampleValue(after, "millrace_inflight_messages")).toBe(0);
  expect(growth(meanwhile, after)("millrace_mqtt_publishes_sent_total", { qos: "1" })).toBe(2);
  await ben.publishAsync("kept/b", "", { qos: 1, retain: true });
});

test("what is refused is counted by its reason, and the bound by its name", async () => {
  const before = await figures();
  const { hostname, port } = new URL(server.mqtt);
  const stranger = connectSocket(Number(port), hostname);
  stranger.write(Uint8Array.of(0xff, 0xff));
  await new Promise((resolve) => stranger.once("close", resolve));
  const eve = await enter("eve", { protocolVersion: 5 });
  const reserved = await eve.publishAsync("$SYS/broker/uptime", "0", { qos: 1 }).catch(String);
  expect(reserved).toContain("Topic Name invalid");
  const deep = Array.from({ length: 300 }, () => "a").join("/");
  const invalid = await eve.subscribeAsync(deep).catch(String);
  expect(invalid).toContain("Topic Filter invalid");
  const grown = growth(before, await figures());
  expect(grown("millrace_sockets_opened_total")).toBe(2);
  expect(grown("millrace_connects_refused_total", { reason: "protocol" })).toBe(1);
  expect(grown("millrace_messages_refused_total", { reason: "topic-reserved" })).toBe(1);
  expect(grown("millrace_subscriptions_refused_total", { reason: "filter-invalid" })).toBe(1);
  expect(grown("millrace_bounds_reached_total", { bound: "topicLevelsMax" })).toBe(1);
});

test("rules, actions and functions are counted one by one", async () => {
  const before = await figures();
  const ben = await enter("ben");
  const ask = (topic: string, order: object) =>
    ben.publishAsync(topic, JSON.stringify(order), { qos: 1 });
  await ask("orders/shop/store", { id: "1", count: 2 });
  await ask("orders/shop/store", { count: 2 }); // an item without its key
  await ask("orders/shop/ask", { id: "1", count: 0 }); // passed over by WHERE
  await ask("loop/first", { round: 0 });
  const iot = new IoTDataPlaneClient({
    endpoint: server.api,
    region: "us-east-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
  });
  await iot.send(new PublishCommand({ topic: "orders/shop/ask", qos: 1, payload: '{"count":1}' }));
  const asked = { function: "price", outcome: "succeeded" };
  const failed = { function: "price", outcome: "failed" };
  const calls = (now: Exposition) =>
    [asked, failed].reduce((sum, one) => sum + growth(before, now)(functionCalls, one), 0);
  const functionCalls = "millrace_function_calls_total";
  let after = await figures();
  while (calls(after) === 0) {
    await Bun.sleep(20);
    after = await figures();
  }
  const grown = growth(before, after);
  const evaluated = (rule: string, outcome: string) =>
    grown("millrace_rule_evaluations_total", { rule, outcome });
  const acted = (rule: string, outcome: string) =>
    grown("millrace_rule_actions_total", { rule, outcome });
  expect([evaluated("store_order", "fired"), evaluated("store_order", "passed")]).toEqual([2, 0]);
  expect([acted("store_order", "succeeded"), acted("store_order", "failed")]).toEqual([1, 1]);
  expect([evaluated("PriceAsked", "fired"), evaluated("PriceAsked", "passed")]).toEqual([1, 1]);
  expect(acted("PriceAsked", "succeeded")).toBe(1);
  // Ten republications of one message; the eleventh is one too many.
  expect(evaluated("feeds_itself", "fired")).toBe(11);
  expect([acted("feeds_itself", "succeeded"), acted("feeds_itself", "failed")]).toEqual([10, 1]);
  expect(grown("millrace_messages_published_total", { source: "rule" })).toBe(10);
  // What this test asked for, and what the function answered.
  expect(grown("millrace_messages_published_total", { source: "api" })).toBe(2);
  expect(calls(after)).toBe(1);
});

test("$SYS tells who asks for it, at once and retained, and nobody else", async () => {
  const everybody = await enter("everybody");
  const heardByEverybody: string[] = [];
  everybody.on("message", (topic) => heardByEverybody.push(topic));
  await everybody.subscribeAsync("#");
  const watcher = await enter("watcher");
  const documented = tableUnder("## $SYS/broker/...").map(([topic]) => topic!);
  const retained: boolean[] = [];
  watcher.on("message", (_topic, _payload, { retain }) => retained.push(retain));
  const heard = messages(watcher, documented.length);
  await watcher.subscribeAsync("$SYS/#");
  expect((await heard).sort()).toEqual(documented.sort());
  expect(retained.every(Boolean)).toBe(true);
  await settle(everybody);
  expect(heardByEverybody.filter((topic) => topic.startsWith("$SYS"))).toEqual([]);
});

test("the page has every figure, with its kind, unit, labels and meaning", async () => {
  const said = [...(await figures()).values()].map(({ name, kind, help, samples }) => {
    const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
    labels.delete("le");
    const [, unit = ""] = /_(seconds|bytes)(?:_total)?$/.exec(name) ?? [];
    return [name, kind, unit, [...labels].join(", "), help];
  });
  expect(tableUnder("## All figures")).toEqual(said);
});

test("the page explains every value of the labels that are not names", async () => {
  const now = await figures();
  const valuesOf = (name: string, label: string) =>
    now.get(name)!.samples.map(({ labels }) => labels[label]!);
  const explained = (heading: string) => tableUnder(heading).map(([value]) => value!);
  expect(explained("### Messages that were dropped")).toEqual(
    valuesOf("millrace_messages_dropped_total", "reason"),
  );
  expect(explained("### Messages and filters that were refused").sort()).toEqual(
    [
      ...new Set([
        ...valuesOf("millrace_messages_refused_total", "reason"),
        ...valuesOf("millrace_subscriptions_refused_total", "reason"),
      ]),
    ].sort(),
  );
  expect(explained("### Clients that were turned away")).toEqual(
    valuesOf("millrace_connects_refused_total", "reason"),
  );
  expect(explained("### Who published")).toEqual(
    valuesOf("millrace_messages_published_total", "source"),
  );
});
