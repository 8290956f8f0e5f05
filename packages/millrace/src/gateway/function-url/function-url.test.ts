import { afterEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import {
  ManualClock,
  silentLogger,
  systemClock,
  systemRandom,
  textOf,
  utf8,
} from "../../base/mod.ts";
import type { FunctionUrl, InvokeOptions, InvokeResult } from "../../functions/mod.ts";
import { incomingOf, responseOf } from "../http-server.ts";
import { createFunctionUrlDoor, type FunctionUrlOptions } from "./function-url.ts";
import { preludeType } from "./prelude.ts";

const id = "abcdefghijklmnopqrstuvwxyz234567";
const host = `${id}.lambda-url.eu-central-1.localhost:8080`;
const signer = { accessKeyId: "AKID", accountId: "111122223333", userId: "AROA:s", arn: "arn:x" };
const none = new Uint8Array(0);
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

type Found = Extract<InvokeResult, { found: true }>;
type Invoke = (payload: string, options: InvokeOptions) => Promise<Partial<Found>>;

function serve(
  invoke: Invoke,
  settings: Partial<FunctionUrl> = {},
  more: Partial<FunctionUrlOptions> = {},
) {
  const url: FunctionUrl = {
    id,
    functionName: "page",
    signed: false,
    streamed: false,
    createdMs: 0,
    lastModifiedMs: 0,
    ofTemplate: true,
    ...settings,
  };
  const door = createFunctionUrlDoor({
    find: (asked) => (asked === id ? url : undefined),
    async invoke(_, payload, options) {
      const { requestId = "" } = options;
      const whole = { found: true, requestId, payload: none, logTail: none, version: "$LATEST" };
      return { ...whole, ...(await invoke(textOf(payload), options)) } as InvokeResult;
    },
    identify: () => undefined,
    clock: new ManualClock(Date.UTC(2026, 0, 1)),
    random: systemRandom,
    logger: silentLogger,
    ...more,
  });
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) =>
      door(incomingOf(request, { ip: "192.0.2.1" }))?.then(responseOf) ??
      new Response("the application"),
  });
  cleanups.push(() => server.stop(true));
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, {
      ...init,
      headers: { host, ...(init.headers as Record<string, string>) },
    });
  return { get, port: server.port! };
}

function answering(result: unknown, seen: unknown[] = []): Invoke {
  return async (payload) => {
    seen.push(JSON.parse(payload));
    return { payload: utf8(JSON.stringify(result)) };
  };
}

describe("the address of a function", () => {
  test("gives the handler an event of payload version 2.0, without what an API would add", async () => {
    const seen: unknown[] = [];
    const { get } = serve(answering("ok", seen));
    const answer = await get("/a/b%20c?x=1&x=2", {
      method: "POST",
      headers: { cookie: "s=1; t=2", "content-type": "text/plain", "user-agent": "UA" },
      body: "hello",
    });
    const requestId = answer.headers.get("x-amzn-requestid")!;
    expect(seen[0]).toEqual({
      version: "2.0",
      routeKey: "$default",
      rawPath: "/a/b%20c",
      rawQueryString: "x=1&x=2",
      cookies: ["s=1", "t=2"],
      headers: expect.objectContaining({ host, "content-type": "text/plain" }),
      queryStringParameters: { x: "1,2" },
      requestContext: {
        accountId: "anonymous",
        apiId: id,
        domainName: host,
        domainPrefix: id,
        http: {
          method: "POST",
          path: "/a/b%20c",
          protocol: "HTTP/1.1",
          sourceIp: "192.0.2.1",
          userAgent: "UA",
        },
        requestId,
        routeKey: "$default",
        stage: "$default",
        time: "01/Jan/2026:00:00:00 +0000",
        timeEpoch: Date.UTC(2026, 0, 1),
      },
      body: "hello",
      isBase64Encoded: false,
    });
    expect(requestId).toMatch(/^[0-9a-f]{8}-/);
  });

  test("reads status, headers, cookies and a body in base64 from the result", async () => {
    const { get } = serve(
      answering({
        statusCode: 201,
        headers: { "X-Own": "1" },
        cookies: ["a=1"],
        body: "aGk=",
        isBase64Encoded: true,
      }),
    );
    const answer = await get("/");
    expect([answer.status, await answer.text()]).toEqual([201, "hi"]);
    expect([answer.headers.get("x-own"), answer.headers.getSetCookie()]).toEqual(["1", ["a=1"]]);
  });

  test("is that name alone: other hosts are the application's, other ids nobody's", async () => {
    const { get } = serve(answering("ok"));
    const other = `${"z".repeat(32)}.lambda-url.eu-central-1.localhost`;
    expect(await (await get("/", { headers: { host: "127.0.0.1" } })).text()).toBe(
      "the application",
    );
    expect((await get("/", { headers: { host: other } })).status).toBe(404);
  });

  test("tells a failure, a throttle and a result that is none from an answer", async () => {
    const statusOf = async (result: Partial<Found>) =>
      (await serve(async () => result).get("/")).status;
    expect(await statusOf({ functionError: "Unhandled", payload: utf8("{}") })).toBe(502);
    expect(await statusOf({ payload: utf8('{"statusCode":"no"}') })).toBe(502);
    const throttled = "ReservedFunctionConcurrentInvocationLimitExceeded";
    expect(await statusOf({ throttled, functionError: "Unhandled" })).toBe(429);
  });
});

