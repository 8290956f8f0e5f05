/** Guests of an identity pool over a signed WebSocket: what each may do, and what it is told. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { presign, type SigningCredentials } from "@millrace/mqtt/presign";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { arrive as arriveAt, type Guest, signedAddress } from "../guest.ts";
import { type Server, startServer } from "../harness.ts";

const template = "conformance/fixtures/guests/template.yaml";
const region = "us-east-1";
/** Made from the names of stack and resource: browsers remember identities of it. */
const poolId = `${region}:f2ffc5e6-39c6-4b2d-8ed0-fc6be76b21e2`;
const arns = `arn:aws:iot:${region}:000000000000`;
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-guests-"));
let server: Server;

beforeAll(async () => {
  server = await startServer({ template, dataFolder, flags: ["--anonymous", "tcp,api"] });
});

const clients: MqttClient[] = [];
afterAll(async () => {
  for (const client of clients) client.end(true);
  await server?.stop();
  rmSync(dataFolder, { recursive: true });
});

const arrive = () => arriveAt(server.edge, poolId);

async function open({ credentials }: Guest, options: IClientOptions): Promise<MqttClient> {
  const address = await signedAddress(server.websocket, credentials);
  const client = await mqtt.connectAsync(address, { reconnectPeriod: 0, ...options });
  clients.push(client);
  return client;
}

/** The return code with which a CONNECT is refused. */
async function refusalOf(opened: Promise<MqttClient>): Promise<number | undefined> {
  return opened.then(
    () => undefined,
    (error: { code?: number }) => error.code,
  );
}

interface Denial {
  readonly clientId: string;
  readonly action: string;
  readonly resource: string;
  readonly reason: string;
  readonly count: number;
  readonly deniedBy?: object;
  readonly remedy?: { readonly sentence: string; readonly statement?: object };
}

async function denialOf(action: string, resource: string): Promise<Denial | undefined> {
  const { denials } = await (await fetch(`${server.api}/_millrace/denials`)).json();
  return (denials as Denial[]).find((one) => {
    return one.action === action && one.resource === `${arns}:${resource}`;
  });
}

const notAuthorized = 0x87;
const topicNameInvalid = 0x90;
const versions = [4, 5] as const;

describe("CONNECT", () => {
  test.each(versions)(
    "version %p: with a client id of one's own, and no other",
    async (version) => {
      const [ann, ben] = [await arrive(), await arrive()];
      const protocolVersion = version;
      const annsId = `${ann.sub}-tab${version}`;
      const client = await open(ann, { clientId: annsId, protocolVersion });
      let isClosed = false;
      client.on("close", () => {
        isClosed = true;
      });
      const code = await refusalOf(open(ben, { clientId: annsId, protocolVersion }));
      expect(code).toBe(version === 5 ? notAuthorized : 5);
      await client.publishAsync("room/a", "still here", { qos: 1 });
      expect(isClosed).toBe(false);
      expect(await denialOf("iot:Connect", `client/${annsId}`)).toMatchObject({
        clientId: annsId,
        principal: ben.sub,
        arn: "arn:aws:sts::000000000000:assumed-role/guests-Guest/CognitoIdentityCredentials",
        reason: "'iot:Connect' is refused: no 'Allow' in the policies of the identity matches",
        remedy: {
          statement: {
            Effect: "Allow",
            Action: "iot:Connect",
            Resource: `${arns}:client/${annsId}`,
          },
        },
      });
    },
  );

  test("with a will only where it may be published, and never a session that stays", async () => {
    const guest = await arrive();
    const withWill = (topic: string, retain: boolean) =>
      refusalOf(
        open(guest, {
          clientId: `${guest.sub}-will`,
          will: { topic, payload: Buffer.from("gone"), qos: 1, retain },
        }),
      );
    expect(await withWill("room/a", false)).toBeUndefined();
    expect(await withWill("room/board", true)).toBeUndefined();
    expect(await withWill("room/a", true)).toBe(5);
    expect(await withWill("elsewhere", false)).toBe(5);
    const stays = { clientId: `${guest.sub}-stays`, clean: false };
    expect(await refusalOf(open(guest, stays))).toBe(5);
    const properties = { sessionExpiryInterval: 60 };
    const stays5 = { clientId: `${guest.sub}-stays`, protocolVersion: 5, properties } as const;
    expect(await refusalOf(open(guest, stays5))).toBe(notAuthorized);
  });
});

