import { describe, expect, test } from "bun:test";
import type { CorsDefinition } from "../definition.ts";
import type { EdgeRequest } from "../request.ts";
import { answerWithCors, corsHeaders, isPreflight, preflightHeaders } from "./http-cors.ts";

type Asked = Pick<EdgeRequest, "method" | "headers">;

function request(headers: Record<string, string>, method = "GET"): Asked {
  return { method, headers };
}

const asking = (origin: string) => request({ origin });

const all: CorsDefinition = {
  allowOrigins: ["https://a.example", "http://localhost:5173"],
  allowMethods: ["GET", "POST"],
  allowHeaders: ["authorization", "x-own"],
  exposeHeaders: ["date", "x-id"],
  maxAgeSeconds: 600,
  allowCredentials: true,
};

describe("a preflight", () => {
  test("is OPTIONS with an origin and the method that is asked for", () => {
    const full = { origin: "https://a.example", "access-control-request-method": "POST" };
    expect(isPreflight(request(full, "OPTIONS"))).toBe(true);
    expect(isPreflight(request(full, "POST"))).toBe(false);
    for (const missing of Object.keys(full)) {
      const { [missing as "origin"]: _, ...rest } = full;
      expect(isPreflight(request(rest, "OPTIONS"))).toBe(false);
    }
  });

  test("is told everything that is set but what answers expose", () => {
    expect(preflightHeaders(asking("https://a.example"), all)).toEqual({
      "access-control-allow-origin": "https://a.example",
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET,POST",
      "access-control-allow-headers": "authorization,x-own",
      "access-control-max-age": "600",
    });
  });

  test("of another origin is told nothing", () => {
    expect(preflightHeaders(asking("https://b.example"), all)).toEqual({});
  });

  test("hears an age of 0 and of -1, which are not the same as none", () => {
    for (const maxAgeSeconds of [0, -1]) {
      const told = preflightHeaders(asking("x://y"), { allowOrigins: ["*"], maxAgeSeconds });
      expect(told["access-control-max-age"]).toBe(String(maxAgeSeconds));
    }
  });
});

describe("an answer", () => {
  test("lets the page read it, and what is exposed of its headers", () => {
    expect(corsHeaders(asking("http://localhost:5173"), all)).toEqual({
      "access-control-allow-origin": "http://localhost:5173",
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "date,x-id",
    });
  });

  test("without an origin, or to another one, says nothing", () => {
    expect(corsHeaders(request({}), all)).toEqual({});
    expect(corsHeaders(asking("https://a.example.evil"), all)).toEqual({});
    expect(corsHeaders(asking("https://a.example"), {})).toEqual({});
  });

  test.each([
    ["*", "https://a.example", "*"],
    ["*", "null", "*"],
    ["https://*", "https://a.example", "https://a.example"],
    ["https://*", "http://a.example", undefined],
    ["http://*", "http://a.example:8080", "http://a.example:8080"],
    ["https://a.example", "https://A.example", undefined],
  ])("where %s may ask, %s is told %s", (allowed, origin, told) => {
    const headers = corsHeaders(asking(origin), { allowOrigins: [allowed] });
    expect(headers["access-control-allow-origin"]).toBe(told);
  });
});

describe("an API that is set to", () => {
  const cors: CorsDefinition = { allowOrigins: ["https://a.example"], exposeHeaders: ["x-own"] };
  const own = { "x-own": "1", "Access-Control-Allow-Origin": "*", "access-control-max-age": "5" };
  const preflight = (headers: object) => ({
    kind: "preflight",
    headers: new Headers({ ...headers }),
  });
  const answer = async () => {
    return { kind: "function", headers: new Headers({ ...own, vary: "Accept-Encoding" }) };
  };
  const answerTo = async (asked: Asked, settings = cors) => {
    const { kind, headers } = await answerWithCors(answer, asked, { cors: settings, preflight });
    return [kind, Object.fromEntries(headers)];
  };

  test("says what is set in the place of what the function says", async () => {
    expect(await answerTo(asking("https://a.example"))).toEqual([
      "function",
      {
        "x-own": "1",
        "access-control-allow-origin": "https://a.example",
        "access-control-expose-headers": "x-own",
        vary: "Accept-Encoding, Origin",
      },
    ]);
    expect(await answerTo(request({}))).toEqual([
      "function",
      { "x-own": "1", vary: "Accept-Encoding, Origin" },
    ]);
  });

  test("answers preflights, also those that are told nothing", async () => {
    const asked = (origin: string) =>
      request({ origin, "access-control-request-method": "GET" }, "OPTIONS");
    expect(await answerTo(asked("https://a.example"))).toEqual([
      "preflight",
      { "access-control-allow-origin": "https://a.example", vary: "Origin" },
    ]);
    expect(await answerTo(asked("https://b.example"))).toEqual(["preflight", { vary: "Origin" }]);
  });

  test("let all ask gives the same answer to all", async () => {
    const [, headers] = await answerTo(asking("https://b.example"), { allowOrigins: ["*"] });
    expect(headers).toMatchObject({ "access-control-allow-origin": "*", vary: "Accept-Encoding" });
  });
});
