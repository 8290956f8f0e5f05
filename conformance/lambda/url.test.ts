/** Functions' own addresses: everybody's, signed, and in pieces, as a server gives them. */

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { type Server, startServer } from "../harness.ts";

setDefaultTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), "millrace-urls-"));
const dataFolder = join(folder, "data");
let server: Server;

beforeAll(async () => {
  server = await startServer({ template: "conformance/fixtures/urls/template.yaml", dataFolder });
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** Sends there by its address, as not every resolver knows names below `localhost`. */
function ask(name: string, path = "/", init: RequestInit = {}): Promise<Response> {
  const { host } = new URL(server.urls[name]!);
  const headers = { host, ...(init.headers as Record<string, string>) };
  return fetch(`${server.edge}${path}`, { ...init, headers });
}

test("an open one is everybody's, under the request id that the handler sees", async () => {
  const answer = await ask("open", "/a?b=c");
  expect(answer.status).toBe(201);
  expect(answer.headers.get("x-amzn-requestid")).toBe(answer.headers.get("x-request"));
  const { host } = new URL(server.urls.open!);
  expect(await answer.json()).toMatchObject({
    rawPath: "/a",
    requestContext: { domainName: host, accountId: "anonymous" },
  });
});

test("a preflight is answered in the handler's place", async () => {
  const headers = { origin: "https://page.test", "access-control-request-method": "GET" };
  const answer = await ask("open", "/", { method: "OPTIONS", headers });
  expect(answer.headers.get("access-control-allow-origin")).toBe("https://page.test");
  expect(answer.headers.get("x-request")).toBeNull();
});

/** Sends what the SDK signs for the address to the edge, and gives back what came. */
async function askSigned(credentials: { accessKeyId: string; secretAccessKey: string }) {
  const url = server.urls.signed!;
  let answer: Response | undefined;
  const client = new LambdaClient({
    endpoint: url,
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
    requestHandler: {
      async handle(request: { path: string; headers: Record<string, string> }) {
        answer = await ask("signed", request.path, { headers: request.headers });
        const headers = { "content-type": "application/json" };
        return { response: { statusCode: 200, headers, body: new Blob(["{}"]).stream() } };
      },
    } as never,
  });
  await client.send(new ListFunctionsCommand({})).catch(() => {}); // the answer is not Lambda's
  return answer!;
}

test("a signed one is for those whom identity knows, and tells the handler who it is", async () => {
  expect((await ask("signed")).status).toBe(403);
  const text = readFileSync(join(dataFolder, "credentials"), "utf8");
  const readField = (name: string) => new RegExp(`${name} = (.+)`).exec(text)![1]!;
  const accessKeyId = readField("aws_access_key_id");
  const secretAccessKey = readField("aws_secret_access_key");
  const wrong = await askSigned({ accessKeyId, secretAccessKey: "guessed" });
  expect([wrong.status, await wrong.json()]).toEqual([403, { Message: "Forbidden" }]);
  const answer = await askSigned({ accessKeyId, secretAccessKey });
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({
    requestContext: { accountId: "000000000000", authorizer: { iam: { accessKey: accessKeyId } } },
  });
  await server.logged("InvalidSignatureException");
});

test("an answer in pieces has its head and first piece before it has its last", async () => {
  const answer = await ask("streamed", "/?wait=500");
  expect([answer.status, answer.headers.get("x-own")]).toEqual([202, "1"]);
  const reader = answer.body!.getReader();
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    pieces.push(decoder.decode(read.value));
  }
  expect(pieces).toEqual(["first;", "second;"]);
});

test("one that breaks off ends its connection without an end, and the server goes on", async () => {
  const { host } = new URL(server.urls.streamed!);
  const received = await new Promise<string>((resolve) => {
    let text = "";
    const socket = connect(Number(new URL(server.edge).port), "127.0.0.1");
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
    });
    socket.on("error", () => {}); // a reset is as good an end
    socket.on("close", () => resolve(text));
    socket.write(`GET /fail HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  });
  expect(received).toContain("first;");
  expect(received).not.toContain("\r\n0\r\n\r\n");
  expect((await ask("open")).status).toBe(201);
  expect(server.log()).not.toContain("breakOff");
});
