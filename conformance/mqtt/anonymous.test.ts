import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt from "mqtt";
import { startServer } from "../harness.ts";
import { Certificates } from "./certificates.ts";

const template = "conformance/fixtures/orders/template.yaml";

/** `in`, or the return code of the refusal. */
async function knock(url: string): Promise<string> {
  try {
    const options = { protocolVersion: 4, reconnectPeriod: 0, rejectUnauthorized: false } as const;
    const client = await mqtt.connectAsync(url, options);
    await client.endAsync();
    return "in";
  } catch (error) {
    return `refused ${(error as { code?: number }).code}`;
  }
}

test.each([
  ["none", "refused 5", "refused 5"],
  ["tcp", "in", "refused 5"],
  ["tcp,api", "in", "refused 5"],
  ["websocket", "refused 5", "in"],
  ["all", "in", "in"],
])("--anonymous %s: TCP and TLS are %s, WebSocket is %s", async (anonymous, tcp, websocket) => {
  const dataFolder = mkdtempSync(join(tmpdir(), "millrace-anonymous-"));
  const certificates = new Certificates();
  const { certificate, key } = certificates.selfSigned("server");
  const tls = ["--tls-cert", certificate, "--tls-key", key, "--mqtts-port", "0"];
  const flags = ["--anonymous", anonymous, ...tls];
  const server = await startServer({ template, dataFolder, flags });
  expect(await knock(server.mqtt)).toBe(tcp);
  expect(await knock(server.mqtts!)).toBe(tcp);
  expect(await knock(server.websocket)).toBe(websocket);
  await server.stop();
  rmSync(dataFolder, { recursive: true });
  certificates.remove();
});
