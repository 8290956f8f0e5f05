/** The edge behind its front: both ways in tell a function the same, and answer alike. */

import { afterAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { ManualClock, silentLogger, systemClock, utf8 } from "../base/mod.ts";
import { createEdge, type HttpApiDefinition, incomingOf, responseOf } from "../gateway/mod.ts";
import { type Front, openWholeFront, type WholeFrontOptions } from "../listeners/mod.ts";
import { meetAtEdge } from "./fronts.ts";

const clock = new ManualClock();
/** The same for both, so that ids are. */
const random = {
  bytes: (count: number) => new Uint8Array(count),
  fraction: () => 0,
};

const api: HttpApiDefinition = {
  name: "Web",
  apiId: "abcdefghij",
  kind: "http",
  stage: "$default",
  routes: [
    { method: "GET", path: "/rooms/{id}", functionName: "tell" },
    { method: "ANY", path: "/{proxy+}", functionName: "tell" },
    { method: "ANY", path: "/", functionName: "tell" },
  ],
};
const objects = {
  async read(_: string, key: string) {
    const bytes = utf8("body { color: black }");
    const file = { path: "", sizeBytes: bytes.length, contentType: "text/css", etag: '"1"' };
    return key === "files/a.css" ? { ...file, bytes, modifiedMs: 0 } : undefined;
  },
};
const edge = createEdge({
  apis: [api],
  distributions: [
    {
      name: "Cdn",
      behaviors: [{ pathPattern: "/files/*", origin: { kind: "bucket", bucketName: "b" } }],
      defaultOrigin: { kind: "api", apiName: "Web" },
    },
  ],
  accountId: "111122223333",
  objects,
  /** The answer is the event. */
  async invoke(_, payload) {
    const event = JSON.parse(payload as string);
    const headers = { "X-Path": event.rawPath, "content-type": "application/json" };
    const told = { statusCode: 200, headers, cookies: ["a=1", "b=2"], body: JSON.stringify(event) };
    const none = new Uint8Array(0);
    const rest = { requestId: "1", version: "$LATEST", logTail: none };
    return { found: true, payload: utf8(JSON.stringify(told)), ...rest };
  },
  clock,
  random,
  logger: silentLogger,
});

const fronts: Front[] = [];
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  development: false,
  async fetch(request, it) {
    const peer = it.requestIP(request)!;
    const ip = fronts.map((front) => front.clientAddress(peer)).find(Boolean) ?? peer.address;
    return responseOf(await edge.answer(incomingOf(request, { ip })));
  },
});
function openFront(meet: WholeFrontOptions["meet"]): Front {
  const front = openWholeFront({
    host: "127.0.0.1",
    port: 0,
    serverPort: server.port!,
    meet,
    failed: (_, thrown) => {
      throw thrown;
    },
    atEndOfTurn: setImmediate,
    idleSecondsMax: 60,
    requestSecondsMax: 60,
    clock: systemClock,
    logger: silentLogger,
  });
  fronts.push(front);
  return front;
}
let ownCount = 0;
const own = openFront((headers, client) => {
  const answerer = meetAtEdge(edge)(headers, client)!;
  return {
    ...answerer,
    answer(request) {
      ownCount += 1;
      return answerer.answer(request);
    },
  };
});
/** Leaves everything to the server. */
const handing = openFront(() => undefined);

afterAll(async () => {
  await Promise.all([...fronts.map((front) => front.stop()), server.stop(true)]);
});

interface Said {
  readonly status: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What a client is told that asks once. */
async function ask(front: Front, text: string): Promise<Said> {
  const socket = connect(front.port, "127.0.0.1");
  socket.write(Buffer.from(text, "latin1"));
  let received = "";
  for await (const bytes of socket) {
    received += bytes.toString("latin1");
    const end = received.indexOf("\r\n\r\n");
    const length = /content-length: (\d+)/i.exec(received)?.[1];
    const hasBody = !text.startsWith("HEAD") && !received.startsWith("HTTP/1.1 304");
    if (end >= 0 && received.length >= end + 4 + (hasBody ? Number(length) : 0)) break;
  }
  socket.destroy();
  const [head = "", body = ""] = received.split(/\r\n\r\n(.*)/s);
  const [status = "", ...lines] = head.split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [name, value] = line.split(/: (.*)/s);
    const key = name!.toLowerCase();
    headers[key] = headers[key] === undefined ? value! : `${headers[key]}\n${value}`;
  }
  expect(`${headers.date}`).not.toContain("\n");
  delete headers.date;
  return { status, headers, body };
}

/** Without what tells that the runtime's server was asked over a connection of its own. */
function eventOf({ body }: Said): unknown {
  return body.startsWith("{") ? JSON.parse(body) : body;
}

const host = "Host: localhost:8080";
const json = "Content-Type: application/json";

