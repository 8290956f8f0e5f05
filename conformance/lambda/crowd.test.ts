/** Many calls at once, with fewer processes: who waits, and who is told to come again. */

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvokeCommand, LambdaClient, TooManyRequestsException } from "@aws-sdk/client-lambda";
import { type Server, startServer } from "../harness.ts";

setDefaultTimeout(60_000);

const processes = 3;
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-crowd-"));
let server: Server;
let client: LambdaClient;

beforeAll(async () => {
  const template = "conformance/fixtures/crowd/template.yaml";
  server = await startServer({ template, dataFolder, flags: ["--processes", `${processes}`] });
  client = new LambdaClient({
    endpoint: server.api,
    region: "us-east-1",
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  client?.destroy();
  await server?.stop();
  rmSync(dataFolder, { recursive: true });
});

async function call(FunctionName: string, event: object = {}): Promise<unknown> {
  const Payload = JSON.stringify(event);
  const answer = await client.send(new InvokeCommand({ FunctionName, Payload }));
  return JSON.parse(Buffer.from(answer.Payload!).toString());
}

test("calls beyond the processes wait and are all answered, by so many processes", async () => {
  const pids = await Promise.all(Array.from({ length: 40 }, () => call("slow")));
  expect(new Set(pids).size).toBeLessThanOrEqual(processes);
  const figures = await (await fetch(`${server.api}/metrics`)).text();
  await server.logged("calls wait, as many processes run as may: --processes");
  expect(figures).toContain(`\nmillrace_function_processes_max ${processes}\n`);
});

test("a function whose turn would never come has a process all the same", async () => {
  const held = Array.from({ length: processes }, () => call("slow", { milliseconds: 5_000 }));
  const first = await Promise.race([call("asked").then(() => "asked"), ...held]);
  expect(first).toBe("asked");
  await Promise.all(held);
});

test("a call beyond what the function has reserved is refused, and says why", async () => {
  const calls = Array.from({ length: 3 }, () => call("few", { milliseconds: 2_000 }));
  const ends = await Promise.allSettled(calls);
  const refused = ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
  expect(refused).toHaveLength(1);
  const [error] = refused as [TooManyRequestsException];
  expect(error).toBeInstanceOf(TooManyRequestsException);
  expect([
    error.Reason,
    error.Type,
    error.retryAfterSeconds,
    error.$metadata.httpStatusCode,
  ]).toEqual(["ReservedFunctionConcurrentInvocationLimitExceeded", "User", "1", 429]);
});
