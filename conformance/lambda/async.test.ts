/** What was accepted is tried: over kill -9 at any moment, and to the end of its retries. */

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { type Server, startServer, wholeLinesOf } from "../harness.ts";

setDefaultTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), "millrace-async-"));
const options = {
  template: "conformance/fixtures/jobs/template.yaml",
  dataFolder: join(folder, "data"),
  flags: ["--retry-delays", "0.2,0.4", "--parameter", `Folder=${folder}`],
};
let server: Server;

beforeAll(async () => {
  server = await startServer(options);
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

function newClient(): LambdaClient {
  return new LambdaClient({
    endpoint: server.api,
    region: "us-east-1",
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
    maxAttempts: 1,
  });
}

interface Event {
  readonly id: string;
  readonly fail?: boolean;
  readonly wait?: boolean;
}

async function send(event: Event, FunctionName = "work"): Promise<string> {
  const client = newClient();
  const answer = await client.send(
    new InvokeCommand({
      FunctionName,
      InvocationType: "Event",
      Payload: JSON.stringify(event),
    }),
  );
  client.destroy();
  expect(answer.StatusCode).toBe(202);
  return answer.$metadata.requestId!;
}

interface InvocationRecord {
  readonly requestContext: {
    readonly requestId: string;
    readonly condition: string;
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload: { readonly id: string };
  readonly responsePayload: unknown;
}

const linesOf = (file: string) => wholeLinesOf(join(folder, file));

async function recordOf(id: string): Promise<InvocationRecord> {
  for (;;) {
    const records = linesOf("records").map((line) => JSON.parse(line) as InvocationRecord);
    const found = records.find(({ requestPayload }) => requestPayload.id === id);
    if (found) return found;
    await Bun.sleep(20);
  }
}

test("an event that is handled leads to its destination", async () => {
  const requestId = await send({ id: "plain" });
  expect(await recordOf("plain")).toMatchObject({
    version: "1.0",
    requestContext: {
      requestId,
      functionArn: "arn:aws:lambda:us-east-1:000000000000:function:work:$LATEST",
      condition: "Success",
      approximateInvokeCount: 1,
    },
    responseContext: { statusCode: 200, executedVersion: "$LATEST" },
    responsePayload: { did: "plain" },
  });
});

test("an event that fails is tried as often as the function says, then its record goes", async () => {
  await send({ id: "failing", fail: true });
  expect(await recordOf("failing")).toMatchObject({
    requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 2 },
    responseContext: { functionError: "Unhandled" },
    responsePayload: { errorType: "Error", errorMessage: "no failing" },
  });
  expect(linesOf("tries").filter((id) => id === "failing")).toHaveLength(2);
});

test("a function that may run no call sends its events on, and refuses those who wait", async () => {
  await send({ id: "shut" }, "shut");
  expect((await recordOf("shut")).requestContext).toMatchObject({
    condition: "RetriesExhausted",
    approximateInvokeCount: 0,
  });
  const client = newClient();
  const refused = await client
    .send(new InvokeCommand({ FunctionName: "shut", Payload: "{}" }))
    .catch((thrown) => thrown);
  client.destroy();
  expect([refused.name, refused.Reason]).toEqual([
    "TooManyRequestsException",
    "ReservedFunctionConcurrentInvocationLimitExceeded",
  ]);
});

test("events accepted before kill -9 are handled after it, those in hand once more", async () => {
  const ids = Array.from({ length: 40 }, (_, at) => `kill-${at}`);
  await Promise.all(ids.map((id) => send({ id, wait: true })));
  while (linesOf("tries").filter((id) => ids.includes(id)).length === 0) await Bun.sleep(10);
  await server.kill();
  expect(linesOf("records").filter((line) => line.includes("kill-"))).toEqual([]);
  writeFileSync(join(folder, "go"), "");
  server = await startServer({ ...options, at: server });
  for (const id of ids) {
    expect((await recordOf(id)).requestContext.condition).toBe("Success");
  }
});

test("a retry that was waited for comes after kill -9, and the failures still count", async () => {
  await send({ id: "patient", fail: true });
  while (!linesOf("tries").includes("patient")) await Bun.sleep(5);
  await server.kill();
  server = await startServer({ ...options, at: server });
  const { requestContext } = await recordOf("patient");
  expect(requestContext.condition).toBe("RetriesExhausted");
  expect(linesOf("tries").filter((id) => id === "patient").length).toBeWithin(2, 4);
});
