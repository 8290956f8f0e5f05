import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DetachPolicyCommand,
  IoTClient,
  ListAttachedPoliciesCommand,
  ListThingPrincipalsCommand,
} from "@aws-sdk/client-iot";
import mqtt, { type MqttClient } from "mqtt";
import { type Server, startServer } from "../harness.ts";
import { Certificates, readPair } from "../mqtt/certificates.ts";

const certificates = new Certificates();
const door = certificates.selfSigned("door");
const lamp = certificates.selfSigned("lamp");
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-template-devices-"));
let server: Server | undefined;

afterAll(async () => {
  await server?.stop();
  rmSync(dataFolder, { recursive: true });
  certificates.remove();
});

/** On one line, as a parameter has to be. */
const lampPem = readFileSync(lamp.certificate, "utf8").replaceAll("\n", " ");

async function start(devicePem = lampPem): Promise<Server> {
  const tls = ["--mqtts-port", "0", "--tls-cert", door.certificate, "--tls-key", door.key];
  server = await startServer({
    template: "conformance/fixtures/devices/template.yaml",
    dataFolder,
    flags: [...tls, "--anonymous", "api", "--parameter", `DevicePem=${devicePem}`],
  });
  return server;
}

async function enter(clientId: string): Promise<MqttClient> {
  return mqtt.connectAsync(server!.mqtts!, {
    protocolVersion: 5,
    reconnectPeriod: 0,
    ca: readFileSync(door.certificate),
    ...readPair(lamp),
    clientId,
  });
}

test("a template's device comes and speaks; what is changed by hand stays over a start", async () => {
  const { api } = await start();
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  const iot = new IoTClient({ endpoint: api, region: "us-east-1", credentials });
  await expect(enter("other")).rejects.toThrow("Not authorized");
  const client = await enter("lamp");
  await client.publishAsync("room/hall/on", "x", { qos: 1 });
  await expect(client.publishAsync("room/attic/on", "x", { qos: 1 })).rejects.toThrow();
  await client.endAsync();

  const { principals } = await iot.send(new ListThingPrincipalsCommand({ thingName: "lamp" }));
  const target = principals![0]!;
  const attached = await iot.send(new ListAttachedPoliciesCommand({ target }));
  const policyName = attached.policies![0]!.policyName!;
  await iot.send(new DetachPolicyCommand({ policyName, target }));
  await server!.stop();
  await start();
  await expect(enter("lamp")).rejects.toThrow("Not authorized");
});

test("what is no certificate is told with its place, and nothing starts", async () => {
  await server?.stop();
  server = undefined;
  await expect(start("nonsense")).rejects.toThrow(
    "template.yaml:10:23: the certificate cannot be taken: there is no",
  );
});
