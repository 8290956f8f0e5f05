import { afterEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, truncate, utimes, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import {
  InvariantBroken,
  ManualClock,
  silentLogger,
  systemClock,
  systemRandom,
  utf8,
} from "../base/mod.ts";
import { bundleForBrowser, createFunctions, type InvokeResult } from "../functions/mod.ts";
import { createObjects } from "../objects/mod.ts";
import { openMemoryRecords } from "../storage/mod.ts";
import type { DistributionDefinition, HttpApiDefinition } from "./definition.ts";
import { checkEdge, createEdge, type EdgeOptions } from "./edge.ts";
import { incomingOf, responseOf } from "./http-server.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function newFolder(files: Record<string, string>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-gateway-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

function defineApi(changes: Partial<HttpApiDefinition> = {}): HttpApiDefinition {
  const routes = [
    { method: "ANY", path: "/{proxy+}", functionName: "page" },
    { method: "POST", path: "/rooms/{id}", functionName: "page" },
    { method: "ANY", path: "/", functionName: "page" },
  ];
  return { name: "Web", apiId: "abcdefghij", kind: "http", stage: "$default", routes, ...changes };
}

function newEdge(changes: Partial<EdgeOptions>) {
  return createEdge({
    apis: [],
    distributions: [],
    accountId: "111122223333",
    objects: { read: async () => undefined },
    invoke: async () => ({ found: false }),
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    ...changes,
  });
}

/** Serves the edge on a port; gives a `fetch` that leaves compressed bodies as they are. */
function serve(changes: Partial<EdgeOptions>) {
  const edge = newEdge(changes);
  const arrived = Promise.withResolvers<void>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request, it) => {
      const client = { ip: it.requestIP(request)?.address ?? "" };
      const answer = edge.answer(incomingOf(request, client));
      arrived.resolve();
      return responseOf(await answer);
    },
  });
  cleanups.push(() => server.stop(true));
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, {
      redirect: "manual",
      decompress: false,
      ...init,
    });
  return { get, port: server.port!, arrived: arrived.promise };
}

function askingFor(path: string) {
  return incomingOf(new Request(`http://127.0.0.1${path}`), { ip: "127.0.0.1" });
}

type Event = Record<string, unknown> & { requestContext: Record<string, unknown> };

/** An API whose function answers with `result`, and the events that it got. */
function serveApi(result: unknown, changes: Partial<HttpApiDefinition> = {}) {
  const events: Event[] = [];
  const invoke = async (_: string, payload: string): Promise<InvokeResult> => {
    events.push(JSON.parse(payload));
    return answerWith({ payload: utf8(JSON.stringify(result)) });
  };
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  return { events, clock, ...serve({ apis: [defineApi(changes)], invoke, clock }) };
}

function answerWith(changes: Partial<Extract<InvokeResult, { found: true }>>): InvokeResult {
  const none = new Uint8Array(0);
  return {
    found: true,
    requestId: "1",
    payload: none,
    logTail: none,
    version: "$LATEST",
    ...changes,
  };
}

