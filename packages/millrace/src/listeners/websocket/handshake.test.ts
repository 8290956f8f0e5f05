import { describe, expect, test } from "bun:test";
import { textOf } from "../../base/mod.ts";
import type { Admission } from "../../broker/mod.ts";
import { acceptMqtt, type UpgradeHead, type UpgradeOptions } from "./handshake.ts";
import { sampleKey } from "./websocket-fixture.ts";

const sound = {
  host: "localhost",
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": sampleKey,
  "sec-websocket-protocol": "mqtt",
};

/** A sound request, but for these headers; those that are `undefined` are absent. */
function headOf(changes: Record<string, string | undefined> = {}, method = "GET"): UpgradeHead {
  const words = Object.entries({ ...sound, ...changes }).filter(([, value]) => value !== undefined);
  const headers = new Map(words as [string, string][]);
  return {
    method,
    url: "http://localhost/mqtt?a=b",
    headers: {
      get: (name) => headers.get(name) ?? null,
      has: (name) => headers.has(name),
      keys: () => headers.keys(),
    },
  };
}

const nobody: UpgradeOptions = {
  anyOrigin: false,
  remoteAddress: "192.0.2.7",
  authenticate: () => undefined,
};

async function refusalOf(head: UpgradeHead, options = nobody) {
  const acceptance = acceptMqtt(head, options);
  if (!("refusal" in acceptance)) throw new Error("accepted");
  const { status, headers, body } = await acceptance.refusal;
  return { status, headers, text: textOf(body) };
}

function acceptedBy(head: UpgradeHead, options = nobody) {
  const acceptance = acceptMqtt(head, options);
  if ("refusal" in acceptance) throw new Error("refused");
  return acceptance;
}

test("the answer proves that the key was read [RFC 6455: 1.3, 4.2.2]", () => {
  const { answer, admit } = acceptedBy(headOf());
  expect(textOf(answer).split("\r\n")).toEqual([
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    "Sec-WebSocket-Protocol: mqtt",
    "",
    "",
  ]);
  expect(admit).toBeUndefined();
});

test.each([
  ["names of tokens in other cases", { upgrade: "WebSocket", connection: "upgrade" }],
  ["several tokens", { upgrade: "h2c, websocket", connection: "keep-alive, Upgrade" }],
  ["an extension, which is not agreed on", { "sec-websocket-extensions": "permessage-deflate" }],
  ["a page of this machine", { origin: "http://localhost:3000" }],
  ["an empty body", { "content-length": "0" }],
  ["several subprotocols", { "sec-websocket-protocol": "chat, mqtt" }],
])("%s may be asked with [RFC 6455: 4.2.1]", (_what, changes) => {
  const text = textOf(acceptedBy(headOf(changes)).answer);
  expect(text).toContain("\r\nSec-WebSocket-Protocol: mqtt\r\n");
  expect(text.toLowerCase()).not.toContain("extensions");
});

