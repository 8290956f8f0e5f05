import { expect, test } from "bun:test";
import { ManualClock, noBytes, silentLogger, systemRandom, utf8 } from "../../base/mod.ts";
import type { InvokeResult } from "../../functions/mod.ts";
import type { HttpApiDefinition } from "../definition.ts";
import type { EdgeRequest } from "../request.ts";
import { createAuthorizers } from "./authorizers.ts";
import type { AuthorizerDefinition } from "./definition.ts";

const apiArn = "arn:aws:execute-api:eu-central-1:111122223333:abcdefghij";

const token: AuthorizerDefinition = {
  name: "Guard",
  functionName: "guard",
  payload: "token",
  simple: false,
  sources: [{ from: "header", name: "authorization" }],
  ttlSeconds: 300,
  apiArn,
};
const simple: AuthorizerDefinition = { ...token, payload: "2.0", simple: true };

const policy = (effect: string, resource: string, context?: object) => ({
  principalId: "ann",
  policyDocument: {
    Version: "2012-10-17",
    Statement: [{ Action: "execute-api:Invoke", Effect: effect, Resource: resource }],
  },
  ...(context && { context }),
});

type Answer = object | { readonly error: string } | "never";

/** An authorizer of one kind of API, whose function answers the one after the other. */
function meet(definition: AuthorizerDefinition, answers: Answer[], kind: "rest" | "http" = "rest") {
  const clock = new ManualClock();
  const events: Record<string, unknown>[] = [];
  const route = { method: "GET", path: "/{proxy+}", functionName: "f", authorizer: definition };
  const api: HttpApiDefinition = {
    name: "Web",
    apiId: "abcdefghij",
    kind,
    stage: "prod",
    routes: [route],
    stageVariables: { color: "red" },
  };
  const authorize = createAuthorizers({
    api,
    accountId: "111122223333",
    clock,
    random: systemRandom,
    logger: silentLogger,
    invoke: async (_, payload) => {
      events.push(JSON.parse(payload));
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
      if (answer === "never") return new Promise<InvokeResult>(() => {});
      const failed = "error" in answer;
      const said = failed ? { errorType: "Error", errorMessage: answer.error } : answer;
      const called = { found: true, requestId: "r", logTail: noBytes, version: "$LATEST" } as const;
      const text = utf8(JSON.stringify(said));
      return { ...called, payload: text, ...(failed && { functionError: "Unhandled" as const }) };
    },
  });
  async function ask(
    headers: Record<string, string> = {},
    path = "/a",
    query = "",
    proxy = path.slice(1),
  ) {
    const request: EdgeRequest = {
      method: "GET",
      path,
      query,
      headers: { host: "x.test", ...headers },
      body: utf8("a body"),
      sourceIp: "192.0.2.1",
      requestId: "id",
      gatewayId: "gid",
      nowMs: 0,
    };
    return authorize(definition, request, { route, parameters: proxy === "" ? {} : { proxy } });
  }
  return { ask, events, clock };
}

const refused = (status: number, message: string | null) => ({
  refusal: expect.objectContaining({ status, message }),
});

test("a token goes to the function, and what it says of it goes on as texts", async () => {
  const { ask, events } = meet(token, [policy("Allow", "*", { level: 3, is: true })]);
  const verdict = await ask({ authorization: "secret" }, "/a/b");
  expect(verdict).toEqual({ authorizer: { level: "3", is: "true", principalId: "ann" } });
  const methodArn = `${apiArn}/prod/GET/a/b`;
  expect(events).toEqual([{ type: "TOKEN", authorizationToken: "secret", methodArn }]);
});

test("a request without its identity is refused, and the function not asked", async () => {
  const { ask, events } = meet(token, [policy("Allow", "*")]);
  expect(await ask()).toEqual(refused(401, "Unauthorized"));
  expect(await ask({ authorization: "" })).toEqual(refused(401, "Unauthorized"));
  expect(events).toEqual([]);
});

test("what every record has is no header of a request", async () => {
  const sources = [{ from: "header", name: "constructor" }] as const;
  const { ask, events } = meet({ ...simple, sources }, [{ isAuthorized: true }], "http");
  expect(await ask()).toEqual(refused(401, "Unauthorized"));
  expect(events).toEqual([]);
});