describe("an address that wants signatures", () => {
  test("lets nobody in whom identity does not know, and tells the handler who signed", async () => {
    const seen: { requestContext: { accountId: string; authorizer: unknown } }[] = [];
    const refused = serve(answering("ok", seen), { signed: true });
    const answer = await refused.get("/");
    expect([answer.status, await answer.json()]).toEqual([403, { Message: "Forbidden" }]);
    expect(seen).toEqual([]);
    const bodies: string[] = [];
    const { get } = serve(
      answering("ok", seen),
      { signed: true },
      {
        identify({ body }) {
          bodies.push(textOf(body));
          return signer;
        },
      },
    );
    expect((await get("/", { method: "POST", body: "signed too" })).status).toBe(200);
    expect(bodies).toEqual(["signed too"]);
    expect(seen[0]?.requestContext).toMatchObject({
      accountId: "111122223333",
      authorizer: { iam: { accessKey: "AKID", callerId: "AROA:s", userArn: "arn:x" } },
    });
  });
});

describe("what browsers are told", () => {
  const cors = {
    allowOrigins: ["https://a.test"],
    allowMethods: ["GET", "POST"],
    allowHeaders: ["x-own"],
    exposeHeaders: ["x-seen"],
    maxAgeSeconds: 60,
    allowCredentials: true,
  };
  const preflight = (origin: string) => ({
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "POST" },
  });

  test("a preflight is answered without the handler, and before any signature", async () => {
    const seen: unknown[] = [];
    const { get } = serve(answering("ok", seen), { cors, signed: true });
    const { status, headers } = await get("/", preflight("https://a.test"));
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      "access-control-allow-origin": "https://a.test",
      "access-control-allow-methods": "GET,POST",
      "access-control-allow-headers": "x-own",
      "access-control-allow-credentials": "true",
      "access-control-max-age": "60",
    });
    const upper = serve(answering("ok"), { cors: { allowOrigins: ["HTTPS://A.test"] } });
    const same = await upper.get("/", preflight("https://a.test"));
    expect(same.headers.get("access-control-allow-origin")).toBe("https://a.test");
    const other = await get("/", preflight("https://b.test"));
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
    expect(seen).toEqual([]);
  });

  test("the handler's own headers give way, and other origins read nothing", async () => {
    const own = { headers: { "access-control-allow-origin": "*" }, statusCode: 200 };
    const { get } = serve(answering(own), { cors });
    const allowed = await get("/", { headers: { origin: "https://a.test" } });
    expect(allowed.headers.get("access-control-allow-origin")).toBe("https://a.test");
    expect(allowed.headers.get("access-control-expose-headers")).toBe("x-seen");
    const other = await get("/", { headers: { origin: "https://b.test" } });
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("a page may read that the call failed", async () => {
    const failing = async () => Promise.reject(new Error("too many"));
    const answer = await serve(failing, { cors }).get("/", {
      headers: { origin: "https://a.test" },
    });
    expect(answer.status).toBe(500);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://a.test");
  });

  test("where nothing is set the handler answers for itself", async () => {
    const seen: unknown[] = [];
    const { get } = serve(answering({ statusCode: 204 }, seen));
    expect((await get("/", preflight("https://a.test"))).status).toBe(204);
    expect(seen).toHaveLength(1);
  });
});

