import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type SecureContextOptions, type TLSSocket } from "node:tls";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { type Server, startServer } from "../harness.ts";
import { Certificates, copyPair, type Pair, readPair } from "./certificates.ts";

const template = "conformance/fixtures/orders/template.yaml";
const certificates = new Certificates();
const first = certificates.selfSigned("first");
const second = certificates.selfSigned("second");
const authority = certificates.selfSigned("authority");
const device = certificates.signedBy(authority, "device");
const used = certificates.pair("used");

const folders: string[] = [];
const servers: Server[] = [];
const clients: MqttClient[] = [];

async function start(...flags: string[]): Promise<Server> {
  const dataFolder = mkdtempSync(join(tmpdir(), "millrace-tls-"));
  folders.push(dataFolder);
  const server = await startServer({ template, dataFolder, flags });
  servers.push(server);
  return server;
}

function tlsFlags({ certificate, key }: Pair): string[] {
  return ["--mqtts-port", "0", "--tls-cert", certificate, "--tls-key", key];
}

afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
});

afterAll(async () => {
  for (const server of servers) await server.stop();
  for (const folder of folders) rmSync(folder, { recursive: true });
  certificates.remove();
});

type Options = IClientOptions & SecureContextOptions;

async function enter(server: Server, options: Options = {}): Promise<MqttClient> {
  const client = mqtt.connect(server.mqtts!, {
    protocolVersion: 4,
    reconnectPeriod: 0,
    ca: readFileSync(first.certificate),
    ...options,
  });
  clients.push(client);
  await new Promise<void>((resolve, reject) => {
    client.once("connect", () => resolve());
    client.once("close", () => reject(new Error("closed before CONNACK")));
    client.on("error", reject);
  });
  return client;
}

/** The texts that come, as many as are asked for. */
async function hear(client: MqttClient, count: number): Promise<string[]> {
  const heard: string[] = [];
  while (heard.length < count) {
    heard.push(
      await new Promise<string>((resolve) =>
        client.once("message", (_topic, payload) => resolve(payload.toString())),
      ),
    );
  }
  return heard;
}

/** The common name of the certificate that a new client is shown. */
async function shownName(server: Server): Promise<string> {
  const port = Number(new URL(server.mqtts!).port);
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  const name = await new Promise<string>((resolve, reject) => {
    socket.once("error", reject);
    socket.once("secureConnect", () => resolve(`${socket.getPeerCertificate().subject.CN}`));
  });
  socket.destroy();
  return name;
}

describe("MQTT over TLS", () => {
  let server: Server;

  beforeAll(async () => {
    server = await start(...tlsFlags(first), "--anonymous", "tcp,api");
  });

  test("has an address of its own", () => {
    expect(server.mqtts).toMatch(/^mqtts:\/\/127\.0\.0\.1:\d+$/);
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)("%s carries every QoS both ways", async (version) => {
    const ann = await enter(server, { minVersion: version, maxVersion: version });
    expect((ann.stream as TLSSocket).getProtocol()).toBe(version);
    await ann.subscribeAsync(`talk/${version}`, { qos: 2 });
    const long = "x".repeat(300_000);
    const heard = hear(ann, 3);
    await ann.publishAsync(`talk/${version}`, "zero", { qos: 0 });
    await ann.publishAsync(`talk/${version}`, long, { qos: 1 });
    await ann.publishAsync(`talk/${version}`, "two", { qos: 2 });
    expect(await heard).toEqual(["zero", long, "two"]);
  });

  test.each([["mqtt"], ["x-amzn-mqtt-ca"]])("agrees on the protocol %p", async (name) => {
    const ann = await enter(server, { ALPNProtocols: [name] });
    expect((ann.stream as TLSSocket).alpnProtocol).toBe(name);
  });

  test("refuses a protocol that is not MQTT", async () => {
    await expect(enter(server, { ALPNProtocols: ["http/1.1"] })).rejects.toThrow();
  });

  test("asks for a certificate, and is content with none, but not with a stranger's", async () => {
    const alien = certificates.selfSigned("alien");
    await expect(enter(server, readPair(alien))).rejects.toThrow("Not authorized");
    await enter(server);
  });

  test.skipIf(!Bun.which("mosquitto_sub"))("mosquitto's clients trust it and speak", async () => {
    const { port } = new URL(server.mqtts!);
    const words = ["-h", "localhost", "-p", port, "--cafile", first.certificate, "-t", "mosquitto"];
    const writing = ["mosquitto_pub", ...words, "-m", "from mosquitto", "-q", "2", "-r"];
    expect(await Bun.spawn(writing).exited).toBe(0);
    const reader = Bun.spawn(["mosquitto_sub", ...words, "-C", "1"], { stdout: "pipe" });
    expect(await new Response(reader.stdout).text()).toBe("from mosquitto\n");
    expect(await reader.exited).toBe(0);
  });
});

describe("certificates of clients", () => {
  test("must lead to the authority, where there is one and they are shown", async () => {
    const server = await start(...tlsFlags(first), "--tls-ca", authority.certificate);
    await enter(server, readPair(device));
    await enter(server);
    await expect(enter(server, readPair(second))).rejects.toThrow();
    await server.logged("warn listeners client certificate refused");
  });
});

describe("a certificate that changes", () => {
  test("is taken while clients stay; a broken one is not", async () => {
    copyPair(first, used);
    const server = await start(...tlsFlags(used));
    const ann = await enter(server);
    await ann.subscribeAsync("a");

    writeFileSync(used.key, "this is no key");
    while (!server.log().includes("new certificate refused")) await Bun.sleep(50);
    expect(await shownName(server)).toBe("first");

    copyPair(second, used);
    while ((await shownName(server)) !== "second") await Bun.sleep(50);
    const heard = hear(ann, 1);
    await ann.publishAsync("a", "still here", { qos: 1 });
    expect(await heard).toEqual(["still here"]);
  });
});

describe("what is wrong with the files is told with their path", () => {
  const missing = join(certificates.folder, "missing.crt");
  test.each([
    [{ ...first, certificate: missing }, `certificate "${missing}" cannot be read: no such file`],
    [
      { ...first, key: second.key },
      `"${second.key}" does not fit the certificate "${first.certificate}"`,
    ],
    [{ ...first, certificate: first.key }, `"${first.key}" is no certificate in PEM form`],
  ])("%p", async (pair, text) => {
    await expect(start(...tlsFlags(pair))).rejects.toThrow(text);
  });
});