describe("the event of an HTTP API", () => {
  test("has payload version 2.0", async () => {
    const { get, events, port } = serveApi({});
    await get("/rooms/a%2Fb%20c?a=1&a=%32&b=x+y", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Cookie: "s=1; t=2",
        "User-Agent": "UA",
        "X-A": "1",
        "X-Forwarded-For": "198.51.100.7",
      },
      body: '{"x":"ü"}',
    });
    expect(events[0]).toEqual({
      version: "2.0",
      routeKey: "POST /rooms/{id}",
      rawPath: "/rooms/a/b c", // decoded, as in captured events
      rawQueryString: "a=1&a=%32&b=x+y",
      cookies: ["s=1", "t=2"],
      headers: expect.objectContaining({
        "content-type": "application/json",
        host: `127.0.0.1:${port}`,
        "user-agent": "UA",
        "x-a": "1",
        "x-forwarded-for": "198.51.100.7, 127.0.0.1",
        "x-forwarded-port": String(port),
        "x-forwarded-proto": "http",
      }),
      queryStringParameters: { a: "1,2", b: "x y" },
      requestContext: {
        accountId: "111122223333",
        apiId: "abcdefghij",
        domainName: `127.0.0.1:${port}`,
        domainPrefix: "127",
        http: {
          method: "POST",
          path: "/rooms/a/b c",
          protocol: "HTTP/1.1",
          sourceIp: "127.0.0.1",
          userAgent: "UA",
        },
        requestId: expect.stringMatching(/^[\w+/]{15}=$/),
        routeKey: "POST /rooms/{id}",
        stage: "$default",
        time: "01/Jan/2026:00:00:00 +0000",
        timeEpoch: 1_767_225_600_000,
      },
      body: '{"x":"ü"}',
      pathParameters: { id: "a/b c" },
      isBase64Encoded: false,
    });
    expect(Object.keys(events[0]!.headers as object)).not.toContain("cookie");
  });

  test("has the time at which the request came, not that at which its body was there", async () => {
    const { events, clock, port, arrived } = serveApi({});
    const socket = connect(port, "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na");
    await arrived;
    clock.advance(60_000);
    socket.write("b");
    await once(socket, "data");
    socket.destroy();
    expect(events[0]!.requestContext.timeEpoch).toBe(1_767_225_600_000);
  });

  test("has every header as text, whatever its name and however often it came", async () => {
    const { events, port } = serveApi({});
    const lines = ["x-a: 1", "X-A: 2", "set-cookie: a=1", "Set-Cookie: b=2", "__proto__: p"];
    const socket = connect(port, "127.0.0.1");
    socket.write(`GET / HTTP/1.1\r\nHost: h\r\n${lines.join("\r\n")}\r\n\r\n`);
    await once(socket, "data");
    socket.destroy();
    const headers = events[0]!.headers as object;
    expect(headers).toMatchObject({ "x-a": "1, 2", "set-cookie": "a=1,b=2", host: "h" });
    expect(Object.getOwnPropertyDescriptor(headers, "__proto__")?.value).toBe("p");
  });

  test("leaves out what is absent", async () => {
    const { get, events } = serveApi({});
    await get("/");
    expect(Object.keys(events[0]!).sort()).toEqual([
      "headers",
      "isBase64Encoded",
      "rawPath",
      "rawQueryString",
      "requestContext",
      "routeKey",
      "version",
    ]);
  });

  test.each([
    ["image/png", true],
    ["application/x-www-form-urlencoded", true],
    ["text/plain; charset=utf-8", false],
    ["application/problem+json", false],
  ])("carries a body of the type %s with base64: %p", async (type, isBase64Encoded) => {
    const { get, events } = serveApi({});
    await get("/a", { method: "POST", headers: { "Content-Type": type }, body: "abc" });
    expect(events[0]).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? "YWJj" : "abc" });
  });
});