test("a token has to match the expression as a whole", async () => {
  const { ask, events } = meet({ ...token, validation: "\\w{5}" }, [policy("Allow", "*")]);
  expect(await ask({ authorization: "abcdef" })).toEqual(refused(401, "Unauthorized"));
  expect(events).toEqual([]);
  expect(await ask({ authorization: "abcde" })).toHaveProperty("authorizer");
});

test("what is denied is told from what is only not allowed", async () => {
  const { ask } = meet(token, [policy("Deny", "*"), policy("Allow", `${apiArn}/prod/GET/b`)]);
  const explicit = "User is not authorized to access this resource with an explicit deny";
  expect(await ask({ authorization: "1" })).toEqual(refused(403, explicit));
  const implicit = "User is not authorized to access this resource";
  expect(await ask({ authorization: "2" })).toEqual(refused(403, implicit));
});

test("a policy that is remembered is looked at anew for another path", async () => {
  const { ask, events } = meet(token, [policy("Allow", `${apiArn}/prod/GET/a`)]);
  expect(await ask({ authorization: "1" }, "/a")).toHaveProperty("authorizer");
  expect(await ask({ authorization: "1" }, "/b")).toHaveProperty("refusal.status", 403);
  expect(events).toHaveLength(1);
});

test("a policy cannot be got around by writing its path in another way", async () => {
  const { ask } = meet(token, [policy("Allow", `${apiArn}/prod/GET/a`)]);
  expect(await ask({ authorization: "1" }, "/%61", "", "a")).toHaveProperty("authorizer");
});

test("an answer counts for its time and its identity", async () => {
  const { ask, events, clock } = meet(token, [policy("Allow", "*")]);
  await ask({ authorization: "1" });
  clock.advance(299_999);
  await ask({ authorization: "1" });
  expect(events).toHaveLength(1);
  await ask({ authorization: "2" });
  expect(events).toHaveLength(2);
  clock.advance(1);
  await ask({ authorization: "1" });
  expect(events).toHaveLength(3);
});

test("answers are remembered within a bound of bytes, and the oldest make room", async () => {
  const { ask, events } = meet(token, [policy("Allow", "*", { text: "x".repeat(2 ** 20) })]);
  const count = 17;
  for (let i = 0; i < count; i += 1) await ask({ authorization: `${i}` });
  await ask({ authorization: `${count - 1}` });
  expect(events).toHaveLength(count);
  await ask({ authorization: "0" });
  expect(events).toHaveLength(count + 1);
});

test("what identifies a request counts among the bytes", async () => {
  const { ask, events } = meet(token, [policy("Allow", "*")]);
  const long = "x".repeat(2 ** 20);
  const count = 17;
  for (let i = 0; i < count; i += 1) await ask({ authorization: `${i}${long}` });
  await ask({ authorization: `0${long}` });
  expect(events).toHaveLength(count + 1);
});

test("with a time of 0 the function is asked each time", async () => {
  const { ask, events } = meet({ ...token, ttlSeconds: 0 }, [policy("Allow", "*")]);
  await ask({ authorization: "1" });
  await ask({ authorization: "1" });
  expect(events).toHaveLength(2);
});

test("an error that says Unauthorized is a 401; every other is 500, and none is remembered", async () => {
  const { ask, events } = meet(token, [{ error: "Unauthorized" }, { error: "unauthorized" }]);
  expect(await ask({ authorization: "1" })).toEqual(refused(401, "Unauthorized"));
  expect(await ask({ authorization: "1" })).toEqual(refused(500, null));
  expect(events).toHaveLength(2);
});

test.each([
  ["no policy", { principalId: "ann" }],
  ["a policy that is none", { principalId: "ann", policyDocument: { Statement: "x" } }],
  ["a context with a list", policy("Allow", "*", { tags: ["a"] })],
  ["a principal that is no text", { ...policy("Allow", "*"), principalId: 1 }],
])("%s lets nobody into a REST API", async (_, answer) => {
  const { ask } = meet(token, [answer]);
  expect(await ask({ authorization: "1" })).toEqual(refused(500, null));
});

