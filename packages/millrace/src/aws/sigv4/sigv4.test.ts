import { describe, expect, test } from "bun:test";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { IoTDataPlaneClient, PublishCommand } from "@aws-sdk/client-iot-data-plane";
import fc from "fast-check";
import { ManualClock, noBytes, utf8 } from "../../base/mod.ts";
import { canonicalPath, canonicalRequest, sha256Hex, stringToSign } from "./canonical.ts";
import { readClaim, type SignatureClaim, signedKeyId } from "./claim.ts";
import { type SignableRequest, signableRequest } from "./request.ts";
import { signedHeaders } from "./sign.ts";
import { deriveSigningKey, hmac, SigningKeys } from "./signing-keys.ts";
import { signatureProblem } from "./verify.ts";

// The example credentials of AWS's documentation.
const accessKeyId = "AKIAIOSFODNN7EXAMPLE";
const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const host = "abc123-ats.iot.eu-central-1.amazonaws.com";
const signedAtMs = Date.UTC(2026, 0, 2, 3, 4, 5);

const credential =
  "AKIAIOSFODNN7EXAMPLE%2F20260102%2Feu-central-1%2Fiotdevicegateway%2Faws4_request";
const query0 =
  `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}` +
  "&X-Amz-Date=20260102T030405Z&X-Amz-SignedHeaders=host";
const token = "X-Amz-Security-Token=FwoGZXIvYXdzEExample%2FToken%2B1%3D%3D";

function upgrade(query: string, at = host): SignableRequest<Headers> {
  return { method: "GET", path: "/mqtt", query, headers: new Headers({ host: at }) };
}

function claimOf(request: SignableRequest<Headers>): SignatureClaim {
  const reading = readClaim(request);
  if (!reading?.ok) throw new Error(reading?.problem.message ?? "unsigned");
  return reading.claim;
}

interface Circumstances {
  readonly nowMs?: number;
  readonly body?: Uint8Array;
  readonly secret?: string;
}

function problemOf(request: SignableRequest<Headers>, circumstances: Circumstances = {}) {
  const { nowMs = signedAtMs, body = noBytes, secret = secretAccessKey } = circumstances;
  const clock = new ManualClock(nowMs);
  const evidence = { request, claim: claimOf(request), secretAccessKey: secret, body };
  return signatureProblem(evidence, { keys: new SigningKeys(), clock })?.message;
}