describe("the event of a REST API", () => {
  test("has payload version 1.0", async () => {
    const { get, events, port } = serveApi({}, { kind: "rest", stage: "prod" });
    await get("/rooms/7?a=1&a=2", {
      method: "POST",
      headers: { "content-type": "application/json", "sec-ch-ua": "x", "User-Agent": "UA" },
      body: '{"x":1}',
    });
    const headers = events[0]!.headers as Record<string, string>;
    expect(headers).toMatchObject({ "Content-Type": "application/json", "sec-ch-ua": "x" });
    expect(events[0]).toMatchObject({
      resource: "/rooms/{id}",
      path: "/rooms/7",
      httpMethod: "POST",
      multiValueHeaders: { "Content-Type": ["application/json"], Host: [`127.0.0.1:${port}`] },
      queryStringParameters: { a: "2" },
      multiValueQueryStringParameters: { a: ["1", "2"] },
      pathParameters: { id: "7" },
      stageVariables: null,
      requestContext: {
        accountId: "111122223333",
        apiId: "abcdefghij",
        httpMethod: "POST",
        identity: { sourceIp: "127.0.0.1", userAgent: "UA", user: null, caller: null },
        path: "/prod/rooms/7",
        protocol: "HTTP/1.1",
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        requestTime: "01/Jan/2026:00:00:00 +0000",
        requestTimeEpoch: 1_767_225_600_000,
        resourceId: expect.stringMatching(/^[0-9a-f]{6}$/),
        resourcePath: "/rooms/{id}",
        stage: "prod",
      },
      body: '{"x":1}',
      isBase64Encoded: false,
    });
    expect(events[0]).not.toHaveProperty("version");
  });

  test("has null for what is absent, and base64 for binary media types", async () => {
    const { get, events } = serveApi({}, { kind: "rest", binaryMediaTypes: ["image/*"] });
    await get("/");
    expect(events[0]).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      body: null,
    });
    await get("/a", { method: "POST", headers: { "Content-Type": "image/png" }, body: "abc" });
    expect(events[1]).toMatchObject({ body: "YWJj", isBase64Encoded: true });
    await get("/a", { method: "POST", headers: { "Content-Type": "x/y" }, body: "abc" });
    expect(events[2]).toMatchObject({ body: "abc", isBase64Encoded: false });
  });
});

describe("the answer of an HTTP API", () => {
  test("has status, headers, cookies and body of the result", async () => {
    const { get } = serveApi({
      statusCode: 201,
      headers: { "X-Number": 7, Location: "/b" },
      cookies: ["a=1; Path=/", "b=2"],
      body: "made",
    });
    const response = await get("/a");
    expect(response.status).toBe(201);
    expect(response.headers.get("x-number")).toBe("7");
    expect(response.headers.get("content-type")).toBe("text/plain;charset=UTF-8");
    expect(response.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2"]);
    expect(response.headers.get("apigw-requestid")).toMatch(/=$/);
    expect(await response.text()).toBe("made");
  });

  test("decodes base64", async () => {
    const { get } = serveApi({ statusCode: 200, isBase64Encoded: true, body: "/wD/" });
    expect(await (await get("/a")).bytes()).toEqual(new Uint8Array([255, 0, 255]));
  });

  test.each([
    [{ a: 1 }, '{"a":1}'],
    ["Hello", "Hello"],
    [[1, 2], "[1,2]"],
    [null, "null"],
  ])("of the result %j without a status is its text %j", async (result, text) => {
    const response = await serveApi(result).get("/a");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.text()).toBe(text);
  });

  test.each([
    { statusCode: "many" },
    { statusCode: 99 },
    { statusCode: 200, body: {} },
    { statusCode: 200, headers: { "bad name": "x" } },
    { statusCode: 200, headers: { a: "x\r\ny: z" } },
    { statusCode: 200, cookies: "a=1" },
  ])("to the malformed result %j is a 500", async (result) => {
    const response = await serveApi(result).get("/a");
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: "Internal Server Error" });
  });

  test("without a body is allowed, also for 204", async () => {
    const response = await serveApi({ statusCode: 204 }).get("/a");
    expect(response.status).toBe(204);
    expect(await response.text()).toBe("");
  });

  test("to HEAD has headers and length but no body", async () => {
    const { get, events } = serveApi({ statusCode: 200, body: "12345" });
    const response = await get("/a", { method: "HEAD" });
    expect(events[0]!.requestContext.http).toMatchObject({ method: "HEAD" });
    expect(response.headers.get("content-length")).toBe("5");
    expect(await response.text()).toBe("");
  });

  test("is compressed when the client takes it and it is text of some length", async () => {
    const page = "<p>again and again</p>".repeat(100);
    const headers = { "Content-Type": "text/html", ETag: '"v1"' };
    const { get } = serveApi({ statusCode: 200, headers, body: page });
    const response = await get("/a", { headers: { "Accept-Encoding": "gzip, br" } });
    expect(response.headers.get("content-encoding")).toBe("br");
    expect(response.headers.get("vary")).toBe("Accept-Encoding");
    expect(response.headers.get("etag")).toBe('W/"v1"');
    expect(brotliDecompressSync(await response.bytes()).toString()).toBe(page);
    const zipped = await get("/a", { headers: { "Accept-Encoding": "gzip, br;q=0.5" } });
    expect(gunzipSync(await zipped.bytes()).toString()).toBe(page);
    const plain = await get("/a", { headers: { "Accept-Encoding": "identity" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await plain.text()).toBe(page);
  });
});

