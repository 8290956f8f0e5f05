import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateCertificateFromCsrCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateThingCommand,
  DescribeCertificateCommand,
  DetachPolicyCommand,
  IoTClient,
  RegisterCertificateWithoutCACommand,
  UpdateCertificateCommand,
} from "@aws-sdk/client-iot";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { type Server, startServer } from "../harness.ts";
import { Certificates, readPair } from "../mqtt/certificates.ts";
import { RemoteProcess } from "../mqtt/clients/remote-client.ts";

const template = "conformance/fixtures/orders/template.yaml";
const certificates = new Certificates();
const door = certificates.selfSigned("door");
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-devices-"));
const clients: MqttClient[] = [];
let server: Server;
let iot: IoTClient;

/** The owner's, as the server has written them down. */
function readCredentials() {
  const text = readFileSync(join(dataFolder, "credentials"), "utf8");
  const member = (name: string) => new RegExp(`^${name} = (.*)$`, "m").exec(text)![1]!;
  const accessKeyId = member("aws_access_key_id");
  return { accessKeyId, secretAccessKey: member("aws_secret_access_key") };
}

async function start(): Promise<void> {
  const tls = ["--mqtts-port", "0", "--tls-cert", door.certificate, "--tls-key", door.key];
  const flags = [...tls, "--anonymous", "none"];
  server = await startServer({ template, dataFolder, flags });
  const who = { region: "us-east-1", credentials: readCredentials(), maxAttempts: 1 };
  iot = new IoTClient({ endpoint: server.api, ...who });
}

beforeAll(start);

afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
});

afterAll(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true });
  certificates.remove();
});

interface Keys {
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
}

