import { expect, test } from "bun:test";
import { HeadMemory } from "./head-memory.ts";
import { readHead } from "./request-head.ts";

const lines = [
  "host: localhost",
  "x-amz-date: 20261126T160000Z",
  "X-Amz-Target: DynamoDB_20120810.GetItem",
  "authorization: AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=00ff",
  "amz-sdk-invocation-id: 11-22",
  "content-length: 12 ",
];

function head(changed: Record<number, string> = {}, body = ""): Buffer {
  const all = lines.map((line, at) => changed[at] ?? line);
  return Buffer.from(`POST / HTTP/1.1\r\n${all.join("\r\n")}\r\n\r\n${body}`, "latin1");
}

/** What is read of the second, after the first; held against what it says by itself. */
function after(first: Buffer, second: Buffer): boolean | string {
  const memory = new HeadMemory();
  memory.read(first);
  const [read, alone] = [memory.read(second), readHead(second)];
  expect(read.kind).toBe(alone.kind);
  if (read.kind !== "plain" || alone.kind !== "plain") return read.kind;
  expect([read.headBytes, read.bodyBytes]).toEqual([alone.headBytes, alone.bodyBytes]);
  const shown = (of: typeof alone.headers) => [...of.keys()].map((name) => [name, of.get(name)]);
  expect(shown(read.headers)).toEqual(shown(alone.headers));
  return read.isRepeated;
}

test.each<[string, Buffer]>([
  ["the same", head()],
  ["another date", head({ 1: "x-amz-date: 20261126T160001Z" })],
  ["another signature", head({ 3: lines[3]!.replace("00ff", "abcd") })],
  ["another invocation", head({ 4: "amz-sdk-invocation-id: 33-44" })],
  ["another length", head({ 5: "content-length: 34 " })],
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
  ["a header more", head({ 4: "amz-sdk-invocation-id: 11-22\r\nupgrade: a" }), "other"],
])("with %s it is no repetition", (_, second, kind) => {
  expect(after(head(), second)).toBe(kind === "plain" ? false : kind);
});

test("values of a first head that are no words are held against those of the next", () => {
  const strange = head({ 3: lines[3]!.replace("Signature=00ff", "Signature=a, Credential=c/d") });
  const plain = head({ 3: lines[3]!.replace("Signature=00ff", "Signature=aaaaaaaaaaaaaaaaa") });
  expect(strange.length).toBe(plain.length);
  expect(after(strange, plain)).toBe(false);
});

test("what was known of the bytes of a request does not hang on them", () => {
  const memory = new HeadMemory();
  const first = head();
  memory.read(first);
  first.fill(0);
  expect(memory.read(head())).toMatchObject({ kind: "plain", isRepeated: true });
});
