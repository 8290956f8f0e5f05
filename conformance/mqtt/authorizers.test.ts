/** Custom authorizers over the network: user names and passwords, signed tokens, HTTP publishes. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ClearDefaultAuthorizerCommand,
  CreateAuthorizerCommand,
  IoTClient,
  SetDefaultAuthorizerCommand,
  TestInvokeAuthorizerCommand,
} from "@aws-sdk/client-iot";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { type Server, startServer } from "../harness.ts";
import { Certificates } from "./certificates.ts";

const template = "conformance/fixtures/passwords/template.yaml";
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-passwords-"));
const certificates = new Certificates();
const pair = certificates.selfSigned("broker");
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const clients: MqttClient[] = [];
let server: Server;
let iot: IoTClient;

const flags = ["--mqtts-port", "0", "--tls-cert", pair.certificate, "--tls-key", pair.key];

async function start(at?: Server): Promise<void> {
  server = await startServer({
    template,
    dataFolder,
    flags: [...flags, "--anonymous", "api"],
    ...(at && { at }),
  });
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
  iot = new IoTClient({ endpoint: server.api, region: "us-east-1", credentials });
}

beforeAll(async () => {
  await start();
  await iot.send(
    new CreateAuthorizerCommand({
      authorizerName: "Tokens",
      authorizerFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:passwords-Decide",
      tokenKeyName: "token",
      tokenSigningPublicKeys: {
        first: publicKey.export({ type: "spki", format: "pem" }) as string,
      },
      status: "ACTIVE",
    }),
  );
});

afterAll(async () => {
  for (const client of clients) client.end(true);
  await server?.stop();
  certificates.remove();
  rmSync(dataFolder, { recursive: true });
});

async function open(address: string, options: IClientOptions): Promise<MqttClient> {
  const ca = readFileSync(pair.certificate);
  const client = await mqtt.connectAsync(address, { reconnectPeriod: 0, ca, ...options });
  clients.push(client);
  return client;
}

async function codeOf(opened: Promise<MqttClient>): Promise<number | undefined> {
  return opened.then(
    () => undefined,
    (error: { code?: number }) => error.code,
  );
}

const name = "x-amz-customauthorizer-name";
const ann = { username: `ann?${name}=Passwords`, password: "correct horse" };
const transports = ["mqtt", "mqtts", "websocket"] as const;
const versions = [4, 5] as const;

function signedToken(token: string): string {
  const signature = sign("RSA-SHA256", Buffer.from(token), privateKey).toString("base64");
  const query = { [name]: "Tokens", token, "x-amz-customauthorizer-signature": signature };
  return new URLSearchParams(query).toString();
}

describe.each(transports)("over %s", (transport) => {
  test.each(versions)("version %p: a user name with its password gets in", async (version) => {
    const clientId = `ann-${transport}-${version}`;
    const protocolVersion = version;
    const client = await open(server[transport]!, { ...ann, clientId, protocolVersion });
    const heard = new Promise<string>((resolve) => {
      client.on("message", (topic, payload) => resolve(`${topic} ${payload}`));
    });
    await client.subscribeAsync("from/ann/#", { qos: 1 });
    await client.publishAsync("from/ann/1", "hello", { qos: 1 });
    expect(await heard).toBe("from/ann/1 hello");
  });

  test.each(versions)("version %p: whoever has not proved it is told its code", async (version) => {
    const wrong = { ...ann, password: "wrong", clientId: "ann-1", protocolVersion: version };
    expect(await codeOf(open(server[transport]!, wrong))).toBe(version === 5 ? 0x86 : 4);
    const other = { ...ann, clientId: "ben-1", protocolVersion: version };
    expect(await codeOf(open(server[transport]!, other))).toBe(version === 5 ? 0x87 : 5);
    const nobody = { clientId: "ann-1", protocolVersion: version };
    expect(await codeOf(open(server[transport]!, nobody))).toBe(version === 5 ? 0x87 : 5);
  });

  test("a signed token gets in by the user name", async () => {
    const clientId = `ann-token-${transport}`;
    await open(server[transport]!, { username: `?${signedToken("ann")}`, clientId });
  });
});

describe("a WebSocket", () => {
  test("is opened with a signed token in its address, and lives by it", async () => {
    const address = `${server.websocket}?${signedToken("ann")}`;
    const client = await open(address, { clientId: "ann-address", protocolVersion: 5 });
    await client.publishAsync("from/ann/1", "x", { qos: 1 });
    const code = await client.publishAsync("from/ben/1", "x", { qos: 1 }).then(
      () => undefined,
      (error: { code?: number }) => error.code,
    );
    expect(code).toBe(0x87);
    await server.logged('"protocols":["http","mqtt"]'.replaceAll('"', '\\"'));
  });

  test("is refused with 403 before any function is asked, when the token is not signed", async () => {
    const address = server.websocket.replace(/^ws/, "http");
    const headers = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Protocol": "mqtt",
    };
    const query = signedToken("ann").replace("token=ann", "token=ben");
    const answer = await fetch(`${address}?${query}`, { headers });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ message: "Forbidden" });
    const { denials } = await (await fetch(`${server.api}/_millrace/denials`)).json();
    expect(denials[0]).toMatchObject({
      resource: "arn:aws:iot:us-east-1:000000000000:authorizer/Tokens",
      reason: "the client has not proved who it is: the token's signature is not right",
    });
  });
});

test("a function that fails, or takes its time, lets nobody in", async () => {
  const asked = (token: string) =>
    codeOf(open(server.mqtt, { username: `?${signedToken(token)}`, clientId: `${token}-1` }));
  expect(await asked("broken")).toBe(5);
  await server.logged("the directory cannot be reached");
  expect(await asked("slow")).toBe(5);
  await server.logged("has not answered within 5000 ms");
});

test("a device publishes over HTTP with a header, at the edge and at the API door", async () => {
  const reader = await open(server.mqtt, { ...ann, clientId: "ann-reader" });
  const heard: string[] = [];
  const both = new Promise<void>((resolve) => {
    reader.on("message", (_, payload) => {
      if (heard.push(payload.toString()) === 2) resolve();
    });
  });
  await reader.subscribeAsync("from/hook/#", { qos: 1 });
  for (const [door, text] of [
    [server.edge, "edge"],
    [server.api, "api"],
  ] as const) {
    const post = (topic: string, token: string) =>
      fetch(`${door}/topics/${topic}?qos=1`, {
        method: "POST",
        headers: { [name]: "Passwords", token },
        body: text,
      });
    expect((await post("from/hook/1", "letmein")).status).toBe(200);
    expect((await post("from/hook/1", "guess")).status).toBe(403);
    expect((await post("from/ann/1", "letmein")).status).toBe(403);
  }
  await both;
  expect(heard).toEqual(["edge", "api"]);
});

test("the default authorizer is asked for plain user names, over a restart too", async () => {
  const plain = { username: "ben", password: "battery staple", clientId: "ben-1" };
  expect(await codeOf(open(server.mqtt, plain))).toBe(4);
  await iot.send(new SetDefaultAuthorizerCommand({ authorizerName: "Passwords" }));
  await open(server.mqtt, plain);
  await server.kill();
  await start(server);
  await open(server.mqtt, plain);
  const tested = await iot.send(
    new TestInvokeAuthorizerCommand({
      authorizerName: "Passwords",
      mqttContext: { username: "ben", password: Buffer.from("battery staple"), clientId: "x" },
    }),
  );
  expect(tested).toMatchObject({ isAuthenticated: true, principalId: "ben" });
  await iot.send(new ClearDefaultAuthorizerCommand({}));
});
