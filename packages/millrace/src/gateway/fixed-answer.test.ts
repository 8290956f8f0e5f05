import { expect, test } from "bun:test";
import { silentLogger, systemClock, systemRandom } from "../base/mod.ts";
import { createEdge } from "./edge.ts";
import { fixedAnswer } from "./fixed-answer.ts";
import { incomingOf } from "./http-server.ts";

const fixed = {
  status: 200,
  headers: { "access-control-allow-origin": "https://a.example", vary: "Origin" },
  origins: ["https://b.example"],
  mediaTypes: ["application/json"],
};

function answered(asked: Record<string, string>, more: object = {}) {
  const answer = fixedAnswer({ ...fixed, ...more }, { headers: asked });
  if ("message" in answer) return [answer.status, answer.message, answer.errorType];
  return { ...answer, headers: Object.fromEntries(answer.headers) };
}

test("an answer is as it is set, and empty unless it has a body", () => {
  const headers = { ...fixed.headers, "content-type": "application/json" };
  expect(answered({})).toEqual({ status: 200, headers, body: "" });
  expect(answered({}, { body: "hello" })).toEqual({ status: 200, headers, body: "hello" });
  expect(answered({}, { status: 204 })).toEqual({ status: 204, headers: fixed.headers, body: "" });
});

test("a cookie among its headers is one", () => {
  const answer = fixedAnswer({ status: 200, headers: { "set-cookie": "a=b" } }, { headers: {} });
  expect("headers" in answer && answer.headers.cookies).toEqual(["a=b"]);
});

test("an origin of its own is named back, others get the first", () => {
  const allowed = "access-control-allow-origin";
  const of = (origin: string) => answered({ origin });
  expect(of("https://b.example")).toMatchObject({ headers: { [allowed]: "https://b.example" } });
  expect(of("https://c.example")).toMatchObject({ headers: { [allowed]: "https://a.example" } });
});

test("a body that it fails for is named in the log, and one that is refused is not", async () => {
  const logged: unknown[] = [];
  const route = (path: string, more = {}) => ({
    method: "ANY",
    path,
    functionName: "",
    fixed: { ...fixed, ...more },
  });
  const routes = [route("/{name}"), route("/refused", { otherTypes: "refused" })];
  const edge = createEdge({
    apis: [{ name: "Web", apiId: "abcdefghij", kind: "rest", stage: "v1", routes }],
    distributions: [],
    accountId: "111122223333",
    objects: { read: async () => undefined },
    invoke: async () => ({ found: false }),
    clock: systemClock,
    random: systemRandom,
    logger: { ...silentLogger, warn: (...line) => void logged.push(line) },
  });
  const headers = { "content-type": "text/html" };
  const ask = async (path: string) => {
    const request = new Request(`http://127.0.0.1${path}`, { headers });
    return (await edge.answer(incomingOf(request, { ip: "127.0.0.1" }))).status;
  };
  expect([await ask("/a"), await ask("/refused")]).toEqual([500, 415]);
  const request = expect.stringMatching(/^[\da-f-]{36}$/);
  const found = { api: "Web", path: "/{name}", request };
  expect(logged).toEqual([["no template for this type of body", found]]);
});

test("a body of another type fails, or is refused where that is said", () => {
  const html = { "content-type": "text/html" };
  expect(answered(html)).toEqual([500, "Internal server error", "InternalServerErrorException"]);
  expect(answered(html, { otherTypes: "refused" })).toEqual([
    415,
    "Unsupported Media Type",
    "UnsupportedMediaTypeException",
  ]);
  expect(answered({ "content-type": "Application/JSON; charset=utf-8" })).toMatchObject({
    status: 200,
  });
  expect(answered(html, { mediaTypes: undefined })).toMatchObject({ status: 200 });
});
