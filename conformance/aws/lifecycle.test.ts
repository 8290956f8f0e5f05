import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteConnectionCommand, IoTDataPlaneClient } from "@aws-sdk/client-iot-data-plane";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { type Server, startServer } from "../harness.ts";
import { openLine } from "../mqtt/line.ts";

const credentials = { accessKeyId: "any", secretAccessKey: "any" };

/** Hears every lifecycle event, and waits for the one of a kind and a client. */
class Watcher {
  readonly heard: { topic: string; text: string }[] = [];
  readonly client: MqttClient;

  constructor(client: MqttClient) {
    this.client = client;
    client.on("message", (topic, payload) => {
      this.heard.push({ topic, text: payload.toString() });
    });
  }

  /** The newest one; waits for it. */
  async event(kind: string, clientId: string) {
    const topic = `$aws/events/${kind}/${clientId}`;
    for (;;) {
      const found = this.heard.findLast((one) => one.topic === topic);
      if (found) return JSON.parse(found.text);
      await new Promise((resolve) => this.client.once("message", resolve));
    }
  }

  async wills(clientId: string): Promise<string[]> {
    await this.client.publishAsync("watched/end", "", { qos: 1 });
    return this.heard.filter(({ topic }) => topic === `watched/${clientId}`).map((one) => one.text);
  }
}

async function enter(url: string, options: IClientOptions): Promise<MqttClient> {
  const settings = { protocolVersion: 4, reconnectPeriod: 0, ...options } as const;
  const client = await mqtt.connectAsync(url, settings);
  client.on("error", () => {});
  return client;
}

async function openWatched(flags: readonly string[] = []) {
  const dataFolder = mkdtempSync(join(tmpdir(), "millrace-events-"));
  const template = "bench/empty-template.yaml";
  const server = await startServer({ template, dataFolder, flags });
  const watcher = new Watcher(await enter(server.mqtt, { clientId: "watcher" }));
  await watcher.client.subscribeAsync(["$aws/events/#", "watched/#"], { qos: 1 });
  const close = async () => {
    await watcher.client.endAsync(true);
    await server.stop();
    rmSync(dataFolder, { recursive: true });
  };
  return { server, watcher, close };
}

const willOf = (clientId: string) => ({
  will: {
    topic: `watched/${clientId}`,
    payload: Buffer.from("will"),
    qos: 1 as const,
    retain: false,
  },
});

/** The bytes of a CONNECT with a will. */
function connectWithWill(clientId: string, { keepAliveSeconds = 0 } = {}) {
  const field = (text: string) => [0, text.length, ...Buffer.from(text)];
  const head = [...field("MQTT"), 4, 0x06, 0, keepAliveSeconds];
  const body = [...head, ...field(clientId), ...field(`watched/${clientId}`), ...field("will")];
  return Uint8Array.from([0x10, body.length, ...body]);
}

/** A WebSocket as a page opens it, which closes it without MQTT's DISCONNECT. */
async function enterAsPage(server: Server, clientId: string): Promise<WebSocket> {
  const socket = new WebSocket(server.websocket, "mqtt");
  socket.binaryType = "arraybuffer";
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const connack = new Promise((resolve) => socket.addEventListener("message", resolve));
  socket.send(connectWithWill(clientId));
  await connack;
  return socket;
}

