import { afterEach, describe, expect, test } from "bun:test";
import { noBytes, textOf, utf8 } from "../../base/mod.ts";
import { type RuntimeApi, serveRuntimeApi } from "./runtime-api.ts";

const open: RuntimeApi[] = [];

afterEach(() => {
  for (const api of open.splice(0)) api.close();
});

function serve({ readsTrailers = false } = {}) {
  const told: string[] = [];
  const api = serveRuntimeApi({
    readsTrailers,
    deadlineMs: () => 1234,
    handlers: {
      next: (give) =>
        give({
          requestId: "r1",
          payload: utf8('{"a":1}'),
          traceId: "Root=1-2-3",
          functionArn: "arn:aws:lambda:eu-central-1:111122223333:function:f",
          clientContext: '{"client":{}}',
        }),
      respond: (id, payload = noBytes) =>
        id === "r1" && told.push(`respond ${textOf(payload)}`) > 0,
      async respondInPieces(id, { pieces, contentType, lateError }) {
        if (id !== "r1") return false;
        for await (const piece of pieces) told.push(`${contentType} ${textOf(piece)}`);
        const error = lateError();
        if (error) told.push(`late ${textOf(error)}`);
        return true;
      },
      fail: (id, error) => id === "r1" && told.push(`fail ${textOf(error)}`) > 0,
      failInit: (error) => void told.push(`failInit ${textOf(error)}`),
    },
  });
  open.push(api);
  const call = (path: string, init?: RequestInit) =>
    fetch(`http://${api.address}/2018-06-01/runtime/${path}`, init);
  const post = (path: string, body: string, headers?: Record<string, string>) =>
    call(path, { method: "POST", body, headers });
  return { told, call, post, address: api.address };
}

describe.each([false, true])("the Runtime API, where it reads trailers: %p,", (readsTrailers) => {
  test("gives the next call with its headers", async () => {
    const response = await serve({ readsTrailers }).call("invocation/next");
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "lambda-runtime-aws-request-id": "r1",
      "lambda-runtime-deadline-ms": "1234",
      "lambda-runtime-invoked-function-arn": "arn:aws:lambda:eu-central-1:111122223333:function:f",
      "lambda-runtime-trace-id": "Root=1-2-3",
      "lambda-runtime-client-context": '{"client":{}}',
    });
    expect(await response.json()).toEqual({ a: 1 });
  });

  test("takes a result, an error and a failed start", async () => {
    const { post, told } = serve({ readsTrailers });
    for (const path of ["invocation/r1/response", "invocation/r1/error", "init/error"]) {
      const response = await post(path, "{}");
      expect([response.status, await response.json()]).toEqual([202, { status: "OK" }]);
    }
    expect(told).toEqual(["respond {}", "fail {}", "failInit {}"]);
  });

  test("takes an answer in pieces", async () => {
    const { post, told } = serve({ readsTrailers });
    const streaming = { "Lambda-Runtime-Function-Response-Mode": "streaming" };
    expect((await post("invocation/r1/response", "one", streaming)).status).toBe(202);
    expect((await post("invocation/r2/response", "two", streaming)).status).toBe(400);
    expect(told).toEqual(["application/octet-stream one"]);
  });

  test("refuses unknown calls, unknown operations and browsers", async () => {
    const { post, call, told } = serve({ readsTrailers });
    expect((await post("invocation/r2/response", "1")).status).toBe(400);
    expect((await post("invocation/r2/error", "1")).status).toBe(400);
    expect((await post("invocation/r1/other", "1")).status).toBe(404);
    expect((await post("invocation/r1/response/more", "1")).status).toBe(404);
    expect((await call("invocation/previous")).status).toBe(404);
    const origin = { Origin: "http://example.com" };
    expect((await call("invocation/next", { headers: origin })).status).toBe(403);
    const site = { "Sec-Fetch-Site": "cross-site" };
    expect((await call("invocation/next", { headers: site })).status).toBe(403);
    const rebound = { Host: "example.com" }; // a page whose name was made to lead here
    expect((await call("invocation/next", { headers: rebound })).status).toBe(403);
    expect(told).toEqual([]);
  });
});

describe("an error in the middle of an answer", () => {
  const send = async (address: string, trailers: string) => {
    const [hostname = "", port] = address.split(":");
    const { promise: status, resolve } = Promise.withResolvers<string>();
    const data = (_: unknown, bytes: Uint8Array) => resolve(textOf(bytes).split("\r\n")[0]!);
    const socket = await Bun.connect({ hostname, port: Number(port), socket: { data } });
    socket.write(
      `POST /2018-06-01/runtime/invocation/r1/response HTTP/1.1\r\nHost: ${address}\r\n` +
        "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n" +
        "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n" +
        `4\r\nhalf\r\n0\r\n${trailers}\r\n`,
    );
    const line = await status;
    socket.end();
    return line;
  };
  const type = "Lambda-Runtime-Function-Error-Type: Runtime.Broken\r\n";
  const body = `Lambda-Runtime-Function-Error-Body: ${btoa('{"errorType":"Broken"}')}\r\n`;

  test.each([
    [type + body, ['late {"errorType":"Broken"}']],
    [type, ['late {"errorType":"Runtime.Broken","errorMessage":""}']],
    ["", []],
  ])("is told by the trailers %p", async (trailers, late) => {
    const { told, address } = serve({ readsTrailers: true });
    expect(await send(address, trailers)).toBe("HTTP/1.1 202 Accepted");
    expect(told).toEqual(["application/octet-stream half", ...late]);
  });

  test("may have no body but the type in a header", async () => {
    const { post, told } = serve();
    await post("invocation/r1/error", "", { "Lambda-Runtime-Function-Error-Type": "A.B" });
    expect(told).toEqual(['fail {"errorType":"A.B","errorMessage":""}']);
  });
});

test("a runtime of one's own may speak HTTP/1.0, which need not name the host", async () => {
  const { told, address } = serve({ readsTrailers: true });
  const [hostname, port] = address.split(":") as [string, string];
  const { promise, resolve } = Promise.withResolvers<string>();
  let answer = "";
  const data = (_: unknown, bytes: Uint8Array) => {
    answer += textOf(bytes);
  };
  const socket = { data, close: () => resolve(answer) };
  const connection = await Bun.connect({ hostname, port: Number(port), socket });
  connection.write(
    "POST /2018-06-01/runtime/invocation/r1/response HTTP/1.0\r\nContent-Length: 2\r\n\r\n12",
  );
  expect(await promise).toMatch(/^HTTP\/1\.[01] 202 /);
  expect(told).toEqual(["respond 12"]);
});