describe("the answer of a REST API", () => {
  const kind = "rest";

  test("joins both maps of headers", async () => {
    const { get } = serveApi(
      {
        statusCode: 200,
        headers: { "Set-Cookie": "a=1", "X-A": "1" },
        multiValueHeaders: { "set-cookie": ["a=1", "b=2"] },
        body: "{}",
      },
      { kind },
    );
    const response = await get("/a");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(response.headers.get("x-a")).toBe("1");
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("decodes base64 for binary media types alone", async () => {
    const result = { statusCode: 200, isBase64Encoded: true, body: "YWJj" };
    expect(await (await serveApi(result, { kind }).get("/a")).text()).toBe("YWJj");
    const { get } = serveApi(result, { kind, binaryMediaTypes: ["*/*"] });
    expect(await (await get("/a")).text()).toBe("abc");
  });

  test.each([{ a: 1 }, null, "text", { statusCode: 200, body: {} }])(
    "to the malformed result %j is a 502",
    async (result) => {
      const response = await serveApi(result, { kind }).get("/a");
      expect(response.status).toBe(502);
      expect(await response.json()).toEqual({ message: "Internal server error" });
    },
  );
});

describe("an API refuses in the words of its kind", () => {
  async function told(kind: "http" | "rest", invoke: EdgeOptions["invoke"], path = "/a") {
    const { get } = serve({ apis: [defineApi({ kind })], invoke });
    const response = await get(path);
    return [response.status, await response.json()];
  }

  test("when the function failed, and never shows its error", async () => {
    const invoke = async () =>
      answerWith({ functionError: "Unhandled", payload: utf8('{"errorMessage":"s3cret"}') });
    expect(await told("http", invoke)).toEqual([500, { message: "Internal Server Error" }]);
    expect(await told("rest", invoke)).toEqual([502, { message: "Internal server error" }]);
  });

  test("and its log names the id under which the function's log has the call", async () => {
    const logged: unknown[] = [];
    const logger = { ...silentLogger, warn: (_: string, fields = {}) => void logged.push(fields) };
    let called: string | undefined;
    const invoke: EdgeOptions["invoke"] = async (_, __, options) => {
      called = options?.requestId;
      return answerWith({ functionError: "Unhandled" });
    };
    const edge = newEdge({ apis: [defineApi({ kind: "http" })], invoke, logger });
    await edge.answer(askingFor("/a"));
    expect(called).toMatch(/^[\da-f-]{36}$/);
    expect(logged).toMatchObject([{ request: called }]);
  });

  test("when too many calls wait, or the call throws", async () => {
    const throttled = async () =>
      answerWith({ functionError: "Unhandled", throttled: "ConcurrentInvocationLimitExceeded" });
    expect(await told("http", throttled)).toEqual([503, { message: "Service Unavailable" }]);
    const broken = async () => {
      throw new Error("s3cret");
    };
    expect(await told("http", broken)).toEqual([500, { message: "Internal Server Error" }]);
  });

  test("but not when an invariant is broken, which no request is to survive", async () => {
    const invoke = async () => {
      throw new InvariantBroken("a circle has corners");
    };
    const edge = newEdge({ apis: [defineApi()], invoke });
    const answer = edge.answer(askingFor("/a"));
    expect(await Promise.resolve(answer).catch((thrown) => thrown)).toBeInstanceOf(InvariantBroken);
  });

  test("when the function's runtime answered with something else than JSON", async () => {
    const invoke = async () => answerWith({ payload: utf8("<html>") });
    expect(await told("http", invoke)).toEqual([500, { message: "Internal Server Error" }]);
    expect(await told("rest", invoke)).toEqual([502, { message: "Internal server error" }]);
  });

  test("when there is no route, or the path is not encoded", async () => {
    const none = defineApi({ routes: [] });
    const http = await serve({ apis: [none] }).get("/a");
    expect([http.status, await http.json()]).toEqual([404, { message: "Not Found" }]);
    expect(http.headers.get("content-type")).toBe("application/json");
    expect(http.headers.get("apigw-requestid")).toMatch(/^[\w+/]{15}=$/);
    const rest = await serve({ apis: [{ ...none, kind: "rest" }] }).get("/a");
    expect(rest.status).toBe(403);
    expect(rest.headers.get("x-amzn-errortype")).toBe("MissingAuthenticationTokenException");
    expect(rest.headers.get("x-amzn-requestid")).toMatch(/^[\da-f-]{36}$/);
    expect(await rest.json()).toEqual({ message: "Missing Authentication Token" });
    const invoke = async () => answerWith({ payload: utf8("{}") });
    expect(await told("http", invoke, "/100%")).toEqual([400, { message: "Bad Request" }]);
  });

  test("when the body is too large", async () => {
    const { get } = serveApi({});
    const response = await get("/a", {
      method: "POST",
      body: new Uint8Array(10 * 1024 * 1024 + 1),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ message: "Request Entity Too Large" });
  });

  test.each([
    ["http", 30_000, 503, "Service Unavailable"],
    ["rest", 29_000, 504, "Endpoint request timed out"],
  ] as const)("when the function of a %s API takes %d ms", async (kind, ms, status, message) => {
    const clock = new ManualClock();
    const { promise: called, resolve } = Promise.withResolvers<void>();
    const invoke = () => {
      setTimeout(resolve); // the bound begins in the turn of the call
      return new Promise<InvokeResult>(() => {});
    };
    const { get } = serve({ apis: [defineApi({ kind })], invoke, clock });
    const response = get("/a");
    await called;
    clock.advance(ms);
    expect((await response).status).toBe(status);
    expect(await (await response).json()).toEqual({ message });
  });
});

describe("an object of a bucket", () => {
  const distribution: DistributionDefinition = {
    name: "Cdn",
    behaviors: [{ pathPattern: "/static/*", origin: { kind: "bucket", bucketName: "site" } }],
    defaultOrigin: { kind: "api", apiName: "Web" },
  };
  const text = "let line = 1;\n".repeat(200);

  async function serveSite() {
    const sourceFolder = await newFolder({
      "static/app.js": text,
      "static/app-3f9d0a7c.js": "1",
      "static/a b.txt": "0123456789",
      "static/big.bin": "",
    });
    const modified = Date.UTC(2026, 0, 1) / 1000;
    await utimes(join(sourceFolder, "static/app.js"), modified, modified);
    await truncate(join(sourceFolder, "static/big.bin"), 3_000_000);
    const objects = createObjects({
      definitions: [{ name: "site", sourceFolder }],
      build: async () => [],
      workFolder: await newFolder({}),
      logger: silentLogger,
    });
    return serve({ apis: [defineApi()], distributions: [distribution], objects });
  }

  test("comes with type, tag, age and cache headers", async () => {
    const { get } = await serveSite();
    const response = await get("/static/app.js", { headers: { "Accept-Encoding": "identity" } });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "accept-ranges": "bytes",
      "cache-control": "no-cache",
      "content-length": String(text.length),
      "content-type": "text/javascript; charset=utf-8",
      etag: expect.stringMatching(/^"[\w-]{27}"$/),
      "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT",
      vary: "Accept-Encoding",
      "x-content-type-options": "nosniff",
    });
    expect(await response.text()).toBe(text);
    const named = await get("/static/app-3f9d0a7c.js");
    expect(named.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  });

  test("comes compressed under a tag of its own", async () => {
    const { get } = await serveSite();
    const tags = new Set<string | null>();
    for (const [accept, decode] of [
      ["br, gzip", brotliDecompressSync],
      ["gzip", gunzipSync],
    ] as const) {
      const response = await get("/static/app.js", { headers: { "Accept-Encoding": accept } });
      expect(response.headers.get("content-encoding")).toBe(accept.split(",")[0]!);
      expect(decode(await response.bytes()).toString()).toBe(text);
      tags.add(response.headers.get("etag"));
    }
    tags.add(
      (await get("/static/app.js", { headers: { "Accept-Encoding": "" } })).headers.get("etag"),
    );
    expect(tags.size).toBe(3);
  });

  test("is not sent again to who has it", async () => {
    const { get } = await serveSite();
    const etag = (await get("/static/app.js")).headers.get("etag")!;
    const statusWith = async (headers: Record<string, string>) => {
      const response = await get("/static/app.js", { headers });
      if (response.status === 304) expect(await response.text()).toBe("");
      return response.status;
    };
    expect(await statusWith({ "If-None-Match": etag })).toBe(304);
    expect(await statusWith({ "If-None-Match": `"x", W/${etag}` })).toBe(304);
    expect(await statusWith({ "If-None-Match": "*" })).toBe(304);
    expect(await statusWith({ "If-None-Match": etag, Range: "bytes=99999-" })).toBe(304);
    expect(await statusWith({ "If-None-Match": '"x"' })).toBe(200);
    const since = "Thu, 01 Jan 2026 00:00:00 GMT";
    expect(await statusWith({ "If-Modified-Since": since })).toBe(304);
    expect(await statusWith({ "If-Modified-Since": "Wed, 31 Dec 2025 23:59:59 GMT" })).toBe(200);
    expect(await statusWith({ "If-Modified-Since": since, "If-None-Match": '"x"' })).toBe(200);
  });

  test.each([
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=0-99", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=10-", 416, "Range Not Satisfiable\n", "bytes */10"],
    ["bytes=-0", 416, "Range Not Satisfiable\n", "bytes */10"],
    ["bytes=4-2", 200, "0123456789", null],
    ["bytes=0-1,3-4", 200, "0123456789", null],
    ["lines=1-2", 200, "0123456789", null],
  ])("for the range %s is answered with %d and %j", async (range, status, body, contentRange) => {
    const { get } = await serveSite();
    const response = await get("/static/a%20b.txt", { headers: { Range: range } });
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(body);
    expect(response.headers.get("content-range")).toBe(contentRange);
  });

  test("that is large comes from disk, in whole and in part", async () => {
    const { get } = await serveSite();
    const whole = await get("/static/big.bin");
    expect((await whole.bytes()).length).toBe(3_000_000);
    expect(whole.headers.get("content-type")).toBe("application/octet-stream");
    const part = await get("/static/big.bin", { headers: { Range: "bytes=100-199" } });
    expect([part.status, (await part.bytes()).length]).toEqual([206, 100]);
    const etag = whole.headers.get("etag")!;
    const headers = { Range: "bytes=0-0", "If-Range": etag };
    expect((await get("/static/big.bin", { headers })).status).toBe(206);
    expect(
      (await get("/static/big.bin", { headers: { ...headers, "If-Range": '"x"' } })).status,
    ).toBe(200);
  });

  test("is read with GET and HEAD alone, and a missing one is a plain 404", async () => {
    const { get } = await serveSite();
    const posted = await get("/static/app.js", { method: "POST", body: "x" });
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    const headers = { Range: "bytes=0-1" }; // which is for GET alone
    const head = await get("/static/a%20b.txt", { method: "HEAD", headers });
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([
      200,
      "10",
      "",
    ]);
    for (const path of ["/static/nowhere", "/static/..%2f..%2fx", "/static/%00", "/static/100%"]) {
      const missing = await get(path);
      expect([missing.status, await missing.text()]).toEqual([404, "Not Found\n"]);
    }
  });
});

