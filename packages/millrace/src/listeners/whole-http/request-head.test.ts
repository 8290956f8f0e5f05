import { expect, test } from "bun:test";
import { headBytesMax, readHead } from "./request-head.ts";

const lines = ["Host: localhost:4566", "Content-Length: 2", "x-amz-target:DynamoDB.GetItem"];

function head(changed: { line?: string; lines?: readonly string[]; end?: string } = {}): Buffer {
  const { line = "POST / HTTP/1.1", lines: given = lines, end = "\r\n\r\n" } = changed;
  return Buffer.from(`${[line, ...given].join("\r\n")}${end}`, "latin1");
}

test("a plain request is read, its names in lower case and its values trimmed", () => {
  const read = readHead(Buffer.concat([head(), Buffer.from("{}and more")]));
  if (read.kind !== "plain") throw new Error(read.kind);
  expect(read).toMatchObject({ headBytes: head().length, bodyBytes: 2 });
  const { headers } = read;
  expect([...headers.keys()]).toEqual(["host", "content-length", "x-amz-target"]);
  expect(headers.get("host")).toBe("localhost:4566");
  expect(headers.get("x-amz-target")).toBe("DynamoDB.GetItem");
  expect(headers.get("origin")).toBeNull();
  expect(headers.has("origin")).toBe(false);
});

test("whatever is missing at its end, it is partial", () => {
  const whole = head();
  for (let length = 0; length < whole.length; length += 1) {
    expect(readHead(whole.subarray(0, length)).kind).toBe("partial");
  }
});

test("to keep the connection is what is expected anyway", () => {
  expect(readHead(head({ lines: [...lines, "Connection: Keep-Alive"] })).kind).toBe("plain");
});

const more = (...added: string[]) => ({ lines: [...lines, ...added] });

test.each([
  ["another method", { line: "GET / HTTP/1.1" }],
  ["another path", { line: "POST /topics HTTP/1.1" }],
  ["a query", { line: "POST /?a=b HTTP/1.1" }],
  ["the whole address", { line: "POST http://localhost/ HTTP/1.1" }],
  ["an older version", { line: "POST / HTTP/1.0" }],
  ["HTTP/2", { line: "PRI * HTTP/2.0" }],
  ["a header twice", more("X-Amz-Target: other")],
  ["two lengths", more("content-length: 3")],
  ["chunks", more("Transfer-Encoding: chunked")],
  ["chunks in place of a length", { lines: ["Host: a", "Transfer-Encoding: chunked"] }],
  ["no length", { lines: ["Host: a"] }],
  ["a length with a sign", { lines: ["Host: a", "Content-Length: +2"] }],
  ["a length that is a list", { lines: ["Host: a", "Content-Length: 2, 2"] }],
  ["no host", { lines: ["Content-Length: 2"] }],
  ["a wish to be asked first", more("Expect: 100-continue")],
  ["an upgrade", more("Connection: Upgrade", "Upgrade: websocket")],
  ["an end", more("Connection: close")],
  ["a continued line", more("x-a: b\r\n c")],
  ["a space before the colon", more("x-a : b")],
  ["a line without a colon", more("x-a")],
  ["a carriage return alone", more("x-a: b\rc")],
  ["a line feed alone", more("x-a: b\nc: d")],
  ["a control", more("x-a: b\0c")],
  ["more than ASCII", more("x-a: b\xe4c")],
  ["a head that does not end", more(`x-a: ${"b".repeat(headBytesMax)}`)],
])("with %s it is another server's", (_, changed) => {
  expect(readHead(head(changed)).kind).toBe("other");
});