describe("PUBLISH", () => {
  test("that no policy allows is answered in MQTT 5, and ends the connection before it", async () => {
    const guest = await arrive();
    const five = await open(guest, { clientId: `${guest.sub}-5`, protocolVersion: 5 });
    const refused = await five.publishAsync("elsewhere", "x", { qos: 1 }).then(
      () => undefined,
      (error: { code?: number }) => error.code,
    );
    expect(refused).toBe(notAuthorized);
    expect(five.connected).toBe(true);
    const four = await open(guest, { clientId: `${guest.sub}-4`, protocolVersion: 4 });
    const closed = new Promise<void>((resolve) => four.once("close", () => resolve()));
    four.publish("elsewhere", "x", { qos: 1 });
    await closed;
    const denial = await denialOf("iot:Publish", "topic/elsewhere");
    expect(denial?.remedy?.sentence).toBe("add it to the policies of the identity");
    const address = `${server.api}/_millrace/trace?outcome=refused&topic=elsewhere`;
    const traced = (await (await fetch(address)).text()).trim().split("\n");
    const events = traced.map((line) => JSON.parse(line) as Denial);
    const own = events.filter(({ clientId }) => clientId.startsWith(guest.sub));
    expect(own.map(({ clientId }) => clientId)).toEqual([`${guest.sub}-5`, `${guest.sub}-4`]);
    expect(own[0]).toMatchObject({ reason: denial?.reason, remedy: denial?.remedy });
  });

  test("to be retained needs a permission of its own; a Deny names itself", async () => {
    const guest = await arrive();
    const client = await open(guest, { clientId: `${guest.sub}-r`, protocolVersion: 5 });
    const outcome = (topic: string, retain: boolean) =>
      client.publishAsync(topic, "x", { qos: 1, retain }).then(
        () => "taken",
        () => "refused",
      );
    expect(await outcome("room/board", true)).toBe("taken");
    expect(await outcome("room/a", false)).toBe("taken");
    expect(await outcome("room/a", true)).toBe("refused");
    expect(await denialOf("iot:RetainPublish", "topic/room/a")).toBeDefined();
    expect(await outcome("room/secret", false)).toBe("refused");
    expect(await denialOf("iot:Publish", "topic/room/secret")).toMatchObject({
      deniedBy: { policy: "guest", statement: 5, sid: "Secrets" },
      remedy: { sentence: expect.stringContaining("no 'Allow' helps against a 'Deny'") },
    });
  });
});

describe("delivery", () => {
  test.each([0, 1] as const)("QoS %p: only what may be received arrives", async (qos) => {
    const [ann, ben] = [await arrive(), await arrive()];
    for (const protocolVersion of versions) {
      const clientId = `${ann.sub}-${qos}${protocolVersion}`;
      const reader = await open(ann, { clientId, protocolVersion });
      const received: string[] = [];
      const last = new Promise<void>((resolve) => {
        reader.on("message", (topic) => {
          received.push(topic);
          if (topic === "room/last") resolve();
        });
      });
      await reader.subscribeAsync("#", { qos });
      const device = await mqtt.connectAsync(server.mqtt);
      clients.push(device);
      const topics = [
        "room/secret",
        "inbox",
        `inbox/${ben.sub}/1`,
        `inbox/${ann.sub}/1`,
        "room/last",
      ];
      for (const topic of topics) await device.publishAsync(topic, "x", { qos: 1 });
      await last;
      expect(received.filter((topic) => topic !== "room/board")).toEqual([
        `inbox/${ann.sub}/1`,
        "room/last",
      ]);
    }
    expect(await denialOf("iot:Receive", "topic/room/secret")).toMatchObject({
      deniedBy: { sid: "Secrets" },
    });
  });
});