test("what cannot be served is named", () => {
  const web = defineApi({ routes: [{ method: "GET", path: "/{a+}/b", functionName: "f" }] });
  const other = defineApi({
    name: "Other",
    kind: "rest",
    routes: [
      { method: "GET", path: "/{a}", functionName: "f" },
      { method: "GET", path: "/{b}", functionName: "f" },
      { method: "ANY", path: "$default", functionName: "f" },
    ],
  });
  const defaultOrigin = { kind: "api", apiName: "Nobody" } as const;
  const distribution = { name: "Cdn", behaviors: [], defaultOrigin };
  expect(checkEdge({ apis: [web, other], distributions: [] })).toEqual([
    'API "Other": a second API needs a distribution that leads to it',
    'API "Web", route "GET /{a+}/b": its path has a greedy variable that is not at its end',
    'API "Other", route "GET /{b}": there is one like it already',
    'API "Other", route "ANY $default": only an HTTP API has it',
  ]);
  const distributions = [distribution, { ...distribution, name: "Second" }];
  expect(checkEdge({ apis: [defineApi()], distributions })).toEqual([
    'distribution "Second": only one is served so far',
    'distribution "Cdn" leads to the API "Nobody", which is not there',
    'distribution "Second" leads to the API "Nobody", which is not there',
  ]);
});

