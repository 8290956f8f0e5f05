import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { isLoopbackOrigin } from "../base/mod.ts";
import { openDoor } from "./door-fixture.ts";

let door: Awaited<ReturnType<typeof openDoor>>;

beforeAll(async () => {
  door = await openDoor();
});

afterAll(() => door.close());

const listTables = {
  "x-amz-target": "DynamoDB_20120810.ListTables",
  authorization: "AWS4-HMAC-SHA256 ...",
};
const post = (headers: Record<string, string>) =>
  fetch(door.url, { method: "POST", headers, body: "{}" });

test("readiness says what is missing until nothing is", async () => {
  door.state.missing = ["broker", "functions"];
  const before = await fetch(`${door.url}/_millrace/ready`);
  expect(before.status).toBe(503);
  expect(await before.json()).toEqual({ ready: false, missing: ["broker", "functions"] });
  door.state.missing = [];
  expect((await fetch(`${door.url}/_millrace/ready`)).status).toBe(200);
});

test("a page from elsewhere is refused and logged, and nothing is done", async () => {
  const answer = await post({ ...listTables, origin: "https://evil.example" });
  expect(answer.status).toBe(403);
  expect(await answer.json()).toEqual({
    message: 'Pages of "https://evil.example" may not use the API of this machine',
  });
  expect(door.warnings.at(-1)).toEqual({ origin: "https://evil.example", ip: "127.0.0.1" });
});

test.each([
  "evil.example",
  "evil.example:4566",
  "127.0.0.1.evil.example",
  "localhost.evil.example",
])("a request for the host %p is refused and logged, and nothing is done", async (host) => {
  const answer = await post({ ...listTables, host });
  expect(answer.status).toBe(403);
  expect((await answer.json()).message).toStartWith(`The host "${host}" is not answered here`);
  expect(door.warnings.at(-1)).toEqual({ host, ip: "127.0.0.1" });
});

test("a request that names no host is refused", async () => {
  const { port, hostname } = new URL(door.url);
  const socket = connect(Number(port), hostname);
  const { promise, resolve } = Promise.withResolvers<string>();
  socket.on("data", (bytes) => resolve(bytes.toString()));
  socket.on("close", () => resolve(""));
  socket.write("GET /_millrace/ready HTTP/1.0\r\n\r\n");
  expect(await promise).toStartWith("HTTP/1.1 403");
  socket.destroy();
});

test.each([
  "localhost",
  "LOCALHOST:4566",
  "api.localhost:1",
  "127.0.0.1",
  "127.1.2.3:80",
  "[::1]:80",
])("a request for the host %p is answered", async (host) => {
  expect((await post({ ...listTables, host })).status).toBe(200);
});

test("a page of this machine may read the answer", async () => {
  const origin = "http://localhost:8080";
  const answer = await post({ ...listTables, origin });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
  expect(answer.headers.get("vary")).toBe("Origin");
});

test("a preflight of this machine's page is answered without reaching an operation", async () => {
  const answer = await fetch(door.url, {
    method: "OPTIONS",
    headers: {
      origin: "http://127.0.0.1:8080",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,x-amz-target",
    },
  });
  expect(answer.status).toBe(204);
  expect(answer.headers.get("access-control-allow-headers")).toBe("authorization,x-amz-target");
});

test.each([
  ["http://localhost", true],
  ["https://app.localhost:8443", true],
  ["http://127.0.0.1:8080", true],
  ["http://[::1]:8080", true],
  ["http://localhost.evil.example", false],
  ["http://127.0.0.1.evil.example", false],
  ["https://evil.example", false],
  ["null", false],
  ["file://localhost", false],
])("the origin %p is of this machine: %p", (origin, loopback) => {
  expect(isLoopbackOrigin(origin)).toBe(loopback);
});

test("an unknown service is named", async () => {
  const byTarget = await post({ "x-amz-target": "Kinesis_20131202.PutRecord" });
  expect(byTarget.status).toBe(404);
  expect(await byTarget.json()).toEqual({
    message: 'The service of X-Amz-Target "Kinesis_20131202.PutRecord" is not implemented',
  });
  const byPath = await fetch(`${door.url}/v20180820/jobs`, { headers: signedFor("batch") });
  expect(byPath.status).toBe(404);
  expect(await byPath.json()).toEqual({
    message: 'GET "/v20180820/jobs" of the service "batch" is not implemented',
  });
});

const signedFor = (service: string, keyId = "AK") => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${keyId}/20260101/us-east-1/${service}/aws4_request, Signature=00`,
});

test("a service whose clients read XML is named in XML", async () => {
  const ofS3 = await fetch(`${door.url}/bucket/a<b`, { headers: signedFor("s3") });
  expect(ofS3.status).toBe(501);
  expect(await ofS3.text()).toContain(
    '<Code>NotImplemented</Code><Message>GET "/bucket/a%3Cb" of the service "s3" is',
  );
  const ofIam = await fetch(door.url, {
    method: "POST",
    headers: { ...signedFor("iam"), "content-type": "application/x-www-form-urlencoded" },
    body: "Action=ListRoles&Version=2010-05-08",
  });
  expect(await ofIam.text()).toMatch(
    /^<ErrorResponse><Error><Code>NotImplemented<\/Code><Message>.+iam.+ is not implemented/,
  );
});

const rule = { sql: "SELECT * FROM 'shop'", actions: [] };
const presigned = "?X-Amz-Credential=AK%2F20260101%2Fus-east-1%2Fs3%2Faws4_request";

test("a bucket is not taken for what another service has at its path", async () => {
  const url = `${door.url}/rules/shop`;
  const body = JSON.stringify(rule);
  expect((await fetch(url, { method: "POST", headers: signedFor("iot"), body })).status).toBe(200);
  const own = signedFor("s3", door.rootKey.accessKeyId);
  const answers = await Promise.all([
    fetch(url, { method: "DELETE", headers: signedFor("s3") }),
    fetch(url, { method: "DELETE", headers: own }), // ours: the service is not there for it either
    fetch(url + presigned, { method: "DELETE" }),
    fetch(`${door.url}/metrics?list-type=2`, { headers: signedFor("s3") }),
    fetch(`${door.url}/metrics${presigned}`),
  ]);
  for (const answer of answers) {
    expect(answer.status).toBe(501);
    expect(await answer.text()).toContain("<Code>NotImplemented</Code>");
  }
  expect((await fetch(url, { headers: signedFor("iot") })).status).toBe(200);
});

test("every answer names the request", async () => {
  const answer = await fetch(`${door.url}/nothing`);
  expect(answer.headers.get("x-amzn-requestid")).toMatch(/^[\da-f-]{36}$/);
});

const ofDynamodb =
  "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00";

test.each([
  [{ "x-amz-target": "DynamoDB_20111205.GetItem" }, "DynamoDB_20111205.GetItem"],
  [{ "x-amz-target": "DynamoDB_20120810" }, "DynamoDB_20120810"],
  [{ authorization: ofDynamodb }, ""],
] as const)("a request to the tables with %j names no operation", async (headers, header) => {
  const answer = await post(headers);
  expect(answer.status).toBe(400);
  expect(answer.headers.get("content-type")).toBe("application/x-amz-json-1.0");
  expect(await answer.json()).toEqual({
    __type: "com.amazon.coral.service#UnknownOperationException",
    message: `X-Amz-Target "${header}" names no operation of DynamoDB`,
  });
});