test.each([
  ["a path", `GET /rooms/1 HTTP/1.1\r\n${host}\r\n\r\n`],
  ["the root", `GET / HTTP/1.1\r\n${host}\r\n\r\n`],
  ["a query", `GET /a?b=c&d=%C3%A9&b=%20+&e HTTP/1.1\r\n${host}\r\n\r\n`],
  ["a query without anything in it", `GET /a? HTTP/1.1\r\n${host}\r\n\r\n`],
  ["a path that is encoded", `GET /rooms/%C3%A9%2Fa HTTP/1.1\r\n${host}\r\n\r\n`],
  ["a path that is not", `GET /rooms/%E9 HTTP/1.1\r\n${host}\r\n\r\n`],
  ["signs that a URL encodes", `GET /a{b}?'{"c"}' HTTP/1.1\r\n${host}\r\n\r\n`],
  ["signs that it does not", `GET /a[b]|c;d=e,f@:!$&()*+~?g[]=|/? HTTP/1.1\r\n${host}\r\n\r\n`],
  ["dots", `GET /a/../b/./c/%2e%2E/d?../e HTTP/1.1\r\n${host}\r\n\r\n`],
  ["two slashes", `GET //a//b HTTP/1.1\r\n${host}\r\n\r\n`],
  ["a host in capitals", "GET /a HTTP/1.1\r\nHost: LOCALHOST\r\n\r\n"],
  ["the port that need not be said", "GET /a HTTP/1.1\r\nHost: localhost:80\r\n\r\n"],
  ["an address", "GET /a HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"],
  ["headers twice", `GET /a HTTP/1.1\r\n${host}\r\nX-A: 1\r\nx-a:2 \r\nX-A:\r\n\r\n`],
  [
    "a wish for another protocol",
    `GET /a HTTP/1.1\r\n${host}\r\nConnection: keep-alive\r\nConnection: Upgrade, X-A\r\nX-A: 1\r\nUpgrade: h2c\r\n\r\n`,
  ],
  ["cookies", `GET /a HTTP/1.1\r\n${host}\r\nCookie: a=1; b=2\r\ncookie: c=3\r\n\r\n`],
  ["headers in Latin-1", `GET /a HTTP/1.1\r\n${host}\r\nX-A: \xe4 "\\\r\n\r\n`],
  ["a proxy before", `GET /a HTTP/1.1\r\n${host}\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n`],
  ["a proxy that lies", `GET /a HTTP/1.1\r\n${host}\r\nX-Forwarded-Proto: https\r\n\r\n`],
  ["JSON", `POST /a HTTP/1.1\r\n${host}\r\n${json}\r\nContent-Length: 9\r\n\r\n{"a":"b"}`],
  [
    "text in UTF-8",
    `POST /a HTTP/1.1\r\n${host}\r\n${json}\r\nContent-Length: 4\r\n\r\n"\xc3\xa4"`,
  ],
  ["bytes", `PUT /a HTTP/1.1\r\n${host}\r\nContent-Length: 3\r\n\r\n\0\xff\xfe`],
  ["an empty body", `POST /a HTTP/1.1\r\n${host}\r\n${json}\r\nContent-Length: 0\r\n\r\n`],
  ["no length", `POST /a HTTP/1.1\r\n${host}\r\n${json}\r\n\r\n`],
  ["HEAD", `HEAD /rooms/1 HTTP/1.1\r\n${host}\r\n\r\n`],
  ["a file", `GET /files/a.css HTTP/1.1\r\n${host}\r\n\r\n`],
  ["the head of a file", `HEAD /files/a.css HTTP/1.1\r\n${host}\r\n\r\n`],
  ["a file that is known", `GET /files/a.css HTTP/1.1\r\n${host}\r\nIf-None-Match: "1"\r\n\r\n`],
  ["a part of a file", `GET /files/a.css HTTP/1.1\r\n${host}\r\nRange: bytes=0-3\r\n\r\n`],
  ["a file that is not there", `GET /files/b HTTP/1.1\r\n${host}\r\n\r\n`],
])("a request with %s", async (_, text) => {
  const before = ownCount;
  const [direct, handed] = [await ask(own, text), await ask(handing, text)];
  expect(ownCount).toBe(before + 1);
  expect(eventOf(direct)).toEqual(eventOf(handed));
  expect({ ...direct, body: "" }).toEqual({ ...handed, body: "" });
});

test("each event has the headers of its own request, on one connection too", async () => {
  const socket = connect(own.port, "127.0.0.1");
  let received = "";
  socket.on("data", (bytes) => (received += bytes.toString("latin1")));
  const told: Record<string, string>[] = [];
  for (const [value, body] of [
    ["HMAC Signature=alice", "{}"],
    ["HMAC Signature=mallo", "[0]"],
  ]) {
    const lines = [host, json, `Authorization: ${value}`, `Content-Length: ${body!.length}`];
    const before = received.length;
    socket.write(`POST /a HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
    while (!received.slice(before).endsWith("}")) await Bun.sleep(1);
    told.push(JSON.parse(received.slice(received.indexOf("\r\n\r\n", before) + 4)).headers);
  }
  socket.destroy();
  expect(told.map(({ authorization }) => authorization)).toEqual([
    "HMAC Signature=alice",
    "HMAC Signature=mallo",
  ]);
  expect(told.map((headers) => headers["content-length"])).toEqual(["2", "3"]);
});