test("a page from a real function loads a module bundled for the browser", async () => {
  const codeFolder = await newFolder({
    "app.ts": `export const handler = async (event: { rawPath: string }) => ({
      statusCode: 200,
      headers: { "content-type": "text/html; charset=utf-8" },
      body: "<script type=module src=/static/app.js></script>" + event.rawPath,
    });`,
  });
  const sourceFolder = await newFolder({ "static/app.ts": "document.title = 'hello' as string;" });
  const bundle = { minify: true, target: "es2022", sourcemap: false };
  const common = { logger: silentLogger, clock: systemClock, random: systemRandom };
  const functions = createFunctions({
    ...common,
    records: openMemoryRecords(),
    atEndOfTurn: setImmediate,
    definitions: [
      {
        name: "page",
        handler: "app.handler",
        codeFolder,
        runtime: "nodejs22.x",
        timeoutSeconds: 5,
        memoryMegabytes: 128,
        environment: {},
        build: { ...bundle, entryPoints: ["app.ts"], format: "cjs", external: [] },
      },
    ],
    workFolder: await newFolder({}),
    region: "eu-central-1",
    accountId: "111122223333",
  });
  cleanups.push(() => functions.close());
  const build = { ...bundle, entryPoints: ["static/app.ts"] };
  const objects = createObjects({
    definitions: [{ name: "site", sourceFolder, build }],
    build: bundleForBrowser,
    workFolder: await newFolder({}),
    logger: silentLogger,
  });
  expect(await functions.start({ endpointUrl: "http://127.0.0.1:1" })).toEqual([]);
  expect(await objects.start()).toEqual([]);
  const { get } = serve({
    apis: [defineApi()],
    distributions: [
      {
        name: "Cdn",
        behaviors: [{ pathPattern: "/static/*", origin: { kind: "bucket", bucketName: "site" } }],
        defaultOrigin: { kind: "api", apiName: "Web" },
      },
    ],
    objects,
    invoke: functions.invoke,
  });
  const page = await get("/c++");
  expect([page.status, page.headers.get("content-type")]).toEqual([
    200,
    "text/html; charset=utf-8",
  ]);
  expect(await page.text()).toBe("<script type=module src=/static/app.js></script>/c++");
  const module = await get("/static/app.js");
  expect(await module.text()).toBe('document.title="hello";\n');
});

