import { expect, test } from "bun:test";
import { headBytesMax } from "../limits.ts";
import { RequestHeaders, readBlock, readLine } from "./request-head.ts";

const plainLine = "POST /a?b=c HTTP/1.1";
const plainLines = ["Host: localhost:4566", "Content-Length: 2", "x-amz-target:DynamoDB.GetItem"];

/** The headers of a request whose first line is `plainLine`, read behind it. */
function block(lines: readonly string[], end = "\r\n\r\n") {
  const text = `${plainLine}\r\n${lines.join("\r\n")}${end}`;
  return readBlock(Buffer.from(text, "latin1"), plainLine.length + 2);
}

function plainBlock(lines: readonly string[]) {
  const read = block(lines);
  if (typeof read === "string") throw new Error(read);
  const bytes = Buffer.from(`${plainLine}\r\n${lines.join("\r\n")}\r\n\r\n`, "latin1");
  return { ...read, headers: new RequestHeaders(bytes, plainLine.length + 2, read.spans) };
}

function line(text: string) {
  const read = readLine(Buffer.from(text, "latin1"));
  return typeof read === "string" ? read : `${read.method} ${read.target}`;
}

test("headers are read, their names in lower case and their values trimmed", () => {
  const { headers, ...read } = plainBlock(plainLines);
  const blockBytes = plainLines.join("\r\n").length + 4;
  expect(read).toMatchObject({ blockBytes, bodyBytes: 2, isLast: false, asksForUpgrade: false });
  expect([...headers.keys()]).toEqual(["host", "content-length", "x-amz-target"]);
  expect(headers.get("host")).toBe("localhost:4566");
  expect(headers.get("x-amz-target")).toBe("DynamoDB.GetItem");
  expect(headers.get("origin")).toBeNull();
  expect(headers.has("origin")).toBe(false);
  expect(headers.toRecord()).toEqual({
    host: "localhost:4566",
    "content-length": "2",
    "x-amz-target": "DynamoDB.GetItem",
  });
});

test.each([
  ["without a length there is no body", [], { bodyBytes: 0 }],
  ["to keep the connection is expected anyway", ["Connection: Keep-Alive"], { isLast: false }],
  ["to close it is told", ["Connection: close"], { isLast: true }],
  [
    "to close it is told in a later line too",
    ["Connection: keep-alive", "Connection: close"],
    { isLast: true },
  ],
  [
    "an upgrade is told, in a list too",
    ["connection: keep-alive, Upgrade", "upgrade: websocket"],
    { asksForUpgrade: true },
  ],
  [
    "an upgrade is told in lines of its own",
    ["connection: keep-alive", "connection: upgrade", "upgrade: websocket"],
    { asksForUpgrade: true, isLast: false },
  ],
  [
    "an upgrade is told beside headers for one hop",
    ["connection: Upgrade, X-A", "x-a: 1", "upgrade: websocket"],
    { asksForUpgrade: true },
  ],
  [
    "an upgrade is told beside an end",
    ["connection: close, Upgrade", "upgrade: websocket"],
    { asksForUpgrade: true, isLast: true },
  ],
])("%s", (_, lines, told) => {
  expect(plainBlock(["Host: a", ...lines])).toMatchObject(told);
});

test("what comes in several lines is joined, cookies in their own way", () => {
  const { headers } = plainBlock(["Host: a", "X-A: 1", "Cookie: a=1", "x-a:2 ", "cookie: b=2"]);
  expect(headers.toRecord()).toEqual({ host: "a", "x-a": "1, 2", cookie: "a=1; b=2" });
});

test("only spaces and tabs are blanks around a value", () => {
  const { headers } = plainBlock(["Host: a", "x-a: \t b \t", "x-b: \xa0b\xa0", "x-c: \t "]);
  expect(headers.toRecord()).toEqual({ host: "a", "x-a": "b", "x-b": "\xa0b\xa0", "x-c": "" });
});

test("however many blanks stand within a value, it is read in one go", () => {
  const blanks = `a${" \t".repeat(8000)}b`;
  for (let count = 0; count < 200; count += 1) {
    const { headers } = plainBlock(["Host: a", `x-a: ${blanks}`]);
    expect(headers.get("x-a")).toBe(blanks);
    expect(block(["Host: a", `Connection: ${blanks}`])).toBe("other");
  }
});

test("values are Latin-1", () => {
  expect(plainBlock(["Host: a", "x-a: b\xe4c"]).headers.get("x-a")).toBe("b\xe4c");
});