test("a status without a type is JSON, in one piece or in several", async () => {
  const head = { statusCode: 200, headers: { "X-Own": "1" } };
  const whole = await serve(answering({ ...head, body: "<p>" })).get("/");
  expect(whole.headers.get("content-type")).toBe("application/json");
  const bytes = Buffer.concat([utf8(JSON.stringify(head)), Buffer.alloc(8), utf8("<p>")]);
  const inPieces: Invoke = async (_, { onPiece }) => {
    await onPiece!(bytes, preludeType);
    return {};
  };
  const pieced = await serve(inPieces, { streamed: true }).get("/");
  expect(pieced.headers.get("content-type")).toBe("application/json");
});

test("a head in pieces whose status has no body has no type", async () => {
  const bytes = Buffer.concat([utf8('{"statusCode":204}'), Buffer.alloc(8)]);
  const invoke: Invoke = async (_, { onPiece }) => {
    await onPiece!(bytes, preludeType);
    return {};
  };
  const answer = await serve(invoke, { streamed: true }).get("/");
  expect([answer.status, answer.headers.get("content-type")]).toEqual([204, null]);
});

describe("an answer in pieces", () => {
  const head = JSON.stringify({ statusCode: 202, headers: { "X-Own": "1" }, cookies: ["a=1"] });

  test("is on its way before the handler has ended", async () => {
    const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
    const { get } = serve(
      async (_, { onPiece }) => {
        await onPiece!(utf8("first "), "text/plain");
        await goesOn;
        await onPiece!(utf8("second"), "text/plain");
        return {};
      },
      { streamed: true },
    );
    const answer = await get("/");
    expect(answer.headers.get("content-type")).toBe("text/plain");
    const reader = answer.body!.getReader();
    expect(textOf((await reader.read()).value!)).toBe("first ");
    goOn(); // had it waited for the end, this line would never be reached
    expect(textOf((await reader.read()).value!)).toBe("second");
    expect((await reader.read()).done).toBe(true);
  });

  test("begins with its status and headers, however they are cut", async () => {
    const bytes = Buffer.concat([utf8(head), Buffer.alloc(8), utf8("body")]);
    const { get } = serve(
      async (_, { onPiece }) => {
        for (const byte of bytes) await onPiece!(new Uint8Array([byte]), preludeType);
        return {};
      },
      { streamed: true },
    );
    const answer = await get("/");
    expect([answer.status, answer.headers.get("x-own")]).toEqual([202, "1"]);
    expect(answer.headers.getSetCookie()).toEqual(["a=1"]);
    expect(await answer.text()).toBe("body");
  });

  test.each([
    ["no JSON", Buffer.concat([utf8("nonsense"), Buffer.alloc(8)])],
    ["no end", utf8(head)],
    ["no status", Buffer.concat([utf8('{"statusCode":7}'), Buffer.alloc(8)])],
  ])("with a head that has %s is no answer", async (_, bytes) => {
    const { get } = serve(
      async (_payload, { onPiece }) => {
        await onPiece!(bytes, preludeType);
        return {};
      },
      { streamed: true },
    );
    expect((await get("/")).status).toBe(502);
  });

  test.each(["text/html\r\nset-cookie: a=1", "text/html\u010d\u010aset-cookie: a=1", "\0"])(
    "of the type %j is no answer",
    async (contentType) => {
      const { get } = serve(
        async (_, { onPiece }) => {
          await onPiece!(utf8("piece"), contentType);
          return { payload: none };
        },
        { streamed: true },
      );
      const answer = await get("/");
      expect(answer.status).toBe(502);
      expect(answer.headers.get("set-cookie")).toBeNull();
    },
  );

  test("may be empty, and may come as a whole", async () => {
    const streamed = true;
    expect((await serve(async () => ({}), { streamed }).get("/")).status).toBe(200);
    const whole = await serve(answering({ statusCode: 203, body: "x" }), { streamed }).get("/");
    expect([whole.status, await whole.text()]).toEqual([203, "x"]);
  });

  test("breaks off where the handler fails, so that no half is taken for a whole", async () => {
    const { port } = serve(
      async (_, { onPiece }) => {
        await onPiece!(utf8("half"), "text/plain");
        return { functionError: "Unhandled", payload: utf8("{}") };
      },
      { streamed: true },
      { clock: systemClock },
    );
    const received = await new Promise<string>((resolve) => {
      let text = "";
      const socket = connect({ host: "127.0.0.1", port });
      socket.on("data", (bytes) => {
        text += bytes.toString("latin1");
      });
      socket.on("error", () => {}); // a reset is as good an end
      socket.on("close", () => resolve(text));
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    expect(received).toContain("half");
    expect(received).not.toContain("\r\n0\r\n\r\n");
  });
});