describe("what an API is set to", () => {
  const route = { method: "ANY", path: "/a", functionName: "f" };
  const told = { statusCode: 200, body: "told" };

  test("a route leads to an alias, and waits as long as it says", async () => {
    const asked: unknown[] = [];
    const clock = new ManualClock(0);
    const invoke: EdgeOptions["invoke"] = (name, _, options) => {
      asked.push([name, options?.qualifier]);
      return new Promise(() => {});
    };
    const routes = [{ ...route, qualifier: "live", timeoutMs: 200 }];
    const { get } = serve({ apis: [defineApi({ routes })], invoke, clock });
    const answer = get("/a");
    while (asked.length === 0) await Bun.sleep(1);
    expect(asked).toEqual([["f", "live"]]);
    clock.advance(200);
    expect((await answer).status).toBe(503);
  });

  test("a route of version 1.0 gets that event, and its answer is not guessed at", async () => {
    const routes = [{ ...route, payloadVersion: "1.0" } as const];
    const { get, events } = serveApi({ a: 1 }, { routes });
    expect((await get("/a")).status).toBe(500);
    expect(events[0]).toMatchObject({ version: "1.0", resource: "/a" });
    const result = { ...told, cookies: ["a=b"], multiValueHeaders: { "set-cookie": ["c=d"] } };
    const answer = await serveApi(result, { routes }).get("/a");
    expect([await answer.text(), answer.headers.getSetCookie()]).toEqual(["told", ["c=d"]]);
  });

  test.each(["http", "rest"] as const)("a %s API takes so many requests", async (kind) => {
    const settings = { kind, routes: [route], throttle: { ratePerSecond: 1, burst: 1 } };
    const { get, clock } = serveApi(told, settings);
    expect((await get("/a")).status).toBe(200);
    const refused = await get("/a");
    expect([refused.status, await refused.json()]).toEqual([429, { message: "Too Many Requests" }]);
    clock.advance(1_000);
    expect((await get("/a")).status).toBe(200);
  });

  test("an answer that a method of a REST API is set to counts as any other", async () => {
    const fixed = { status: 200, headers: {}, body: "turns" };
    const routes = [{ ...route, functionName: "", fixed }];
    const bound = { ratePerSecond: 1, burst: 1 };
    const { get, events } = serveApi(told, { kind: "rest", routes, throttle: bound });
    expect(await (await get("/a")).text()).toBe("turns");
    expect((await get("/a")).status).toBe(429);
    expect(events).toEqual([]);
  });

  test("pages may read what an HTTP API refuses and what fails", async () => {
    const headers = { origin: "https://a.example" };
    const settings = { routes: [route], cors: { allowOrigins: ["https://a.example"] } };
    const { get } = serveApi(told, settings);
    const body = new Uint8Array(10 * 1024 * 1024 + 1);
    const failing: EdgeOptions["invoke"] = async () => Promise.reject(new Error("too many"));
    const answers = [
      await get("/a", { method: "POST", headers, body }),
      await get("/gone", { headers }),
      await serve({ apis: [defineApi(settings)], invoke: failing }).get("/a", { headers }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([413, 404, 500]);
    for (const answer of answers) {
      expect(answer.headers.get("access-control-allow-origin")).toBe("https://a.example");
    }
  });

  test("a REST API answers the preflights of its paths alike", async () => {
    const api = { kind: "rest", routes: [route], restCors: { allowOrigin: "*" } } as const;
    const { get, events } = serveApi(told, api);
    const answer = await get("/a", { method: "OPTIONS" });
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
    expect(answer.headers.get("access-control-allow-methods")).toContain("POST");
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
    expect((await get("/b", { method: "OPTIONS" })).status).toBe(403);
    expect(events).toEqual([]);
    expect((await get("/a")).headers.has("access-control-allow-origin")).toBe(false);
  });
});