test.each([
  ["no upgrade", { upgrade: undefined }, 426, "this path speaks MQTT over WebSocket"],
  ["another upgrade", { upgrade: "h2c" }, 426, "this path speaks MQTT over WebSocket"],
  ["a body", { "content-length": "5" }, 400, "without a body"],
  ["a body in chunks", { "transfer-encoding": "chunked" }, 400, "without a body"],
  ["no connection", { connection: undefined }, 400, '"Connection" must name "Upgrade"'],
  ["another connection", { connection: "keep-alive" }, 400, '"Connection" must name "Upgrade"'],
  ["no version", { "sec-websocket-version": undefined }, 426, "must be 13"],
  ["an old version", { "sec-websocket-version": "8" }, 426, "must be 13"],
  ["two versions", { "sec-websocket-version": "13, 8" }, 426, "must be 13"],
  ["no key", { "sec-websocket-key": undefined }, 400, "16 bytes in base64"],
  ["a key of 15 bytes", { "sec-websocket-key": btoa("x".repeat(15)) }, 400, "16 bytes"],
  ["a key of 17 bytes", { "sec-websocket-key": btoa("x".repeat(17)) }, 400, "16 bytes"],
  ["a key that is no base64", { "sec-websocket-key": `${"-".repeat(22)}==` }, 400, "16 bytes"],
  ["two keys", { "sec-websocket-key": `${sampleKey}, ${sampleKey}` }, 400, "16 bytes"],
  ["no subprotocol", { "sec-websocket-protocol": undefined }, 400, 'must be "mqtt"'],
  ["another subprotocol", { "sec-websocket-protocol": "mqtt5" }, 400, 'must be "mqtt"'],
  ["a page of elsewhere", { origin: "https://a.example" }, 403, '"https://a.example" may not'],
  ["a page of nowhere", { origin: "null" }, 403, 'pages from "null" may not'],
])("%s is refused [RFC 6455: 4.2.1]", async (_what, changes, status, words) => {
  const refusal = await refusalOf(headOf(changes));
  expect(refusal).toMatchObject({
    status,
    headers: { "content-type": "text/plain; charset=utf-8" },
    text: expect.stringContaining(words),
  });
});

test("a refusal says what to ask with instead [RFC 6455: 4.4] [RFC 9110: 15.5.22]", async () => {
  const { headers: unasked } = await refusalOf(headOf({ upgrade: undefined }));
  expect(unasked).toMatchObject({ upgrade: "websocket", connection: "Upgrade" });
  const { headers: old } = await refusalOf(headOf({ "sec-websocket-version": "8" }));
  expect(old).toMatchObject({ upgrade: "websocket", "sec-websocket-version": "13" });
  const { status, headers } = await refusalOf(headOf({}, "POST"));
  expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: "GET" });
});

describe("who comes", () => {
  const admit: Admission = () => {
    throw new Error("asked only once the client connects");
  };
  const elsewhere = headOf({ origin: "https://a.example" });

  test("is asked with the head and the address, and goes with what is accepted", () => {
    const asked: unknown[] = [];
    const authenticate: UpgradeOptions["authenticate"] = (head, client) => {
      asked.push(head.url, client.ip);
      return { admit };
    };
    expect(acceptedBy(headOf(), { ...nobody, authenticate }).admit).toBe(admit);
    expect(asked).toEqual(["http://localhost/mqtt?a=b", "192.0.2.7"]);
  });

  test("may come from any page once it is known, as all may where nobody comes unknown", () => {
    expect(acceptedBy(elsewhere, { ...nobody, authenticate: () => ({ admit }) }).admit).toBe(admit);
    expect(acceptedBy(elsewhere, { ...nobody, anyOrigin: true }).admit).toBeUndefined();
  });

  test("may not come from any page while it has proved nothing", async () => {
    const authenticate = () => ({ admit, isUnproved: true });
    expect((await refusalOf(elsewhere, { ...nobody, authenticate })).status).toBe(403);
    expect(acceptedBy(headOf(), { ...nobody, authenticate }).admit).toBe(admit);
  });

  test("is refused in the words of whoever was asked, also later, and before the page", async () => {
    const said = { status: 403, headers: {}, body: Buffer.from("Forbidden") };
    for (const refusal of [said, Promise.resolve(said)]) {
      const options = { ...nobody, authenticate: () => ({ refusal }) };
      expect(await refusalOf(elsewhere, options)).toMatchObject({ text: "Forbidden" });
    }
  });

  test("is not asked for what is no handshake", async () => {
    let count = 0;
    const authenticate = () => {
      count += 1;
      return undefined;
    };
    await refusalOf(headOf({ "sec-websocket-protocol": "chat" }), { ...nobody, authenticate });
    await refusalOf(headOf({ "sec-websocket-key": undefined }), { ...nobody, authenticate });
    expect(count).toBe(0);
  });
});
