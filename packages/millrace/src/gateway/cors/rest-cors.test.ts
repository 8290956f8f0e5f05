import { expect, test } from "bun:test";
import type { HttpApiDefinition } from "../definition.ts";
import { preflightRoutes } from "./rest-cors.ts";

const route = (method: string, path: string) => ({ method, path, functionName: "f" });
const api: HttpApiDefinition = {
  name: "Web",
  apiId: "a",
  kind: "rest",
  stage: "v1",
  restCors: { allowOrigin: "*" },
  routes: [route("POST", "/a"), route("GET", "/a"), route("ANY", "/b"), route("OPTIONS", "/c")],
};

test("every path without OPTIONS gets one, which names the methods that the path has", () => {
  expect(
    preflightRoutes(api).map(({ method, path, fixed }) => [method, path, fixed?.headers]),
  ).toEqual([
    [
      "OPTIONS",
      "/a",
      {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "GET,OPTIONS,POST",
      },
    ],
    [
      "OPTIONS",
      "/b",
      {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT",
      },
    ],
  ]);
});

test("what is set is said as it is written", () => {
  const restCors = {
    allowOrigin: "https://a.example",
    allowMethods: "POST, GET",
    allowHeaders: "X-Own",
    maxAge: "600",
    allowCredentials: true,
  };
  expect(preflightRoutes({ ...api, restCors })[0]!.fixed?.headers).toEqual({
    "access-control-allow-origin": "https://a.example",
    "access-control-allow-methods": "POST, GET",
    "access-control-allow-headers": "X-Own",
    "access-control-max-age": "600",
    "access-control-allow-credentials": "true",
  });
});

test("an HTTP API, and one that says nothing of it, get none", () => {
  expect(preflightRoutes({ ...api, kind: "http" })).toEqual([]);
  expect(preflightRoutes({ ...api, restCors: undefined })).toEqual([]);
});
