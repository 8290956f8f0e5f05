/** Shadows over real MQTT and the SDK: what devices, applications, rules and guests see. */

import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteThingShadowCommand,
  GetThingShadowCommand,
  IoTDataPlaneClient,
  ListNamedShadowsForThingCommand,
  PublishCommand,
  UpdateThingShadowCommand,
} from "@aws-sdk/client-iot-data-plane";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { arrive, signedAddress } from "../guest.ts";
import { type Server, startServer } from "../harness.ts";

const template = "conformance/fixtures/shadows/template.yaml";
/** Made from the names of stack and resource. */
const poolId = "us-east-1:d8e28244-0f3a-4b6a-8545-e419c16ce319";
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-shadows-"));
const clients: MqttClient[] = [];
let server: Server;
let sdk: IoTDataPlaneClient;

const start = (at?: Server) =>
  startServer({ template, dataFolder, at, flags: ["--anonymous", "tcp,api"] });

beforeAll(async () => {
  server = await start();
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

// biome-ignore lint/suspicious/noExplicitAny: documents of the tests' own making
type Document = any;

interface Heard {
  readonly topic: string;
  readonly document: Document;
}

async function enter(options: IClientOptions = {}, url = server.mqtt) {
  const client = mqtt.connect(url, { reconnectPeriod: 0, ...options });
  client.on("error", () => {});
  clients.push(client);
  const heard: Heard[] = [];
  client.on("message", (topic, payload) =>
    heard.push({ topic, document: JSON.parse(payload.toString()) }),
  );
  // What a session has kept comes right behind CONNACK.
  await new Promise((resolve) => client.once("connect", resolve));
  const hears = async (count: number) => {
    while (heard.length < count) await new Promise((resolve) => client.once("message", resolve));
    return heard.splice(0, count);
  };
  const say = (topic: string, document: object | "") => {
    const text = document === "" ? "" : JSON.stringify(document);
    return client.publishAsync(topic, text, { qos: 1 });
  };
  return { client, heard, hears, say };
}

const prefixOf = (thing: string) => `$aws/things/${thing}/shadow`;
const reported = (power: unknown) => ({ state: { reported: { power } } });
const desired = (power: unknown) => ({ state: { desired: { power } } });
const endOf = ({ topic }: Heard) => topic.replace(/^.*\/shadow\//, "");

async function get(thingName: string, shadowName?: string): Promise<Document> {
  const { payload } = await sdk.send(new GetThingShadowCommand({ thingName, shadowName }));
  return JSON.parse(Buffer.from(payload!).toString());
}

test("a device and an application come to agree over MQTT", async () => {
  const prefix = prefixOf("agreed");
  const device = await enter();
  const application = await enter({ protocolVersion: 5 });
  await device.client.subscribeAsync(`${prefix}/update/delta`, { qos: 1 });
  await application.client.subscribeAsync([`${prefix}/update/+`, `${prefix}/get/+`], { qos: 1 });
  await application.say(`${prefix}/get`, { clientToken: "first" });
  const [missing] = await application.hears(1);
  expect(missing).toEqual({
    topic: `${prefix}/get/rejected`,
    document: {
      code: 404,
      message: "No shadow exists with name: 'agreed'",
      clientToken: "first",
    },
  });
  await device.say(`${prefix}/update`, reported("off"));
  expect((await application.hears(2)).map(endOf).sort()).toEqual([
    "update/accepted",
    "update/documents",
  ]);
  await application.say(`${prefix}/update`, { ...desired("on"), clientToken: "t-1", version: 1 });
  const told = await application.hears(3);
  expect(told.map(endOf).sort()).toEqual(["update/accepted", "update/delta", "update/documents"]);
  expect(told.find((one) => endOf(one) === "update/accepted")!.document).toMatchObject({
    state: { desired: { power: "on" } },
    version: 2,
    clientToken: "t-1",
  });
  const [delta] = await device.hears(1);
  expect(delta!.document).toMatchObject({ state: { power: "on" }, version: 2, clientToken: "t-1" });
  await device.say(`${prefix}/update`, { ...reported("on"), version: 1 });
  expect((await application.hears(1))[0]!.document).toEqual({
    code: 409,
    message: "Version conflict",
  });
  await device.say(`${prefix}/update`, { ...reported("on"), version: 2 });
  await application.hears(2);
  await application.say(`${prefix}/get`, "");
  const [whole] = await application.hears(1);
  expect(whole!.document).toMatchObject({
    state: { desired: { power: "on" }, reported: { power: "on" } },
    version: 3,
  });
  expect(whole!.document.state.delta).toBeUndefined();
});

test("HTTP and MQTT speak of the same shadows", async () => {
  const watcher = await enter();
  await watcher.client.subscribeAsync("$aws/things/both/shadow/#", { qos: 1 });
  const thingName = "both";
  const payload = JSON.stringify(desired("on"));
  await sdk.send(new UpdateThingShadowCommand({ thingName, shadowName: "config", payload }));
  expect((await watcher.hears(3)).map(endOf).sort()).toEqual([
    "name/config/update/accepted",
    "name/config/update/delta",
    "name/config/update/documents",
  ]);
  await watcher.say(`${prefixOf(thingName)}/name/config/update`, reported("on"));
  expect(await get(thingName, "config")).toMatchObject({ version: 2 });
  const topic = `${prefixOf(thingName)}/update`;
  await sdk.send(new PublishCommand({ topic, qos: 1, payload: JSON.stringify(reported("off")) }));
  expect(await get(thingName)).toMatchObject({ state: { reported: { power: "off" } }, version: 1 });
  const listed = await sdk.send(new ListNamedShadowsForThingCommand({ thingName }));
  expect(listed.results).toEqual(["config"]);
  await sdk.send(new DeleteThingShadowCommand({ thingName }));
  await expect(get(thingName)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("a message on any other topic of a shadow, or to be retained, is refused", async () => {
  const refusalOf = async (topic: string, retain = false) => {
    const { client } = await enter({ protocolVersion: 5 });
    const sent = client.publishAsync(topic, "{}", { qos: 1, retain });
    return sent.then(
      () => "accepted",
      (error) => error.code,
    );
  };
  const prefix = prefixOf("lamp");
  for (const end of ["update/accepted", "update/delta", "list", "name/x", ""]) {
    expect(await refusalOf(`${prefix}/${end}`)).not.toBe("accepted");
  }
  expect(await refusalOf(`${prefix}/get`, true)).not.toBe("accepted");
  expect(await refusalOf(`${prefix}/get`)).toBe("accepted");
});

test("a rule hears what a shadow answers, and is done when the update is acknowledged", async () => {
  const { client, hears, say, heard } = await enter();
  await client.subscribeAsync("told/+", { qos: 1 });
  await say(`${prefixOf("lamp")}/update`, reported("on"));
  const [told] = await hears(1);
  expect(told).toEqual({
    topic: "told/lamp",
    document: { thing: "lamp", power: "on", version: 1 },
  });
  await say(`${prefixOf("lamp")}/update`, desired("off"));
  expect(heard).toEqual([]);
});

test("a rule updates a shadow, and another hears of it", async () => {
  const { client, hears, say } = await enter();
  await client.subscribeAsync("told/+", { qos: 1 });
  await say("plain/old", { power: "on" });
  expect((await get("old")).state.reported).toEqual({ power: "on" });
  expect(await hears(1)).toEqual([
    { topic: "told/old", document: { thing: "old", power: "on", version: 1 } },
  ]);
});

test("a statement looks a shadow up, in its role", async () => {
  const { client, hears, say } = await enter();
  await client.subscribeAsync("told/look/+", { qos: 1 });
  await say(`${prefixOf("lamp")}/update`, reported("dim"));
  await say(`${prefixOf("secret")}/update`, reported("on"));
  await say("look/secret", {});
  await say("look/absent", {});
  await say("look/lamp", {});
  expect(await hears(1)).toEqual([{ topic: "told/look/lamp", document: { power: "dim" } }]);
  await server.logged("iot:GetThingShadow on resource: arn:aws:iot:us-east-1");
  await server.logged("No shadow exists with name: 'absent'");
});

test("a rule that feeds itself through a shadow is stopped, and the update acknowledged", async () => {
  const { say } = await enter();
  await say(`${prefixOf("endless")}/update`, reported(1));
  expect((await get("endless")).version).toBe(1 + 5);
  await server.logged("has come 10 steps through rules");
});

test("a guest does and hears what its policies allow", async () => {
  const { credentials } = await arrive(server.edge, poolId);
  const address = () => signedAddress(server.websocket, credentials);
  const guest = await enter({ protocolVersion: 5, clientId: "guest" }, await address());
  const prefix = prefixOf("shared");
  await guest.client.subscribeAsync(`${prefix}/#`, { qos: 1 });
  await guest.say(`${prefix}/update`, desired("on"));
  await guest.say(`${prefix}/update`, reported("on"));
  const accepted = await guest.hears(2);
  expect(accepted.map(endOf)).toEqual(["update/accepted", "update/accepted"]);
  expect(accepted.map(({ document }) => document.version)).toEqual([1, 2]);
  expect(guest.heard).toEqual([]);
  await expect(guest.say(`${prefix}/get`, "")).rejects.toThrow();
  await expect(guest.say(`${prefixOf("other")}/update`, desired("on"))).rejects.toThrow();
  expect((await get("shared")).version).toBe(2);
});

test("a will on a shadow's topic is heard and changes nothing", async () => {
  const prefix = prefixOf("willing");
  const watcher = await enter();
  await watcher.client.subscribeAsync(`${prefix}/#`, { qos: 1 });
  const will = {
    topic: `${prefix}/update`,
    payload: JSON.stringify(reported("gone")),
    qos: 1,
  } as const;
  const { client } = await enter({
    will: { ...will, payload: Buffer.from(will.payload), retain: false },
  });
  client.stream.destroy();
  expect((await watcher.hears(1)).map(endOf)).toEqual(["update"]);
  await expect(get("willing")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  expect(watcher.heard).toEqual([]);
});

test("what is acknowledged is there after a kill, with its version", async () => {
  const prefix = prefixOf("durable");
  const options = { clientId: "kept", clean: false, reconnectPeriod: 0 } as const;
  const listener = await enter(options);
  await listener.client.subscribeAsync(`${prefix}/update/delta`, { qos: 1 });
  await listener.client.endAsync();
  const { say } = await enter();
  await say(`${prefix}/update`, reported(1));
  await say(`${prefix}/update`, { state: { desired: { power: 2, id: 7 } } });
  await say(`${prefix}/name/gone/update`, reported(1));
  await say(`${prefix}/name/gone/delete`, "");
  for (let round = 0; round < 3; round += 1) {
    const writer = await enter();
    await writer.say(`${prefix}/update`, reported(round));
    await server.kill();
    server = await start(server);
    expect(await get("durable")).toMatchObject({
      state: { desired: { power: 2, id: 7 }, reported: { power: round } },
      version: 3 + round,
    });
  }
  const back = await enter(options);
  const deltas = await back.hears(4);
  expect(deltas.map(({ document }) => document.version)).toEqual([2, 3, 4, 5]);
  await back.say(`${prefix}/name/gone/update`, reported(2));
  expect(await get("durable", "gone")).toMatchObject({ version: 2 });
});

test("of a burst that a kill cuts off, every update that was acknowledged is there", async () => {
  const { say } = await enter();
  const acknowledged: number[] = [];
  const enough = Promise.withResolvers<void>();
  for (let number = 1; number <= 10; number += 1) {
    const sent = say(`${prefixOf("burst")}/update`, reported(number));
    sent.then(
      () => {
        acknowledged.push(number);
        if (acknowledged.length === 3) enough.resolve();
      },
      () => {}, // those that the kill cuts off
    );
  }
  await enough.promise;
  await server.kill();
  server = await start(server);
  const { state, version } = await get("burst");
  expect(state.reported.power).toBe(version);
  expect(version).toBeGreaterThanOrEqual(Math.max(...acknowledged));
});