describe("the vector of a WebSocket's URL", () => {
  test("comes out step by step", () => {
    const request = upgrade(`${query0}&X-Amz-Signature=0`);
    const { scope, signedAt } = claimOf(request);
    const parameters = query0.split("&").map((part) => {
      const [name, value] = part.split("=") as [string, string];
      return [name, decodeURIComponent(value)] as const;
    });
    const path = canonicalPath(request, scope.service);
    const headers = [["host", host]] as const;
    const parts = { method: "GET", path, parameters, headers, payloadHash: sha256Hex("") };
    const canonical = canonicalRequest(parts);
    expect(sha256Hex(canonical)).toBe(
      "1989c6fcd479294ad9eb16c790c65edc8125733007b6ade56798f5825ba382d6",
    );
    const key = deriveSigningKey(secretAccessKey, scope);
    expect(Buffer.from(key).toString("hex")).toBe(
      "b9bdfc45c5327f21ea471a6c3487c552ec325f707de9c2bee661dd53afb00dd6",
    );
    const signature = hmac(key, stringToSign(canonical, scope, signedAt));
    expect(Buffer.from(signature).toString("hex")).toBe(
      "13899c9686443f2b301b4253cba201edbb1d75ac822e10d587d8a11b4c5394c6",
    );
  });

  const plain = "13899c9686443f2b301b4253cba201edbb1d75ac822e10d587d8a11b4c5394c6";
  const cases: readonly (readonly [what: string, query: string])[] = [
    ["as it is", `${query0}&X-Amz-Signature=${plain}`],
    ["a token added after signing", `${query0}&X-Amz-Signature=${plain}&${token}`],
    ["parameters in another order", `X-Amz-Signature=${plain}&${reversed(query0)}`],
    [
      "an expiry",
      `${query0}&X-Amz-Expires=900&X-Amz-Signature=` +
        "72c2402250d36947baa0c1a4543037ea3b68aebcabc5c1fbc0051c5b2a8f5890",
    ],
    [
      "a token signed with the rest",
      `${query0}&${token}&X-Amz-Signature=` +
        "7a9f13301e1255f2918803ad40cbf4cbc6cba5ac0004fea07d8ece106f41c88e",
    ],
    [
      "a token signed with the rest, and an expiry",
      `${query0}&X-Amz-Expires=900&${token}&X-Amz-Signature=` +
        "feba4e025e2f1ba130a0124692eddfd6aae18204f6798545b70fcbae28753854",
    ],
  ];
  test.each(cases)("%s is taken", (_, query) => {
    expect(problemOf(upgrade(query))).toBeUndefined();
  });

  test("signed without the port that the client then connects to, it is taken", () => {
    expect(
      problemOf(upgrade(`${query0}&X-Amz-Signature=${plain}`, `${host}:8080`)),
    ).toBeUndefined();
  });

  test("a header that says what to do is refused when it was not signed", () => {
    const request = upgrade(`${query0}&X-Amz-Signature=${plain}`);
    request.headers.set("x-amz-user-agent", "aws-sdk-js/3");
    request.headers.set("x-amz-date", "20260102T030405Z");
    expect(problemOf(request)).toBeUndefined();
    request.headers.set("x-amz-target", "DynamoDB_20120810.DeleteTable");
    expect(problemOf(request)).toContain("which were not signed: x-amz-target");
  });

  test.each(cases)("%s and one thing changed is refused", (_, query) => {
    expect(problemOf(upgrade(`${query}&more=1`))).toContain("does not match");
    expect(problemOf(upgrade(query, "elsewhere.example"))).toContain("does not match");
    expect(problemOf(upgrade(query), { secret: "another" })).toContain("does not match");
    expect(problemOf({ ...upgrade(query), path: "/mqtt2" })).toContain("does not match");
    expect(problemOf({ ...upgrade(query), method: "POST" })).toContain("does not match");
  });

  test("is good for five minutes, or for as long as it says", () => {
    const short = upgrade(`${query0}&X-Amz-Signature=${plain}`);
    const long = upgrade(cases[3]![1]);
    expect(problemOf(short, { nowMs: signedAtMs + 300_000 })).toBeUndefined();
    expect(problemOf(short, { nowMs: signedAtMs + 301_000 })).toBe(
      "Signature expired: 20260102T030405Z is now earlier than " +
        "20260102T030406Z (20260102T030906Z - 300 s)",
    );
    expect(problemOf(long, { nowMs: signedAtMs + 900_000 })).toBeUndefined();
    expect(problemOf(long, { nowMs: signedAtMs + 901_000 })).toContain("Signature expired");
    expect(problemOf(short, { nowMs: signedAtMs - 301_000 })).toContain("not yet current");
  });
});

function reversed(query: string): string {
  return query.split("&").reverse().join("&");
}

const config = {
  region: "eu-central-1",
  endpoint: "http://127.0.0.1:4566",
  credentials: { accessKeyId, secretAccessKey, sessionToken: "a token" },
};

interface Sent {
  readonly request: SignableRequest<Headers>;
  readonly body: Uint8Array;
}

/** A client's request as it would have gone out, signed by Amazon's own code. */
async function sentBy(send: (handler: object) => Promise<unknown>): Promise<Sent> {
  let sent: Sent | undefined;
  const handle = async (outgoing: {
    method: string;
    path: string;
    query: Record<string, string>;
    headers: Record<string, string>;
    body?: string | Uint8Array;
  }) => {
    const query = Object.entries(outgoing.query).map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    );
    const { method, path, body = noBytes } = outgoing;
    const headers = new Headers(outgoing.headers);
    sent = {
      request: { method, path, query: query.join("&"), headers },
      body: typeof body === "string" ? utf8(body) : body,
    };
    throw new Error("not sent");
  };
  await send({ handle, metadata: { handlerProtocol: "http/1.1" } }).catch(() => undefined);
  if (!sent) throw new Error("the client has made no request");
  return sent;
}

function withHeader(
  { headers, ...request }: SignableRequest<Headers>,
  name: string,
  value: string | null,
) {
  const changed = new Headers(headers);
  if (value === null) changed.delete(name);
  else changed.set(name, value);
  return { ...request, headers: changed };
}