describe("over the network", () => {
  let house: Awaited<ReturnType<typeof openWatched>>;

  beforeAll(async () => {
    house = await openWatched();
  });

  afterAll(() => house.close());

  const come = (clientId: string, options: IClientOptions = {}) =>
    enter(house.server.mqtt, { clientId, ...willOf(clientId), ...options });
  const five = { protocolVersion: 5 } as const;

  test.each<[reason: string, how: string, wills: number, end: (id: string) => Promise<unknown>]>([
    [
      "CLIENT_INITIATED_DISCONNECT",
      "DISCONNECT",
      0,
      async (id) => await (await come(id)).endAsync(),
    ],
    [
      "CLIENT_INITIATED_DISCONNECT",
      "DISCONNECT with the will",
      1,
      async (id) => await (await come(id, five)).endAsync(false, { reasonCode: 4 }),
    ],
    [
      "CLIENT_INITIATED_DISCONNECT",
      "the Close frame of a page",
      1,
      async (id) => (await enterAsPage(house.server, id)).close(),
    ],
    [
      "CLIENT_INITIATED_DISCONNECT",
      "a Close frame with a code of the page's own",
      1,
      async (id) => (await enterAsPage(house.server, id)).close(4001, "bye"),
    ],
    ["CONNECTION_LOST", "a cut", 1, async (id) => (await come(id)).stream.destroy()],
    [
      "CLIENT_ERROR",
      "a malformed packet",
      1,
      async (id) => (await come(id)).stream.write(Buffer.from("c100", "hex")),
    ],
    [
      "MQTT_KEEP_ALIVE_TIMEOUT",
      "silence",
      1,
      async (id) => {
        const { hostname: host, port } = new URL(house.server.mqtt);
        const line = await openLine({ host, port: Number(port) });
        line.send(connectWithWill(id, { keepAliveSeconds: 1 }));
      },
    ],
    [
      "API_INITIATED_DISCONNECT",
      "a call",
      1,
      async (id) => {
        await come(id);
        await remove(id, false);
      },
    ],
    [
      "API_INITIATED_DISCONNECT",
      "a call that prevents the will",
      0,
      async (id) => {
        await come(id);
        await remove(id, true);
      },
    ],
  ])("%s after %s", async (reason, how, wills, end) => {
    const clientId = how.replaceAll(" ", "-");
    await end(clientId);
    const event = await house.watcher.event("presence/disconnected", clientId);
    expect(event).toEqual({
      clientId,
      timestamp: expect.any(Number),
      eventType: "disconnected",
      sessionIdentifier: expect.stringMatching(/^[\da-f-]{36}$/),
      principalIdentifier: "anonymous",
      clientInitiatedDisconnect: reason === "CLIENT_INITIATED_DISCONNECT",
      disconnectReason: reason,
      versionNumber: 0,
    });
    const connected = await house.watcher.event("presence/connected", clientId);
    expect(connected.sessionIdentifier).toBe(event.sessionIdentifier);
    expect(connected.versionNumber).toBe(0);
    expect(connected.ipAddress).toBe("127.0.0.1");
    expect(await house.watcher.wills(clientId)).toEqual(wills ? ["will"] : []);
  });

  function remove(clientId: string, preventWillMessage: boolean) {
    const settings = { endpoint: house.server.api, region: "us-east-1", credentials };
    const command = new DeleteConnectionCommand({ clientId, preventWillMessage });
    return new IoTDataPlaneClient(settings).send(command);
  }

  test("DUPLICATE_CLIENTID: the loser's event and will, and a greater version", async () => {
    await come("twin");
    const winner = await come("twin");
    const event = await house.watcher.event("presence/disconnected", "twin");
    expect(event).toMatchObject({ disconnectReason: "DUPLICATE_CLIENTID", versionNumber: 0 });
    expect(event.clientInitiatedDisconnect).toBe(false);
    expect(await house.watcher.wills("twin")).toEqual(["will"]);
    const connected = await house.watcher.event("presence/connected", "twin");
    expect(connected.versionNumber).toBe(1);
    await winner.endAsync();
  });

  test("subscriptions are told with their filters, under a client id with slashes", async () => {
    const client = await come("site/1/door");
    await client.subscribeAsync(["room/1/#", "user/+/in"]);
    await client.unsubscribeAsync("room/1/#");
    const subscribed = await house.watcher.event("subscriptions/subscribed", "site/1/door");
    expect(subscribed).toEqual({
      clientId: "site/1/door",
      timestamp: expect.any(Number),
      eventType: "subscribed",
      sessionIdentifier: expect.any(String),
      principalIdentifier: "anonymous",
      topics: ["room/1/#", "user/+/in"],
    });
    const unsubscribed = await house.watcher.event("subscriptions/unsubscribed", "site/1/door");
    expect(unsubscribed).toMatchObject({ eventType: "unsubscribed", topics: ["room/1/#"] });
    await client.endAsync();
  });

  test("a client id with a wildcard gives no events", async () => {
    for (const clientId of ["a+b", "a#b", "plain"]) {
      await (await enter(house.server.mqtt, { clientId })).endAsync();
    }
    await house.watcher.event("presence/disconnected", "plain");
    expect(house.watcher.heard.filter(({ text }) => /a[+#]b/.test(text))).toEqual([]);
  });
});

test("connect_failed tells who was not let in, and from where", async () => {
  const house = await openWatched(["--anonymous", "tcp,api"]);
  const refused = enter(house.server.websocket, { clientId: "stranger" });
  await expect(refused).rejects.toMatchObject({ code: 5 });
  expect(await house.watcher.event("presence/connect_failed", "stranger")).toEqual({
    clientId: "stranger",
    timestamp: expect.any(Number),
    eventType: "connect_failed",
    sessionIdentifier: expect.stringMatching(/^[\da-f-]{36}$/),
    principalIdentifier: "anonymous",
    ipAddress: "127.0.0.1",
    connectFailureReason: "AUTHORIZATION_FAILED",
  });
  expect(house.watcher.heard.filter(({ topic }) => topic.includes("/connected/"))).toEqual([]);
  await house.close();
});

test("with the limits of AWS IoT a page that closes keeps its will to itself, a cut does not", async () => {
  const house = await openWatched(["--limits", "aws"]);
  const page = await enterAsPage(house.server, "page");
  page.close();
  const left = await house.watcher.event("presence/disconnected", "page");
  expect(left.disconnectReason).toBe("CLIENT_INITIATED_DISCONNECT");
  const cut = await enter(house.server.websocket, { clientId: "cut", ...willOf("cut") });
  cut.stream.destroy();
  const lost = await house.watcher.event("presence/disconnected", "cut");
  expect(lost.disconnectReason).toBe("CONNECTION_LOST");
  expect(await house.watcher.wills("page")).toEqual([]);
  expect(await house.watcher.wills("cut")).toEqual(["will"]);
  await house.close();
});