describe("the upgrade", () => {
  const upgrade = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "mqtt",
  };
  const knock = (address: string) =>
    fetch(address.replace(/^ws/, "http"), { headers: upgrade, redirect: "manual" });

  test("is refused for a signature that proves nothing; the log says why, never a secret", async () => {
    const { credentials } = await arrive();
    const other = await arrive();
    const url = server.websocket;
    const nowMs = Date.now();
    const sign = (more: Partial<SigningCredentials>, at = nowMs) =>
      presign({ url, region, credentials: { ...credentials, ...more }, nowMs: at });
    const { sessionToken } = other.credentials;
    const addresses = [
      await sign({ secretAccessKey: other.credentials.secretAccessKey }),
      await sign(sessionToken === undefined ? {} : { sessionToken }),
      await sign({ accessKeyId: "AKIAIOSFODNN7EXAMPLE" }),
      await sign({}, nowMs - 301_000),
      (await sign({})).replace("/mqtt?", "/mqtt?X-Amz-Expires=900&"),
      (await sign({})).replace("us-east-1", "eu-west-1"),
    ];
    for (const address of addresses) {
      const answer = await knock(address);
      expect(answer.status).toBe(403);
      const { message, traceId, ...more } = await answer.json();
      expect({ message, more }).toEqual({ message: "Forbidden", more: {} });
      await server.logged(traceId);
    }
    // No key can be guessed, and any page could make its visitors fail.
    const figures = await (await fetch(`${server.api}/metrics`)).text();
    expect(figures).toContain("millrace_authentication_failures_total 0");
    await server.logged(credentials.accessKeyId);
    expect(server.log()).not.toContain(credentials.secretAccessKey);
    expect(server.log()).not.toContain(credentials.sessionToken!);
  });

  test.each(["host;", "host;a b", "host:", "ö"])(
    "that claims to have signed the header %p is refused, and the server goes on",
    async (names) => {
      const { credentials } = await arrive();
      const address = (await signedAddress(server.websocket, credentials)).replace(
        "SignedHeaders=host",
        `SignedHeaders=${encodeURIComponent(names)}`,
      );
      expect((await knock(address)).status).toBe(403);
      const scope = `20260102/${region}/sts/aws4_request`;
      const credential = `${credentials.accessKeyId}/${scope}`;
      const authorization = `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=host;;x,Signature=0`;
      const type = { "content-type": "application/x-www-form-urlencoded" };
      const asked = await fetch(server.api, {
        method: "POST",
        headers: { ...type, authorization, "x-amz-date": "20260102T030405Z" },
        body: "Action=GetCallerIdentity&Version=2011-06-15",
      });
      expect(asked.status).toBe(400);
      expect(await asked.text()).toContain("IncompleteSignature");
    },
  );

  test("without a signature leads to no rights at all", async () => {
    expect(await refusalOf(mqtt.connectAsync(server.websocket, { reconnectPeriod: 0 }))).toBe(5);
  });
});

test("a will whose topic is as long as the wire allows is refused, and the server goes on", async () => {
  const will = { topic: `$${"x".repeat(65_530)}`, payload: Buffer.alloc(0), qos: 0, retain: false };
  const { mqtt: address } = server;
  for (let round = 0; round < 2; round += 1) {
    const options = { protocolVersion: 5, will, reconnectPeriod: 0 } as const;
    const opened = mqtt.connectAsync(address, options as IClientOptions);
    expect(await refusalOf(opened)).toBe(topicNameInvalid);
  }
});

test("the owner's key is in a file that only the owner reads, and may do everything", async () => {
  const file = join(dataFolder, "credentials");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file, "utf8");
  const member = (name: string) => new RegExp(`^${name} = (.+)$`, "m").exec(text)![1]!;
  const credentials = {
    accessKeyId: member("aws_access_key_id"),
    secretAccessKey: member("aws_secret_access_key"),
  };
  const client = await open({ sub: "", credentials }, { clientId: "anything", clean: false });
  await client.publishAsync("any/where", "x", { qos: 1, retain: true });
  await client.endAsync();
});
