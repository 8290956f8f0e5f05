/** The function's pure parts: the page it renders, what it refuses, how it cuts a page of lines. */

import { describe, expect, test } from "bun:test";
import { handler } from "./app.ts";
import { cutPage, type Line } from "./lines.ts";
import { renderPage as render } from "./page.ts";
import { readRequest } from "./request.ts";

const pool = "eu-central-1:11111111-1111-4111-8111-111111111111";
const renderPage = (path: string, mqttHost = "") => render(path, { pool, mqttHost });

describe("the page", () => {
  test.each([
    ["/lobby", "lobby"],
    ["/my%20room", "my room"],
    ["/my room", "my room"],
    ["/c++", "c++"],
    ["/100%", "100%"],
    ["/a/b/", "a/b"],
  ])("of %p is titled %p", (path, name) => {
    expect(renderPage(path).body).toContain(`<title>${name} · Millrace chat</title>`);
    expect(renderPage(path).body).toContain(`<h1>${name}</h1>`);
  });

  test("of / is the lobby, unless one asks for the rooms", async () => {
    const open = (rawQueryString: string) =>
      handler({ version: "2.0", rawPath: "/", rawQueryString });
    expect(await open("")).toMatchObject({ statusCode: 302, headers: { location: "/lobby" } });
    expect(await open("rooms")).toMatchObject({ statusCode: 200 });
    expect(renderPage("/").body).toContain("<title>Millrace chat</title>");
    expect(renderPage("/").body).toContain('id="open"');
  });

  test("keeps markup in a room's name as text", () => {
    const { body } = renderPage("/%3Cimg src=x onerror=alert(1)%3E$&</title>");
    expect(body).not.toContain("<img src=x");
    expect(body).toContain("<h1>&#60;img src=x onerror=alert(1)&#62;$&#38;&#60;/title&#62;</h1>");
  });

  test("lets in its own script and no other, by a nonce that is new each time", () => {
    const { headers, body } = renderPage("/lobby");
    const policy = headers["content-security-policy"] ?? "";
    const nonce = /script-src 'nonce-([^']+)'(?:;|$)/.exec(policy)?.[1] ?? "none";
    expect(body).toContain(`src="/assets/app.js" nonce="${nonce}"`);
    expect(policy).toStartWith("default-src 'none'; ");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain("unsafe");
    expect(renderPage("/lobby").body).not.toContain(nonce);
  });
});

describe("where the page connects to", () => {
  const policyOf = (page: ReturnType<typeof renderPage>) =>
    page.headers["content-security-policy"]!.split("; ");

  test("is its own host, unless it is told another", () => {
    const own = renderPage("/lobby");
    expect(own.body).toContain(`data-pool="${pool}" data-mqtt-host=""`);
    expect(policyOf(own)).toContain("connect-src 'self'");
    const far = renderPage("/lobby", "x-ats.iot.eu-central-1.amazonaws.com");
    expect(far.body).toContain('data-mqtt-host="x-ats.iot.eu-central-1.amazonaws.com"');
    expect(policyOf(far)).toContain(
      "connect-src 'self' wss://x-ats.iot.eu-central-1.amazonaws.com " +
        "https://cognito-identity.eu-central-1.amazonaws.com",
    );
  });
});

describe("a request", () => {
  const hello = { type: "hello", room: "c%2B%2B", nonce: "n1", clientId: "web-1", author: "ab" };
  const before = "1767225600000-01KDVDNA000000000000000000";

  test("is read, with 50 lines where no limit is given", () => {
    const { type: _, ...members } = hello;
    expect(readRequest(hello)).toEqual({ kind: "request", limit: 50, ...members });
    expect(readRequest({ ...hello, before, limit: 7 })).toMatchObject({ before, limit: 7 });
  });

  test.each([
    ["bad-room", { room: "a/b" }],
    ["bad-room", { room: "" }],
    ["bad-room", { room: "x".repeat(201) }],
    ["bad-room", { room: null }],
    ["bad-cursor", { before: "1" }],
    ["bad-cursor", { before: {} }],
    ["bad-limit", { limit: 51 }],
    ["bad-limit", { limit: "5" }],
    ["bad-limit", { limit: 0.5 }],
    ["bad-nonce", { nonce: undefined }],
    ["bad-nonce", { nonce: "<" }],
  ] as const)("is refused as %p for %p", (code, change) => {
    expect(readRequest({ ...hello, ...change })).toMatchObject({ kind: "refusal", code });
  });

  test.each([undefined, null, 5, {}, { ...hello, clientId: "a/#" }, { ...hello, clientId: 5 }])(
    "without an inbox is nobody's: %p",
    (event) => expect(readRequest(event)).toBeUndefined(),
  );
});

describe("a page of lines", () => {
  const line = (at: number, text = "x"): Line => {
    return { id: "01KDVDNA000000000000000000", name: "Ann", text, author: "0123456789ab", at };
  };

  test("at the end of a room has no cursor", () => {
    expect(cutPage([line(2), line(1)], true)).toEqual({ items: [line(2), line(1)], done: true });
    expect(cutPage([], true)).toEqual({ items: [], done: true });
  });

  test("in the middle points behind its oldest line", () => {
    const cursor = "1767225600001-01KDVDNA000000000000000000";
    expect(cutPage([line(1_767_225_600_001)], false)).toMatchObject({
      before: cursor,
      done: false,
    });
  });

  test("is cut before it grows too large for a message", () => {
    const long = Array.from({ length: 50 }, (_, index) => line(100 - index, "€".repeat(4_000)));
    const page = cutPage(long, true);
    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(96_000);
    expect(page).toMatchObject({ done: false, before: `94-${long[0]?.id}` });
  });
});