async function enter(options: Omit<IClientOptions, keyof Keys> & Keys): Promise<MqttClient> {
  const client = mqtt.connect(server.mqtts!, {
    protocolVersion: 5,
    reconnectPeriod: 0,
    ca: readFileSync(door.certificate),
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

/** How a client that is connected is sent away: the reason code of DISCONNECT. */
function sentAway(client: MqttClient): Promise<number | undefined> {
  return new Promise((resolve) => {
    client.once("disconnect", ({ reasonCode }) => resolve(reasonCode));
  });
}

const arn = (resource: string) => `arn:aws:iot:us-east-1:000000000000:${resource}`;

function policy(...statements: readonly object[]): string {
  const Statement = statements.map((one) => ({ Effect: "Allow", ...one }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

/** Connect as oneself, and speak and hear below one's own name. */
const ownTopics = policy(
  { Action: "iot:Connect", Resource: arn("client/$" + "{iot:ClientId}") },
  { Action: "iot:Publish", Resource: arn("topic/$" + "{iot:ClientId}/*") },
  { Action: "iot:Subscribe", Resource: arn("topicfilter/$" + "{iot:ClientId}/*") },
  { Action: "iot:Receive", Resource: arn("topic/$" + "{iot:ClientId}/*") },
);

interface Device extends Keys {
  readonly id: string;
  readonly arn: string;
}

async function makeDevice(...policyNames: readonly string[]): Promise<Device> {
  const made = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
  const target = made.certificateArn!;
  for (const policyName of policyNames) {
    await iot.send(new AttachPolicyCommand({ policyName, target }));
  }
  const { certificateId: id = "", certificatePem: cert = "", keyPair } = made;
  return { id, arn: target, cert, key: keyPair?.PrivateKey ?? "" };
}

async function makePolicy(policyName: string, policyDocument: string): Promise<string> {
  await iot.send(new CreatePolicyCommand({ policyName, policyDocument }));
  return policyName;
}

function setStatus(certificateId: string, newStatus: "ACTIVE" | "INACTIVE" | "REVOKED") {
  return iot.send(new UpdateCertificateCommand({ certificateId, newStatus }));
}

const keysOf = ({ cert, key }: Device): Keys => ({ cert, key });
const notAuthorized = 0x87;

describe("a device with a certificate that was made here", () => {
  test("may do what its policies allow, and nothing else", async () => {
    const device = await makeDevice(await makePolicy("own-topics", ownTopics));
    const ann = await enter({ ...keysOf(device), clientId: "ann" });
    await ann.subscribeAsync("ann/+", { qos: 1 });
    const heard = new Promise<string>((resolve) =>
      ann.once("message", (_topic, payload) => resolve(payload.toString())),
    );
    await ann.publishAsync("ann/said", "hello", { qos: 1 });
    expect(await heard).toBe("hello");
    await expect(ann.publishAsync("bob/said", "hello", { qos: 1 })).rejects.toThrow(
      "Not authorized",
    );
    await expect(ann.subscribeAsync("bob/+")).rejects.toThrow();
  });

  test("is not let in without a policy, nor while its certificate is not active", async () => {
    const bare = await makeDevice();
    await expect(enter({ ...keysOf(bare), clientId: "bare" })).rejects.toThrow("Not authorized");
    const device = await makeDevice("own-topics");
    for (const status of ["INACTIVE", "REVOKED"] as const) {
      await setStatus(device.id, status);
      const entering = enter({ ...keysOf(device), clientId: "bob" });
      await expect(entering).rejects.toThrow("Not authorized");
      await server.logged(`reason="its status is ${status}"`);
    }
    await setStatus(device.id, "ACTIVE");
    await enter({ ...keysOf(device), clientId: "bob" });
  });

  test("is the same after a restart", async () => {
    const device = await makeDevice("own-topics");
    await server.stop();
    await start();
    await enter({ ...keysOf(device), clientId: "carl" });
    const described = await iot.send(new DescribeCertificateCommand({ certificateId: device.id }));
    expect(described.certificateDescription).toMatchObject({
      status: "ACTIVE",
      certificatePem: device.cert,
    });
    const { mode } = statSync(join(dataFolder, "device-authority.pem"));
    expect(mode & 0o777).toBe(0o600);
  });
});

describe("a connection that is open", () => {
  test("ends when its certificate is deactivated or revoked", async () => {
    for (const status of ["INACTIVE", "REVOKED"] as const) {
      const device = await makeDevice("own-topics");
      const dora = await enter({ ...keysOf(device), clientId: `dora-${status}` });
      const reason = sentAway(dora);
      await setStatus(device.id, status);
      expect(await reason).toBe(notAuthorized);
    }
  });

  test("feels a policy that is detached, attached or changed with its next packet", async () => {
    await makePolicy("connect", policy({ Action: "iot:Connect", Resource: "*" }));
    const said = policy({ Action: "iot:Publish", Resource: arn("topic/said") });
    const policyName = await makePolicy("say", said);
    const device = await makeDevice("connect");
    const target = device.arn;
    const emma = await enter({ ...keysOf(device), clientId: "emma" });
    const say = () => emma.publishAsync("said", "x", { qos: 1 });
    await expect(say()).rejects.toThrow("Not authorized");
    await iot.send(new AttachPolicyCommand({ policyName, target }));
    await say();
    const policyDocument = policy({ Action: "iot:Publish", Resource: arn("topic/other") });
    const version = { policyName, policyDocument, setAsDefault: true };
    await iot.send(new CreatePolicyVersionCommand(version));
    await expect(say()).rejects.toThrow("Not authorized");
    await emma.publishAsync("other", "x", { qos: 1 });
    await iot.send(new DetachPolicyCommand({ policyName, target }));
    await expect(emma.publishAsync("other", "x", { qos: 1 })).rejects.toThrow("Not authorized");
  });
});

describe("certificates from elsewhere", () => {
  test("are let in once they are registered, not before", async () => {
    const pair = certificates.selfSigned("elsewhere");
    const keys = readPair(pair);
    await expect(enter({ ...keys, clientId: "fred" })).rejects.toThrow("Not authorized");
    await server.logged('reason="it is not registered here"');
    const certificatePem = keys.cert.toString();
    const made = await iot.send(
      new RegisterCertificateWithoutCACommand({ certificatePem, status: "ACTIVE" }),
    );
    const target = made.certificateArn!;
    await iot.send(new AttachPolicyCommand({ policyName: "own-topics", target }));
    await enter({ ...keys, clientId: "fred" });
  });

  test("nobody gets in without one where nobody anonymous does", async () => {
    await expect(enter({ clientId: "gus" })).rejects.toThrow("Not authorized");
  });

  test("a device's own key, with a certificate from its request", async () => {
    const [key, request] = [join(certificates.folder, "csr.key"), join(certificates.folder, "csr")];
    const words = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    const subject = ["-subj", "/CN=hanna", "-keyout", key, "-out", request];
    expect(Bun.spawnSync(["openssl", "req", ...words, ...subject]).exitCode).toBe(0);
    const certificateSigningRequest = readFileSync(request, "utf8");
    const asked = { certificateSigningRequest, setAsActive: true };
    const made = await iot.send(new CreateCertificateFromCsrCommand(asked));
    const commonName = "$" + "{iot:Certificate.Subject.CommonName}";
    const document = policy(
      { Action: "iot:Connect", Resource: arn(`client/${commonName}`) },
      { Action: "iot:Publish", Resource: arn(`topic/of/${commonName}`) },
    );
    const policyName = await makePolicy("by-common-name", document);
    const target = made.certificateArn!;
    await iot.send(new AttachPolicyCommand({ policyName, target }));
    const keys = { cert: made.certificatePem!, key: readFileSync(key) };
    await expect(enter({ ...keys, clientId: "other" })).rejects.toThrow("Not authorized");
    const hanna = await enter({ ...keys, clientId: "hanna" });
    await hanna.publishAsync("of/hanna", "x", { qos: 1 });
  });

  test.skipIf(!Bun.which("mosquitto_pub"))("mosquitto_pub speaks as a device", async () => {
    const device = await makeDevice("own-topics");
    const [cert, key] = ["m.crt", "m.key"].map((name) => join(certificates.folder, name));
    writeFileSync(cert!, device.cert ?? "");
    writeFileSync(key!, device.key ?? "");
    const { port } = new URL(server.mqtts!);
    const words = ["-h", "localhost", "-p", port, "--cafile", door.certificate, "--cert", cert!];
    const common = [...words, "--key", key!, "-i", "mosq", "-m", "x", "-q", "1", "-V", "5"];
    const say = async (topic: string) => {
      const said = Bun.spawn(["mosquitto_pub", ...common, "-t", topic], { stderr: "pipe" });
      return `${await new Response(said.stderr).text()}${await said.exited}`;
    };
    expect(await say("mosq/said")).toBe("0");
    expect(await say("ann/said")).toContain("Not authorized");
  });
});

describe("the AWS IoT device SDK", () => {
  test("enters with a certificate from the registry, and hears itself", async () => {
    const device = await makeDevice("own-topics");
    const [certificate, key] = ["sdk.crt", "sdk.key"].map((name) =>
      join(certificates.folder, name),
    ) as [string, string];
    writeFileSync(certificate, device.cert ?? "");
    writeFileSync(key, device.key ?? "");
    const driver = join(import.meta.dir, "../mqtt/clients/aws-iot-sdk.mjs");
    const program = new RemoteProcess(["node", driver]);
    try {
      for (const version of [4, 5] as const) {
        const clientId = `sdk-${version}`;
        const client = await program.open({
          url: server.mqtts!.replace("127.0.0.1", "localhost"),
          clientId,
          version,
          cleanStart: true,
          sessionExpirySeconds: 0,
          tls: { ca: door.certificate, certificate, key },
        });
        await client.connect();
        expect(await client.subscribe(`${clientId}/+`, 1)).toBe(1);
        const note = {
          topic: `${clientId}/said`,
          payload: "hello",
          qos: 1,
          retain: false,
        } as const;
        await client.publish(note);
        expect(await client.hears(1)).toMatchObject([note]);
        await client.disconnect();
      }
    } finally {
      await program.kill();
    }
  });
});

describe("things", () => {
  test("give a device rights by name, attribute and attachment, at once", async () => {
    const name = "$" + "{iot:Connection.Thing.ThingName}";
    const room = "$" + "{iot:Connection.Thing.Attributes[room]}";
    const isAttached = { Bool: { "iot:Connection.Thing.IsAttached": "true" } };
    const document = policy(
      { Action: "iot:Connect", Resource: arn(`client/${name}`), Condition: isAttached },
      { Action: "iot:Publish", Resource: arn(`topic/room/${room}/${name}`) },
    );
    const device = await makeDevice(await makePolicy("by-thing", document));
    const thingName = "lamp-1";
    const attributePayload = { attributes: { room: "hall" } };
    await iot.send(new CreateThingCommand({ thingName, attributePayload }));
    const entering = () => enter({ ...keysOf(device), clientId: thingName });
    await expect(entering()).rejects.toThrow("Not authorized");
    const principal = device.arn;
    await iot.send(new AttachThingPrincipalCommand({ thingName, principal }));
    await expect(enter({ ...keysOf(device), clientId: "lamp-2" })).rejects.toThrow();
    const lamp = await entering();
    await lamp.publishAsync("room/hall/lamp-1", "on", { qos: 1 });
    await expect(lamp.publishAsync("room/attic/lamp-1", "on", { qos: 1 })).rejects.toThrow();
  });
});
