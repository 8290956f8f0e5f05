// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts under test are templates

import { describe, expect, test } from "bun:test";
import { fromBase64, textOf } from "../../base/mod.ts";
import { urlProblem } from "../destinations/url.ts";
import { rulesLimits } from "../limits.ts";
import type { ActionDefinition, HttpSend } from "../mod.ts";
import { errorsOf, messageOf, publishTo, ruleOf, startEngine } from "../rules-fixture.ts";

type Http = Extract<ActionDefinition, { http: unknown }>["http"];
type Request = Parameters<HttpSend>[0];

/** An engine with one `http` action, whose requests are answered in turn; the last answer stays. */
function start(http: Http, answers: { status: number; isLong?: boolean }[] = [{ status: 200 }]) {
  const requests: Request[] = [];
  const sentAtMs: number[] = [];
  const rule = {
    ...ruleOf("r", "SELECT * FROM '#'", { http }),
    errorAction: publishTo("errors"),
  };
  const wanted: string[] = [];
  const problems = new Map<string, string>();
  const engine = startEngine([rule], {
    http: {
      async send(request) {
        requests.push(request);
        sentAtMs.push(engine.clock.monotonic());
        const answer = answers[Math.min(requests.length, answers.length) - 1]!;
        if (answer.status === 0) throw new Error("connection refused");
        return { isLong: false, ...answer };
      },
      destinations: {
        want: ({ confirmationUrl }) => void wanted.push(confirmationUrl),
        problemOf: (url) => problems.get(url),
      },
    },
  });
  const bodies = () => requests.map(({ body }) => textOf(body));
  const failures = () =>
    engine.published.map(({ payload }) => JSON.parse(payload)) as Record<string, unknown>[];
  return { ...engine, requests, sentAtMs, bodies, failures, wanted, problems };
}

const url = "https://example.com/in";

describe("a message", () => {
  test("is posted to the URL that it names, with the headers of the action", async () => {
    const headers = [{ key: "X-Topic", value: "${topic()}" }];
    const action = { url: `${url}/\${room}`, confirmationUrl: url, headers };
    const { tell, requests, bodies, wanted } = start(action);
    await tell(messageOf("a", '{"room":"x"}'));
    expect(wanted).toEqual([url]);
    expect(requests[0]).toMatchObject({
      url: `${url}/x`,
      headers: [
        ["content-type", "application/json"],
        ["X-Topic", "a"],
      ],
      timeoutMs: 3_000,
    });
    expect(bodies()).toEqual(['{"room":"x"}']);
  });

  test("that is no JSON is so many bytes, unless a header says what it is", async () => {
    const plain = start({ url });
    await plain.tell(messageOf("a", "text"));
    expect(plain.requests[0]?.headers).toEqual([["content-type", "application/octet-stream"]]);
    const typed = start({ url, headers: [{ key: "Content-Type", value: "text/plain" }] });
    await typed.tell(messageOf("a", "text"));
    expect(typed.requests[0]?.headers).toEqual([["Content-Type", "text/plain"]]);
  });

  test.each<[string, { status: number; isLong?: boolean }[], number[], number]>([
    ["three times while the endpoint is busy", [{ status: 503 }], [0, 100, 300], 1],
    ["until it is taken", [{ status: 429 }, { status: 204 }], [0, 100], 0],
    ["once when it is refused", [{ status: 403 }], [0], 1],
    ["once when it is sent elsewhere", [{ status: 302 }], [0], 1],
    ["once when the answer is long", [{ status: 500, isLong: true }], [0], 1],
    ["once when there is no answer", [{ status: 0 }], [0], 1],
  ])("is sent %s", async (_, answers, times, failures) => {
    const engine = start({ url }, answers);
    await engine.tell(messageOf("a", "{}"));
    expect(engine.sentAtMs).toEqual(times);
    expect(engine.failures()).toHaveLength(failures);
    if (failures === 0) return;
    expect(engine.failures()[0]).toMatchObject({
      failures: [{ failedAction: "HttpAction", failedResource: url }],
    });
  });

  test.each([
    ["a destination that is not confirmed", url, "it is IN_PROGRESS"],
    ["a URL under another destination", `${url}er`, "does not begin with"],
    ["a host that the message makes", "https://example.com.evil.example/", "does not begin with"],
    ["no URL", "nowhere", "is no URL"],
    ["another machine without TLS", "http://example.com", "is not HTTPS"],
  ])("is not sent to %s", async (_, to, reason) => {
    const engine = start({ url: "${to}", confirmationUrl: "${at}" });
    engine.problems.set(url, `destination "${url}" is not enabled, it is IN_PROGRESS`);
    const at = to === url ? url : to.includes("evil") ? "https://example.com" : `${url}/out`;
    await engine.tell(messageOf("a", JSON.stringify({ to, at })));
    expect(engine.requests).toEqual([]);
    expect(JSON.stringify(engine.failures())).toContain(reason);
  });

  test("with a header that cannot be one fails", async () => {
    const headers = [{ key: "x", value: "${x}" }];
    const engine = start({ url, headers });
    await engine.tell(messageOf("a", '{"x":"a\\r\\nb: c"}'));
    expect(engine.requests).toEqual([]);
    expect(engine.log[0]).toContain("is no header's value");
  });
});