test("an HTTP API takes a simple answer, and its context as it is", async () => {
  const answers = [{ isAuthorized: true, context: { tags: ["a"] } }, { isAuthorized: false }];
  const { ask } = meet({ ...simple, ttlSeconds: 0 }, answers, "http");
  const verdict = await ask({ authorization: "1" });
  expect(verdict).toEqual({ authorizer: { lambda: { tags: ["a"] } } });
  expect(await ask({ authorization: "1" })).toEqual(refused(403, "Forbidden"));
});

test("a policy is no simple answer", async () => {
  const { ask } = meet(simple, [policy("Allow", "*")], "http");
  expect(await ask({ authorization: "1" })).toEqual(refused(500, "Internal Server Error"));
});

test("the event of payload version 2.0 has the identity and no body", async () => {
  const { ask, events } = meet(simple, [{ isAuthorized: true }], "http");
  await ask({ authorization: "1" }, "/a", "x=y");
  const [event] = events;
  expect(event).toMatchObject({
    version: "2.0",
    type: "REQUEST",
    routeArn: `${apiArn}/prod/GET/a`,
    identitySource: ["1"],
    queryStringParameters: { x: "y" },
    pathParameters: { proxy: "a" },
  });
  expect(event).not.toHaveProperty("body");
  expect(event).not.toHaveProperty("isBase64Encoded");
});

test("the event of payload version 1.0 has the values in one text", async () => {
  const sources = [
    { from: "header", name: "authorization" },
    { from: "query", name: "x" },
    { from: "stageVariable", name: "color" },
    { from: "context", name: "routeKey" },
  ] as const;
  const definition: AuthorizerDefinition = { ...token, payload: "1.0", sources };
  const { ask, events } = meet(definition, [policy("Allow", "*")], "http");
  expect(await ask({ authorization: "1" })).toEqual(refused(401, "Unauthorized"));
  await ask({ authorization: "1" }, "/a", "x=y");
  const joined = "1,y,red,GET /{proxy+}";
  const methodArn = `${apiArn}/prod/GET/a`;
  expect(events).toMatchObject([
    { version: "1.0", type: "REQUEST", methodArn, identitySource: joined },
  ]);
  expect(events[0]).toHaveProperty("authorizationToken", joined);
});

test("a function that does not answer lets nobody in", async () => {
  const { ask, clock } = meet(simple, ["never"], "http");
  const asked = ask({ authorization: "1" });
  clock.advance(10_000);
  expect(await asked).toEqual(refused(500, "Internal Server Error"));
});

const when = (effect: string, condition: object) => ({
  policyDocument: {
    Version: "2012-10-17",
    Statement: [
      { Action: "execute-api:Invoke", Effect: "Allow", Resource: "*" },
      { Action: "execute-api:Invoke", Effect: effect, Resource: "*", Condition: condition },
    ],
  },
});

test.each([
  ["the time", { DateLessThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }],
  ["the time in seconds", { NumericLessThan: { "aws:EpochTime": "1577836800" } }],
  ["the page that led here", { StringLike: { "aws:Referer": "https://bad.example/*" } }],
  ["the client's address", { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } }],
  ["the client's program", { StringEquals: { "aws:UserAgent": "curl" } }],
])("a policy may deny by %s", async (_, condition) => {
  const { ask } = meet(token, [when("Deny", condition)]);
  const headers = { authorization: "1", referer: "https://bad.example/a", "user-agent": "curl" };
  expect(await ask(headers)).toHaveProperty("refusal.status", 403);
});

test.each([
  ["of a REST API", { ...token, payload: "rest" }, "rest"],
  ["of payload version 1.0", { ...token, payload: "1.0" }, "http"],
] as const)("the event %s has no maps that are null", async (_, definition, kind) => {
  const { ask, events } = meet(definition, [policy("Allow", "*")], kind);
  await ask({ authorization: "1" }, "/");
  expect(events[0]).toMatchObject({
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    pathParameters: {},
  });
});
