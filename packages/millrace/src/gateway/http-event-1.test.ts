import { expect, test } from "bun:test";
import { utf8 } from "../base/mod.ts";
import { createHttpEvent } from "./http-event.ts";
import { createHttpEvent1 } from "./http-event-1.ts";
import { createRestEvent } from "./rest-event.ts";

const request = {
  method: "POST",
  path: "/rooms/red",
  query: "a=1&b=2&a=3",
  headers: {
    host: "web.example",
    cookie: "x=1; y=2",
    "content-type": "text/plain",
    "user-agent": "curl",
  },
  body: utf8("hello"),
  sourceIp: "192.0.2.1",
  requestId: "5f0e6ad1-0000-4000-8000-000000000000",
  gatewayId: "abcDEF=",
  nowMs: Date.UTC(2026, 0, 2, 3, 4, 5),
};
const route = { method: "ANY", path: "/rooms/{room}", functionName: "f" };
const match = { route, parameters: { room: "red" } };
const api = { name: "Web", apiId: "abc123", kind: "http", stage: "$default", routes: [] } as const;
const context = { api, accountId: "111122223333" };

test("an event of version 1.0 has all the members that the documentation shows", () => {
  expect(createHttpEvent1(request, match, context)).toEqual({
    version: "1.0",
    resource: "/rooms/{room}",
    path: "/rooms/red",
    httpMethod: "POST",
    headers: request.headers,
    multiValueHeaders: {
      host: ["web.example"],
      cookie: ["x=1; y=2"],
      "content-type": ["text/plain"],
      "user-agent": ["curl"],
    },
    queryStringParameters: { a: "1", b: "2" },
    multiValueQueryStringParameters: { a: ["1", "3"], b: ["2"] },
    requestContext: {
      accountId: "111122223333",
      apiId: "abc123",
      domainName: "web.example",
      domainPrefix: "web",
      extendedRequestId: "abcDEF=",
      httpMethod: "POST",
      identity: {
        accessKey: null,
        accountId: null,
        caller: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: "192.0.2.1",
        user: null,
        userAgent: "curl",
        userArn: null,
      },
      path: "/rooms/red",
      protocol: "HTTP/1.1",
      requestId: "abcDEF=",
      requestTime: "02/Jan/2026:03:04:05 +0000",
      requestTimeEpoch: request.nowMs,
      resourceId: null,
      resourcePath: "/rooms/{room}",
      stage: "$default",
    },
    pathParameters: { room: "red" },
    stageVariables: null,
    body: "hello",
    isBase64Encoded: false,
  });
});

test("what is absent is null, and bytes are base64", () => {
  const bare = { ...request, query: "", headers: {}, body: new Uint8Array([0, 255]) };
  expect(createHttpEvent1(bare, { route, parameters: {} }, context)).toMatchObject({
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    body: "AP8=",
    isBase64Encoded: true,
  });
  expect(
    createHttpEvent1({ ...bare, body: new Uint8Array() }, { route, parameters: {} }, context),
  ).toMatchObject({ body: null, isBase64Encoded: false });
});

test("a stage with a name is part of the path in both versions, and its variables are there", () => {
  const staged = { ...api, stage: "v1", stageVariables: { color: "red" } };
  const given = { api: staged, accountId: "111122223333" };
  expect(createHttpEvent1(request, match, given)).toMatchObject({
    path: "/v1/rooms/red",
    resource: "/rooms/{room}",
    requestContext: { path: "/v1/rooms/red", stage: "v1" },
    stageVariables: { color: "red" },
  });
  expect(createHttpEvent(request, match, given)).toMatchObject({
    rawPath: "/v1/rooms/red",
    requestContext: { http: { path: "/v1/rooms/red" }, stage: "v1" },
    stageVariables: { color: "red" },
  });
});

test("the path of an HTTP API is decoded in both versions, that of a REST API is as it came", () => {
  const encoded = { ...request, path: "/rooms/a%2Fb%20%C3%BC" };
  expect(createHttpEvent1(encoded, match, context)).toMatchObject({
    path: "/rooms/a/b ü",
    requestContext: { path: "/rooms/a/b ü" },
  });
  expect(createHttpEvent(encoded, match, context)).toMatchObject({
    rawPath: "/rooms/a/b ü",
    requestContext: { http: { path: "/rooms/a/b ü" } },
  });
  expect(createRestEvent(encoded, match, context)).toMatchObject({ path: "/rooms/a%2Fb%20%C3%BC" });
});

test("the event of a REST API names the resource of its route, else what its path comes to", () => {
  const resourceIdOf = (more: object) => {
    const named = { route: { ...route, ...more }, parameters: {} };
    const event = createRestEvent(request, named, { ...context, api: { ...api, kind: "rest" } });
    return (event as { requestContext: { resourceId: string } }).requestContext.resourceId;
  };
  expect(resourceIdOf({ resourceId: "a1b2c3" })).toBe("a1b2c3");
  expect(resourceIdOf({})).toMatch(/^[0-9a-f]{6}$/);
  expect(resourceIdOf({})).not.toBe(resourceIdOf({ path: "/rooms" }));
});
