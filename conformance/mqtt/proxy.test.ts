import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import mqtt, { MqttClient } from "mqtt";
import { type Server, startServer } from "../harness.ts";
import { Certificates } from "./certificates.ts";

const template = "conformance/fixtures/orders/template.yaml";
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-proxy-"));
const certificates = new Certificates();
let server: Server;
let watcher: MqttClient;
/** By client id, as the lifecycle events tell it. */
const addresses = new Map<string, string>();

const text = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 1883\r\n";
const binary = Uint8Array.fromHex(
  [
    "0d0a0d0a000d0a515549540a",
    "21210027", // version 2, PROXY, TCP over IPv6, 39 bytes
    "20010db8000000000000000000000007",
    "20010db8000000000000000000000001",
    "dc04075b",
    "040000", // a TLV that says nothing
  ].join(""),
);

function dial(address: string, header?: string | Uint8Array): Socket {
  const socket = connect(Number(new URL(address).port), "127.0.0.1");
  socket.on("error", () => {});
  if (header) socket.write(header);
  return socket;
}

/** A client whose proxy sends `header` first. */
async function enter(clientId: string, stream: () => Socket): Promise<MqttClient> {
  const client = new MqttClient(stream, { clientId, protocolVersion: 4, reconnectPeriod: 0 });
  await new Promise<void>((resolve, reject) => {
    client.once("connect", () => resolve());
    client.once("close", () => reject(new Error("closed")));
    client.on("error", reject);
  });
  return client;
}

async function addressOf(clientId: string): Promise<string> {
  while (!addresses.has(clientId)) await Bun.sleep(5);
  return addresses.get(clientId)!;
}

beforeAll(async () => {
  const { certificate, key } = certificates.selfSigned("server");
  const flags = ["--mqtts-port", "0", "--tls-cert", certificate, "--tls-key", key];
  server = await startServer({ template, dataFolder, flags: [...flags, "--proxy-protocol"] });
  watcher = await enter("watcher", () => dial(server.mqtt, text));
  watcher.on("message", (_topic, payload) => {
    const { clientId, ipAddress } = JSON.parse(payload.toString());
    addresses.set(clientId, ipAddress);
  });
  await watcher.subscribeAsync("$aws/events/presence/connected/+");
});

afterAll(async () => {
  await watcher.endAsync(true);
  await server.stop();
  rmSync(dataFolder, { recursive: true });
  certificates.remove();
});

describe("the header of the proxy says who the client is", () => {
  test.each([
    ["of text", text, "192.0.2.7"],
    ["of bytes", binary, "2001:db8::7"],
  ])("over TCP, %s", async (name, header, address) => {
    const client = await enter(`tcp ${name}`, () => dial(server.mqtt, header));
    expect(await addressOf(`tcp ${name}`)).toBe(address);
    await client.endAsync(true);
  });

  test.each([
    ["of text", text, "192.0.2.7"],
    ["of bytes", binary, "2001:db8::7"],
  ])("over TLS, %s", async (name, header, address) => {
    const client = await enter(`tls ${name}`, () =>
      connectTls({ socket: dial(server.mqtts!, header), rejectUnauthorized: false }),
    );
    expect(await addressOf(`tls ${name}`)).toBe(address);
    await client.endAsync(true);
  });

  test("over WebSocket, where no header of HTTP can say otherwise", async () => {
    const socket = dial(server.edge, text);
    const lines = [
      "GET /mqtt HTTP/1.1",
      "Host: localhost",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Protocol: mqtt",
      "X-Forwarded-For: 203.0.113.9",
      "\r\n",
    ];
    const connected = "\x10\x12\0\x04MQTT\x04\x02\0\0\0\x06browse";
    socket.write(`${lines.join("\r\n")}\x82\x94\0\0\0\0${connected}`, "latin1");
    expect(await addressOf("browse")).toBe("192.0.2.7");
    socket.destroy();
  });

  test("over HTTP, functions answer", async () => {
    const socket = dial(server.edge, text);
    socket.write("GET /orders/7 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let answer = "";
    for await (const bytes of socket) answer += bytes;
    expect(answer).toStartWith("HTTP/1.1 404");
    expect(answer).toEndWith("no such order");
  });
});

describe("without the header", () => {
  test.each(["mqtt", "edge"] as const)("nobody comes in at %s", async (door) => {
    const socket = dial(server[door], "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let answer = "";
    socket.on("data", (bytes) => {
      answer += bytes;
    });
    await new Promise<void>((resolve) => socket.once("close", () => resolve()));
    expect(answer).toBe("");
  });

  test.each(["mqtt", "mqtts"] as const)("MQTT.js does not come in at %s", async (door) => {
    const options = { reconnectPeriod: 0, rejectUnauthorized: false } as const;
    const client = mqtt.connect(server[door]!, options);
    const events: string[] = [];
    client.on("connect", () => events.push("connect"));
    client.on("error", () => {});
    await new Promise<void>((resolve) => client.once("close", () => resolve()));
    expect(events).toEqual([]);
  });
});