test("whatever is missing at its end, it is partial", () => {
  const text = `${plainLine}\r\n${plainLines.join("\r\n")}\r\n\r\n`;
  for (let length = 0; length < text.length; length += 1) {
    const bytes = Buffer.from(text.slice(0, length));
    const read =
      length < plainLine.length + 2 ? readLine(bytes) : readBlock(bytes, plainLine.length + 2);
    expect(read).toBe("partial");
  }
});

const more = (...added: string[]) => [...plainLines, ...added];

test.each<[string, readonly string[]]>([
  ["two lengths", more("content-length: 3")],
  ["the same length twice", more("content-length: 2")],
  ["chunks", more("Transfer-Encoding: chunked")],
  ["chunks in place of a length", ["Host: a", "Transfer-Encoding: chunked"]],
  ["a length with a sign", ["Host: a", "Content-Length: +2"]],
  ["a length that is a list", ["Host: a", "Content-Length: 2, 2"]],
  ["no host", ["Content-Length: 2"]],
  ["a host that is none", ["Host: a b"]],
  ["a host with a path", ["Host: a/b"]],
  ["two hosts", ["Host: a", "host: b"]],
  ["a port that is none", ["Host: a:99999"]],
  ["an address that is none", ["Host: 1.2.3.999"]],
  ["an address that is none either", ["Host: [::::]"]],
  ["a length behind a blank that is none", ["Host: a", "Content-Length: \xa05"]],
  ["very many names", more(...Array.from({ length: 130 }, (_, at) => `x-${at}: 1`))],
  ["a wish to be asked first", more("Expect: 100-continue")],
  ["an upgrade that the connection does not name", more("Upgrade: websocket")],
  ["an upgrade to nothing", more("Connection: Upgrade")],
  ["an upgrade to nothing, in a line of its own", more("Connection: close", "connection: Upgrade")],
  ["a wish of the connection that is not known", more("Connection: keep-alive, x-a")],
  ["trailers", more("Trailer: x-a")],
  ["a continued line", more("x-a: b\r\n c")],
  ["a space before the colon", more("x-a : b")],
  ["a line without a colon", more("x-a")],
  ["a carriage return alone", more("x-a: b\rc")],
  ["a line feed alone", more("x-a: b\nc: d")],
  ["a control", more("x-a: b\0c")],
  ["no end", more(`x-a: ${"b".repeat(headBytesMax)}`)],
])("headers with %s are another server's", (_, lines) => {
  expect(block(lines)).toBe("other");
});

test("a request without any header is another server's", () => {
  expect(block([], "\r\n")).toBe("other");
});

test.each([
  ["GET / HTTP/1.1\r\n", "GET /"],
  ["OPTIONS /a%2Fb?c=d&e=%20 HTTP/1.1\r\n", "OPTIONS /a%2Fb?c=d&e=%20"],
  ["GET //a HTTP/1.1\r\n", "GET //a"],
  ["GET /.a/..b/c. HTTP/1.1\r\n", "GET /.a/..b/c."],
  ["GET /a/../b HTTP/1.1\r\n", "GET /b"],
  ["GET /a/%2e%2E/b?../c HTTP/1.1\r\n", "GET /b?../c"],
  ["GET /{a}?'b' HTTP/1.1\r\n", "GET /%7Ba%7D?%27b%27"],
])("the line %j is %j", (text, read) => {
  expect(line(text)).toBe(read);
});

test.each([
  "GET http://localhost/ HTTP/1.1\r\n",
  "OPTIONS * HTTP/1.1\r\n",
  "GET / HTTP/1.0\r\n",
  "PRI * HTTP/2.0\r\n",
  "get / HTTP/1.1\r\n",
  "FOO / HTTP/1.1\r\n",
  "CONNECT a:1 HTTP/1.1\r\n",
  "GET  / HTTP/1.1\r\n",
  "GET /  HTTP/1.1\r\n",
  "GET /a b HTTP/1.1\r\n",
  "GET /a#b HTTP/1.1\r\n",
  "GET /a\\b HTTP/1.1\r\n",
  "GET /\xe4 HTTP/1.1\r\n",
  "GET /\0 HTTP/1.1\r\n",
  "\r\nGET / HTTP/1.1\r\n",
  "\x16\x03\x01",
  "FOO",
  `GET /${"a".repeat(headBytesMax)}`,
  `GET /${"a".repeat(headBytesMax)} HTTP/1.1\r\n`,
])("the line %j is another server's", (text) => {
  expect(line(text)).toBe("other");
});
