/**
 * What AWS IoT Core refuses, and how it says so, against a server with `--limits aws`.
 *
 * The exchanges are in `limits/`, in the form of `conformance/mqtt/README.md`. Their clauses say
 * where it stands: `AWS-quotas` is the page "AWS IoT Core endpoints and quotas", `AWS-mqtt` the
 * developer guide's "MQTT", `AWS-events` its "Lifecycle events". `choice` is where AWS says that
 * something is refused, or leaves it open, and not how.
 */

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt from "mqtt";
import { type Server, startServer } from "../harness.ts";
import { problemsOf } from "../mqtt/check.ts";
import { readAreas, runAreas } from "../mqtt/suite.ts";

const sources = ["AWS-quotas", "AWS-mqtt", "AWS-events", "choice"];
const areas = readAreas(join(import.meta.dir, "limits"));
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-limits-"));
let server: Server;

beforeAll(async () => {
  const flags = ["--limits", "aws"];
  server = await startServer({ template: "bench/empty-template.yaml", dataFolder, flags });
});

afterAll(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

test.each(areas)("the exchanges of $area are well-formed", ({ cases }) => {
  expect(problemsOf(cases, (clause) => sources.includes(clause))).toEqual([]);
});

test.each(areas.map((one) => [one.area, one] as const))(
  "the server meets every exchange of %s",
  async (_, area) => {
    const { hostname, port } = new URL(server.mqtt);
    const settings = { waitMilliseconds: 10_000, demandsReasons: true };
    const results = await runAreas([area], { host: hostname, port: Number(port), ...settings });
    const failed = results.filter(({ problem }) => problem !== undefined);
    expect(
      failed.map(({ exchange, problem }) => `${exchange.name} (${exchange.level}): ${problem}`),
    ).toEqual([]);
  },
  60_000,
);

test("a persistent session of MQTT 3.1.1 is kept for an hour", async () => {
  const options = { protocolVersion: 4, clientId: "persistent", clean: false } as const;
  const client = await mqtt.connectAsync(server.mqtt, options);
  const answer = await fetch(`${server.api}/connections/persistent`);
  expect(await answer.json()).toMatchObject({ cleanSession: false, sessionExpiry: 3600 });
  await client.endAsync();
});

test("what is too large for a client is too large for the HTTP API", async () => {
  const publish = async (bytes: number) => {
    const body = new Uint8Array(bytes);
    const answer = await fetch(`${server.api}/topics/a`, { method: "POST", body });
    return [answer.status, answer.headers.get("x-amzn-errortype")];
  };
  expect(await publish(131_072)).toEqual([200, null]);
  expect(await publish(131_073)).toEqual([413, "RequestEntityTooLargeException"]);
});