describe("Amazon's own client", () => {
  const publish = () =>
    sentBy((requestHandler) =>
      new IoTDataPlaneClient({ ...config, requestHandler: requestHandler as never }).send(
        new PublishCommand({ topic: "a/b c/ä+*'", qos: 1, payload: utf8("hello") }),
      ),
    );
  const put = () =>
    sentBy((requestHandler) =>
      new DynamoDBClient({ ...config, requestHandler: requestHandler as never }).send(
        new PutItemCommand({ TableName: "t", Item: { id: { S: "ü" } } }),
      ),
    );

  test.each([
    ["REST with a path and a query", "iotdata", publish],
    ["JSON with a target", "dynamodb", put],
  ] as const)("%s is believed, and nothing that was changed", async (_, service, sending) => {
    const { request, body } = await sending();
    const claim = claimOf(request);
    expect(claim).toMatchObject({ accessKeyId, sessionToken: "a token", scope: { service } });
    const nowMs = Date.now();
    const check = (changed: SignableRequest<Headers>, changedBody = body) =>
      problemOf(changed, { nowMs, body: changedBody });
    expect(check(request)).toBeUndefined();
    expect(check(request, utf8(`${Buffer.from(body)} `))).toMatch(/does not match|not the one/);
    expect(check({ ...request, path: `${request.path}/x` })).toContain("does not match");
    expect(check({ ...request, query: `${request.query}&x=1` })).toContain("does not match");
    expect(check(withHeader(request, "host", "x"))).toContain("does not match");
    expect(check(withHeader(request, "x-amz-security-token", "x"))).toContain("does not match");
    expect(check(withHeader(request, "x-amz-new", "x"))).toContain("not signed: x-amz-new");
    expect(check(withHeader(request, "host", null))).toContain("missing from the request: host");
    expect(problemOf(request, { nowMs: nowMs + 302_000, body })).toContain("Signature expired");
  });
});

const scoped = "a/20260102/r/s/aws4_request";

test.each([
  ["Basic YTpi", 'names the algorithm "Basic"'],
  ["AWS4-HMAC-SHA256 Credential=a", "requires 'Signature' parameter"],
  [
    "AWS4-HMAC-SHA256 Credential=a/20260102/r/s, SignedHeaders=host, Signature=0",
    "Credential must",
  ],
  [
    "AWS4-HMAC-SHA256 Credential=a/20260103/r/s/aws4_request, SignedHeaders=host, Signature=0",
    "'20260103' != '20260102'",
  ],
  ...["", "host:", "h\u00f6st"].map((name) => [
    `AWS4-HMAC-SHA256 Credential=${scoped}, SignedHeaders=host;${name};x, Signature=0`,
    "which is no header's name",
  ]),
  ["AWS4-HMAC-SHA256 Credential=a/2026/r/s/aws4_request, SignedHeaders=host, Signature=0", "must"],
])("the header %p is refused with what is wrong in it", (authorization, message) => {
  const headers = new Headers({ authorization, "x-amz-date": "20260102T030405Z" });
  const reading = readClaim({ method: "GET", path: "/", query: "", headers });
  expect(reading).toMatchObject({ ok: false, problem: { code: "IncompleteSignatureException" } });
  expect(reading?.ok === false && reading.problem.message).toContain(message);
});

test.each(["", "a b", "host:"])("a URL that names the header %p is refused", (name) => {
  const query = query0.replace("=host", `=host;${encodeURIComponent(name)}`);
  const reading = readClaim(upgrade(`${query}&X-Amz-Signature=0`));
  expect(reading).toMatchObject({ ok: false, problem: { code: "IncompleteSignatureException" } });
});

test("a request without a signature makes no claim", () => {
  expect(readClaim(upgrade("a=b"))).toBeUndefined();
});

test("signing keys are kept apart, and not for ever", () => {
  const keys = new SigningKeys();
  const scope = { date: "20260102", region: "r", service: "s" };
  const first = keys.get("secret", scope);
  expect(keys.get("secret", scope)).toBe(first);
  expect(keys.get("other", scope)).not.toEqual(first);
  for (let day = 0; day < 10_001; day += 1) keys.get("secret", { ...scope, date: `${day}` });
  expect(keys.get("secret", scope)).not.toBe(first);
});

test("what is signed here is believed here", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 20 });
  fc.assert(
    fc.property(fc.webPath(), fc.dictionary(text, text), (path, query) => {
      const url = new URL(`http://127.0.0.1:4566${path}?${new URLSearchParams(query)}`);
      const { host, pathname, search } = url;
      const asked = { method: "GET", host, path: pathname, query: search.slice(1) } as const;
      const scope = { region: "r", service: "own", headers: {}, body: "" };
      const keys = { accessKeyId: "a", secretAccessKey: "s" };
      const signed = signedHeaders({ ...asked, ...scope }, keys, signedAtMs);
      const headers = new Headers(signed);
      const request = signableRequest(new Request(url, { headers }));
      const reading = readClaim(request);
      if (!reading?.ok) throw new Error(reading?.problem.message);
      const evidence = { request, claim: reading.claim, secretAccessKey: "s", body: noBytes };
      const verifier = { keys: new SigningKeys(), clock: new ManualClock(signedAtMs) };
      expect(signatureProblem(evidence, verifier)).toBeUndefined();
      expect(signatureProblem({ ...evidence, secretAccessKey: "t" }, verifier)).toBeDefined();
    }),
  );
});

