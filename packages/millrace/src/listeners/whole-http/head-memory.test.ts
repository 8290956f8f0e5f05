import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { headBytesMax } from "../limits.ts";
import { HeadMemory, signedChanging } from "./head-memory.ts";

const lines = [
  "host: localhost",
  "x-amz-date: 20261126T160000Z",
  "X-Amz-Target: DynamoDB_20120810.GetItem",
  "authorization: AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=00ff",
  "amz-sdk-invocation-id: 11-22",
  "content-length: 12 ",
  `x-amz-content-sha256: ${"0f".repeat(32)}`,
];

function head(changed: Record<number, string> = {}, body = ""): Buffer {
  const all = lines.map((line, at) => changed[at] ?? line);
  return Buffer.from(`POST / HTTP/1.1\r\n${all.join("\r\n")}\r\n\r\n${body}`, "latin1");
}

/** Its meaning of a head is how many were interpreted up to that one. */
function counting(changing = signedChanging) {
  let count = 0;
  return new HeadMemory(changing, () => (count += 1));
}

/**
 * Whether the second is known after the first, or of which kind it is; held against what it says
 * by itself.
 */
function after(first: Buffer, second: Buffer): boolean | string {
  const memory = counting();
  memory.read(first);
  const [read, alone] = [memory.read(second), counting().read(second)];
  if (typeof read === "string" || typeof alone === "string") {
    expect(read).toEqual(alone);
    return String(read);
  }
  const { headers, meaning, ...others } = read;
  const { headers: aloneHeaders, meaning: _, ...aloneOthers } = alone;
  expect(others).toEqual(aloneOthers);
  expect(headers.toRecord()).toEqual(aloneHeaders.toRecord());
  return meaning === 1;
}

test.each<[string, Buffer]>([
  ["the same", head()],
  ["another date", head({ 1: "x-amz-date: 20261126T160001Z" })],
  ["another signature", head({ 3: lines[3]!.replace("00ff", "abcd") })],
  ["another invocation", head({ 4: "amz-sdk-invocation-id: 33-44" })],
  ["another length", head({ 5: "content-length: 34 " })],
  ["another hash of its body", head({ 6: `x-amz-content-sha256: ${"e1".repeat(32)}` })],
  ["a body behind it", head({}, "{}")],
])("a head with %s is known", (_, second) => {
  expect(after(head(), second)).toBe(true);
});

test.each<[string, Buffer]>([
  ["another host", head({ 0: "host: 127.0.0.1" })],
  ["a host of the same length", head({ 0: "host: localhosu" })],
  ["another target", head({ 2: "X-Amz-Target: DynamoDB_20120810.PutItem" })],
  ["another key", head({ 3: lines[3]!.replace("a/b", "c/b") })],
  ["a longer length", head({ 5: "content-length: 123 " })],
  ["a shorter one", head({ 5: "content-length: 1  " })],
  ["a signature that is no word", head({ 3: lines[3]!.replace("00ff", "a, b") })],
])("a head with %s is read anew", (_, second) => {
  expect(after(head(), second)).toBe(false);
});

test.each<[string, Buffer, string]>([
  ["a length that is no number", head({ 5: "content-length: 1x " }), "other"],
  ["a line in place of a value", head({ 1: "x-amz-date: 20261126\r\na: 00Z" }), "plain"],
  ["a control in a value", head({ 4: "amz-sdk-invocation-id: 33\x0044" }), "other"],
  ["less than all of it", head().subarray(0, -1), "partial"],
  ["a header more", head({ 4: "amz-sdk-invocation-id: 11-22\r\nexpect: a" }), "other"],
])("with %s it is no repetition", (_, second, kind) => {
  expect(after(head(), second)).toBe(kind === "plain" ? false : kind);
});

test("values of a first head that are no words are held against those of the next", () => {
  const strange = head({ 3: lines[3]!.replace("Signature=00ff", "Signature=a, Credential=c/d") });
  const plain = head({ 3: lines[3]!.replace("Signature=00ff", "Signature=aaaaaaaaaaaaaaaaa") });
  expect(strange.length).toBe(plain.length);
  expect(after(strange, plain)).toBe(false);
});

test("where every header is looked at, one with another value is read anew", () => {
  const memory = counting([]);
  const meaningOf = (bytes: Buffer) => {
    const read = memory.read(bytes);
    return typeof read === "string" ? read : read.meaning;
  };
  expect(meaningOf(head())).toBe(1);
  expect(meaningOf(head({ 3: lines[3]!.replace("00ff", "abcd") }))).toBe(2);
  expect(meaningOf(head({ 5: "content-length: 34 " }))).toBe(3);
  expect(meaningOf(head())).toBe(1);
});