describe("a batch", () => {
  const batched = (batchConfig: Http["batchConfig"] = {}): Http => ({
    url,
    enableBatching: true,
    batchConfig,
    headers: [{ key: "x-n", value: "${n}" }],
  });

  test("is sent when it has been open long enough, with the headers of the last", async () => {
    const { tell, bodies, requests } = start(batched());
    await Promise.all([tell(messageOf("a", '{"n":1}')), tell(messageOf("a", '{"n":2}'))]);
    expect(bodies()).toEqual(['[{"n":1},{"n":2}]']);
    expect(requests[0]?.headers).toEqual([
      ["content-type", "application/json"],
      ["x-n", "2"],
    ]);
  });

  test("is full by count or bytes, and of one topic unless that is wanted", async () => {
    const send = async (config: Http["batchConfig"], ...messages: [string, string][]) => {
      const { tell, bodies } = start(batched(config));
      await Promise.all(messages.map(([topic, payload]) => tell(messageOf(topic, payload))));
      return bodies();
    };
    const three: [string, string][] = [
      ["a", "1"],
      ["a", "2"],
      ["b", "3"],
    ];
    expect(await send({ maxBatchSize: 2 }, ...three)).toEqual(["[1,2]", "[3]"]);
    expect(await send({ batchAcrossTopics: true }, ...three)).toEqual(["[1,2,3]"]);
    const long = `"${"x".repeat(60)}"`;
    const two: [string, string][] = [
      ["a", long],
      ["a", long],
    ];
    expect(await send({ maxBatchSizeBytes: 100 }, ...two)).toEqual([`[${long}]`, `[${long}]`]);
  });

  test("that fails is told of for each message alone", async () => {
    const { tell, failures } = start(batched({ maxBatchSize: 2 }), [{ status: 400 }]);
    await Promise.all([tell(messageOf("a", "1")), tell(messageOf("a", "2"))]);
    const told = failures() as unknown as { payloadsWithMetadata: Record<string, string>[] }[];
    const payloads = told.map(({ payloadsWithMetadata: [one] }) =>
      textOf(fromBase64(one?.base64OriginalPayload ?? "")!),
    );
    expect(payloads.sort()).toEqual(["1", "2"]);
    expect(told[0]).toMatchObject({
      ruleName: "r",
      topic: "a",
      payloadsWithMetadata: [{ id: 1, clientId: "c-1", sourceIp: "192.0.2.1" }],
      failures: [{ affectedIds: [1], failedAction: "HttpAction", failedResource: url }],
    });
  });

  test("holds no bytes that are not JSON", async () => {
    const { tell, requests, log } = start(batched());
    await tell(messageOf("a", "text"));
    expect(requests).toEqual([]);
    expect(log[0]).toContain("not JSON");
  });
});

test("a destination is wanted once, and not again when its rule is replaced", async () => {
  const both = ruleOf("r", "SELECT * FROM 'a'", { http: { url } }, { http: { url } });
  const wanted: string[] = [];
  const http = {
    send: async () => ({ status: 200, isLong: false }),
    destinations: {
      want: ({ confirmationUrl }: { confirmationUrl: string }) => void wanted.push(confirmationUrl),
      problemOf: () => undefined,
    },
  };
  const { manager } = startEngine([both], { http });
  await manager.start();
  await manager.setEnabled("r", false);
  await manager.setEnabled("r", true);
  expect(wanted).toEqual([url]);
  const other = { sql: "SELECT * FROM 'a'", actions: [{ http: { url: `${url}/2` } }] };
  await manager.replace("r", other);
  expect(wanted).toEqual([url, `${url}/2`]);
});

test.each<[string, Http]>([
  ["alone", { url }],
  ["in batches", { url, enableBatching: true }],
])("an endpoint that hangs holds so many messages, sent %s, and no more", async (_, http) => {
  const send = () => new Promise<never>(() => {});
  const destinations = { want() {}, problemOf: () => undefined };
  const rule = ruleOf("r", "SELECT * FROM '#'", { http });
  const engine = startEngine([rule], { http: { send, destinations } });
  const { httpMessagesMax } = rulesLimits;
  for (let count = 0; count < httpMessagesMax; count += 1) engine.rules.tell(messageOf("a", "1"));
  engine.endTurn();
  for (let hop = 0; hop < 20; hop += 1) await Promise.resolve();
  expect(engine.log).toEqual([]);
  await engine.tell(messageOf("a", "1"));
  expect(engine.log).toHaveLength(1);
  expect(engine.log[0]).toContain("200 messages of this action are under way");
});

describe("an action is refused when it is loaded", () => {
  const http = { destinations: { want() {}, problemOf: () => undefined } };
  test.each<[string, Http]>([
    ["actions[0].http.url", { url: "ftp://example.com" }],
    ["actions[0].http.url", { url: "https://${host}/" }],
    ["actions[0].http.headers[0].key", { url, headers: [{ key: "Host", value: "other" }] }],
    ["actions[0].http.confirmationUrl", { url, confirmationUrl: "https://other.example.com" }],
    ["actions[0].http.confirmationUrl", { url, confirmationUrl: "http://example.com" }],
  ])("for its %s", (property, action) => {
    const send: HttpSend = async () => ({ status: 200, isLong: false });
    const rule = ruleOf("r", "SELECT * FROM 'a'", { http: action });
    expect(() => startEngine([rule], { http: { ...http, send } })).toThrow(property);
  });

  test("when there is no client", () => {
    expect(errorsOf(ruleOf("r", "SELECT * FROM 'a'", { http: { url } }))).toHaveLength(1);
  });
});

test.each([
  ["https://example.com", true],
  ["https://example.com:8443/x", true],
  ["https://198.51.100.7/", true],
  ["http://localhost:3000/", true],
  ["https://127.0.0.1:4433/", true],
  ["http://127.0.0.1.example.com/", false],
  ["https://example.com:444/", false],
  ["https://user@example.com/", false],
  ["https://[2001:db8::1]/", false],
  [`https://example.com/${"x".repeat(2000)}`, false],
])("%s may be sent to: %p", (text, isAllowed) => {
  expect(urlProblem(text) === undefined).toBe(isAllowed);
});