test.each([
  [{ authorization: "AWS4-HMAC-SHA256 Credential=AKIA/1/r/s/aws4_request, x" }, "", "AKIA"],
  [{ authorization: "AWS4-HMAC-SHA256 Credential=test" }, "X-Amz-Credential=AKIA", "test"],
  [{}, "a=b&X-Amz-Credential=ASIA%2F1%2Fr", "ASIA"],
  [{ authorization: "Basic YTpi" }, "", undefined],
  [{}, "", undefined],
])("headers %p and query %p name the key %p", (headers, query, keyId) => {
  const request = { method: "GET", path: "/", query, headers: new Headers({ ...headers }) };
  expect(signedKeyId(request)).toBe(keyId);
});

test("whatever a request says, it gets an answer", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme-ascii" }),
    fc.constantFrom(
      "a/20260102/r/s/aws4_request",
      "host;x",
      "host;",
      "host;a b",
      "hôst;host",
      "20269999T999999Z",
      "%",
      "%F0%9F=&",
    ),
  );
  // Most are right in all but one thing, so that what is wrong is looked at, not stopped before.
  const good = fc.oneof(text, fc.constant("a/20260102/r/s/aws4_request"));
  const dates = fc.oneof(text, fc.constant("20260102T030405Z"));
  const names = fc.array(text).map((some) => ["host", ...some].join(";"));
  fc.assert(
    fc.property(good, names, dates, text, (credential, signedHeaders, date, query) => {
      const headers = new Headers({ host });
      const elements = [
        `Credential=${credential}`,
        `SignedHeaders=${signedHeaders}`,
        "Signature=0",
      ];
      headers.set("authorization", `AWS4-HMAC-SHA256 ${elements.join(",")}`);
      headers.set("x-amz-date", date);
      const presigned = [
        "X-Amz-Algorithm=AWS4-HMAC-SHA256",
        `X-Amz-Credential=${credential}`,
        `X-Amz-Date=${date}`,
        `X-Amz-SignedHeaders=${signedHeaders}`,
        "X-Amz-Signature=0",
        query,
      ].join("&");
      for (const request of [
        { method: "GET", path: "/%zz//../x", query, headers },
        { method: "GET", path: "/", query: presigned, headers: new Headers({ host }) },
      ]) {
        const reading = readClaim(request);
        if (!reading?.ok) expect(reading?.problem.code).toBe("IncompleteSignatureException");
        else expect(problemOf(request)).toBeString();
      }
    }),
  );
});

test("a GET that is signed here proves itself here, with its query", () => {
  const get = { path: "/_millrace/logs", query: "filter=a+b%20c&since=1" };
  const scope = { host, region: "eu-central-1", service: "millrace" };
  const given = { method: "GET", ...get, ...scope, headers: {}, body: "" } as const;
  const signed = signedHeaders(given, { accessKeyId, secretAccessKey }, signedAtMs);
  const request = { method: "GET", ...get, headers: new Headers(signed) };
  expect(problemOf(request)).toBeUndefined();
  expect(problemOf({ ...request, query: "filter=a+b%20c&since=2" })).toBeString();
});

test("what is signed here proves itself here, and nothing that was changed does", () => {
  const body = '{"TableName":"t"}';
  const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": "T.ListTables" };
  const post = {
    host: "127.0.0.1:4566",
    region: "eu-central-1",
    service: "dynamodb",
    headers,
    body,
  };
  const credentials = { accessKeyId, secretAccessKey, sessionToken: "token" };
  const signed = new Headers(signedHeaders(post, credentials, signedAtMs));
  const request = { method: "POST", path: "/", query: "", headers: signed };
  expect(problemOf(request, { body: utf8(body) })).toBeUndefined();
  expect(claimOf(request)).toMatchObject({ accessKeyId, sessionToken: "token" });
  expect(problemOf(request, { body: utf8("{}") })).toContain("does not match");
  signed.set("x-amz-target", "T.DeleteTable");
  expect(problemOf(request, { body: utf8(body) })).toContain("does not match");
});