test("long headers are not remembered, and no head is longer than its bound", () => {
  const long = head({ 0: `host: localhost\r\nx-a: ${"a".repeat(5000)}` });
  expect(after(long, long)).toBe(false);
  const lengthOf = (count: number) => head({ 0: `host: a\r\nx-a: ${"a".repeat(count)}` }).length;
  const longest = headBytesMax - lengthOf(0);
  const withLength = (count: number) =>
    counting().read(head({ 0: `host: a\r\nx-a: ${"a".repeat(count)}` }));
  expect(withLength(longest)).toMatchObject({ headBytes: headBytesMax });
  expect(withLength(longest + 1)).toBe("other");
});

test("with another path and another method the same headers are known", () => {
  const memory = counting();
  memory.read(head());
  for (const line of ["GET /longer?a=b", "PUT /a", "POST /"]) {
    const bytes = Buffer.from(head().toString("latin1").replace("POST /", line), "latin1");
    const read = memory.read(bytes);
    if (typeof read === "string") throw new Error(read);
    expect(`${read.method} ${read.target}`).toBe(line);
    expect(read).toMatchObject({ headBytes: bytes.length, bodyBytes: 12, meaning: 1 });
    expect(read.headers.get("host")).toBe("localhost");
  }
});

test("headers that came in several lines are known when they come so again", () => {
  const twice = head({ 0: "host: localhost\r\nx-a: 1\r\nx-a: 2" });
  expect(after(twice, twice)).toBe(true);
  expect(after(twice, head({ 0: "host: localhost\r\nx-a: 1\r\nx-a: 3" }))).toBe(false);
});

test("what was known of the bytes of a request does not hang on them", () => {
  const memory = counting();
  const first = head();
  memory.read(first);
  first.fill(0);
  expect(memory.read(head())).toMatchObject({ meaning: 1 });
});

/** As the AWS SDK for JavaScript sends it, signed for that body, at that second. */
function ofSdk(operation: string, body: string, second: number): Buffer {
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const names = "amz-sdk-invocation-id;content-length;host;x-amz-content-sha256;x-amz-date";
  const sent = [
    "content-type: application/x-amz-json-1.0",
    `x-amz-target: DynamoDB_20120810.${operation}`,
    `content-length: ${body.length}`,
    "x-amz-user-agent: aws-sdk-js/3.1163.0",
    "user-agent: aws-sdk-js/3.1163.0 ua/2.1 os/linux lang/js api/dynamodb#3.1163.0 m/N,E,P,e",
    "host: 127.0.0.1:4566",
    `amz-sdk-invocation-id: 70c2c48c-29b8-4f15-bd2b-1520000000${second}`,
    "amz-sdk-request: attempt=1; max=3",
    `x-amz-date: 20261126T1720${second}Z`,
    `x-amz-content-sha256: ${hash(body)}`,
    "authorization: AWS4-HMAC-SHA256 Credential=AKID/20261126/eu-central-1/dynamodb/aws4_request" +
      `, SignedHeaders=${names}, Signature=${hash(`${second}${body}`)}`,
    "Connection: keep-alive",
  ];
  return Buffer.from(`POST / HTTP/1.1\r\n${sent.join("\r\n")}\r\n\r\n${body}`);
}

test("of an SDK's requests, each with another body, all but the first are known", () => {
  const memory = counting();
  for (let second = 10; second < 60; second += 1) {
    const read = memory.read(ofSdk("GetItem", `{"pk":{"S":"${second}"}}`, second));
    expect(read).toMatchObject({ bodyBytes: 17, meaning: 1 });
  }
});

test("heads that take turns are all known, as long as they are few", () => {
  const memory = counting();
  const meanings = (operations: readonly string[]) =>
    operations
      .flatMap((operation) => ["short", "l".repeat(100)].map((body) => [operation, body]))
      .map(([operation, body], at) => memory.read(ofSdk(operation!, body!, 10 + at)))
      .map((read) => (typeof read === "string" ? read : read.meaning));
  const turns = ["GetItem", "PutItem"];
  expect(meanings(turns)).toEqual([1, 2, 3, 4]);
  expect(meanings(turns)).toEqual([1, 2, 3, 4]);
  expect(meanings(["Query"])).toEqual([5, 6]);
  // Those two took the places of the oldest two.
  expect(meanings(["PutItem"])).toEqual([3, 4]);
  expect(meanings(["GetItem"])).toEqual([7, 8]);
});
