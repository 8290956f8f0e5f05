import { afterAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { silentLogger, systemClock } from "../base/mod.ts";
import type { Broker } from "../broker/mod.ts";
import { type Answer, AnswerHeaders } from "../gateway/mod.ts";
import { type EdgeOptions, openApiDoor, openEdge, openMqtt } from "./doors.ts";

const open: { stop(): void }[] = [];
afterAll(() => {
  for (const { stop } of open) stop();
});

const noTables = { taking: () => undefined };

/** A broker that lets everybody in and says nothing. */
const broker = {
  limits: { packetBytesMax: 1000, connectSecondsMax: 1 },
  connect: () => ({
    receive() {},
    drained() {},
    lost() {},
    left() {},
    gone() {},
    close() {},
    fail() {},
  }),
} as unknown as Broker;

/** The runtime counts in steps of four seconds: from four to eight. */
const idleSeconds = 8;
const answerDelayMs = 9000;
const bodyBytes = 60_000_000;

const edge: EdgeOptions["edge"] = {
  async answer(request) {
    const { path, client } = request;
    if (path === "/later") await Bun.sleep(answerDelayMs);
    if (path === "/large") return say(new Uint8Array(bodyBytes));
    if (path === "/body") return say(`${(await request.readBody())?.length}`);
    return say(`hello ${client.ip}`);
  },
};

function say(body: string | Uint8Array): Answer {
  return { status: 200, headers: AnswerHeaders.of({}), body };
}

function serve(options: Partial<EdgeOptions> = {}): number {
  const door = openEdge({
    host: "127.0.0.1",
    port: 0,
    broker,
    edge,
    anyOrigin: false,
    authenticate: () => undefined,
    proxyProtocol: false,
    logger: silentLogger,
    times: { idleSecondsMax: idleSeconds, requestSecondsMax: 20 },
    ...options,
  });
  open.push({ stop: () => void door.stop() });
  return door.port;
}

/** A client that has sent `first`, with all that it is told and the end of it. */
function call(port: number, first = "") {
  const socket = connect(port, "127.0.0.1");
  const caller = { socket, received: "", receivedBytes: 0, closed: Promise.resolve() };
  open.push({ stop: () => socket.destroy() });
  socket.on("error", () => {});
  socket.on("data", (bytes) => {
    caller.receivedBytes += bytes.length;
    caller.received = `${caller.received}${bytes.toString("latin1")}`.slice(-300);
  });
  caller.closed = new Promise((resolve) => socket.once("close", () => resolve()));
  if (first) socket.write(first);
  return caller;
}

function drip(socket: ReturnType<typeof connect>, text: string): void {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || at === text.length) clearInterval(timer);
    else socket.write(text.charAt(at));
    at += 1;
  }, 500);
}

function get(path: string, more = ""): string {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
}

const upgrade = [
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Protocol: mqtt",
  "",
].join("\r\n");

test.each(["a b", "a:b:c", "[", "%"])("a request for the host %p is no request", async (host) => {
  const head = `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  const door = openApiDoor({
    port: 0,
    answer: async () => new Response(),
    tables: noTables,
    broker,
    authenticate: () => undefined,
    isReady: () => true,
    logger: silentLogger,
  });
  open.push({ stop: () => void door.stop() });
  for (const port of [serve(), door.port]) {
    const caller = call(port, head);
    await caller.closed;
    expect(caller.received).toStartWith("HTTP/1.1 400 ");
  }
});

describe.concurrent("the edge", () => {
  test("does not wait for ever for a client that says nothing", async () => {
    await call(serve()).closed;
  }, 30_000);

  test("does not wait for ever for a header that comes byte by byte", async () => {
    const caller = call(serve());
    drip(caller.socket, get("/", `X: ${"x".repeat(100)}\r\n`));
    await caller.closed;
    expect(caller.received).toBe("");
  }, 30_000);

  test("does not keep for ever a connection between requests", async () => {
    const caller = call(serve(), get("/"));
    await caller.closed;
    expect(caller.received).toEndWith("hello 127.0.0.1");
  }, 30_000);

  test("does not wait for ever for a body that comes byte by byte", async () => {
    const head = "POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n";
    const caller = call(
      serve({ times: { idleSecondsMax: idleSeconds, requestSecondsMax: 8 } }),
      head,
    );
    drip(caller.socket, "x".repeat(1000));
    await caller.closed;
    expect(caller.received).toBe("");
  }, 30_000);

  test("lets a function have its time", async () => {
    const caller = call(serve(), get("/later", "Connection: close\r\n"));
    await caller.closed;
    expect(caller.received).toEndWith("hello 127.0.0.1");
  }, 30_000);

  test("lets a slow reader have a large answer", async () => {
    const caller = call(serve(), get("/large", "Connection: close\r\n"));
    const pauseMs = 500;
    const pieces = 20; // ten seconds in all
    let piecesRead = 1;
    caller.socket.on("data", () => {
      if (caller.receivedBytes < (bodyBytes / pieces) * piecesRead) return;
      caller.socket.pause();
      piecesRead += 1;
      setTimeout(() => caller.socket.resume(), pauseMs);
    });
    await caller.closed;
    expect(caller.receivedBytes).toBeGreaterThan(bodyBytes);
  }, 30_000);

  test("leaves a silent WebSocket alone", async () => {
    const port = serve();
    const caller = call(port, get("/mqtt", upgrade));
    await call(port, get("/later", "Connection: close\r\n")).closed;
    expect(caller.received).toStartWith("HTTP/1.1 101");
    expect(caller.socket.closed).toBe(false);
  }, 30_000);
});

describe("a handshake", () => {
  const statusOf = async (head: string) => {
    const caller = call(serve(), head);
    while (!caller.received.includes("\r\n\r\n")) await Bun.sleep(1);
    caller.socket.destroy();
    return caller.received;
  };
  const connected = (lines: string) => get("/mqtt", upgrade.replace("Connection: Upgrade", lines));

  test.each([
    "Connection: keep-alive\r\nConnection: Upgrade",
    "Connection: Upgrade, X-Hop\r\nX-Hop: 1",
    "Connection: close, Upgrade",
    "Connection: Upgrade\r\nTE: trailers",
  ])("with %j is accepted", async (lines) => {
    expect(await statusOf(connected(lines))).toStartWith("HTTP/1.1 101");
  });

  test.each([
    ["another demand", connected("Connection: Upgrade\r\nExpect: 100-continue")],
    ["a target with a host", get("http://localhost/mqtt", upgrade)],
  ])("with %s is told why it is refused, and that another may be opened", async (_what, head) => {
    const caller = call(serve(), head);
    await caller.closed;
    const shown = caller.received;
    expect(shown.toLowerCase()).toContain("\r\nconnection: close\r\n");
    expect(shown).toContain("this handshake is not taken here: ");
    expect(shown).toContain("open another");
  });
});

test("what is thrown over one request costs that request alone", async () => {
  const lines: object[] = [];
  const logger = {
    ...silentLogger,
    error: (what: string, fields = {}) => void lines.push({ what, ...fields }),
  };
  const throws = (): never => {
    throw new TypeError("no such name");
  };
  const port = serve({ authenticate: throws, edge: { answer: async () => throws() }, logger });
  for (const request of [get("/mqtt", upgrade), get("/other")]) {
    const caller = call(port, request);
    while (caller.received === "") await Bun.sleep(1);
    expect(caller.received).toStartWith("HTTP/1.1 500");
    caller.socket.destroy();
  }
  const line = { what: "request failed", method: "GET", error: "no such name" };
  expect(lines).toMatchObject([
    { ...line, path: "/mqtt" },
    { ...line, path: "/other" },
  ]);
});

test("at the API door a WebSocket for the host of another machine is refused", async () => {
  const answer = async () => new Response("answered");
  const authenticate = () => undefined;
  const isReady = () => true;
  const door = openApiDoor({
    port: 0,
    answer,
    tables: noTables,
    broker,
    authenticate,
    isReady,
    logger: silentLogger,
  });
  open.push({ stop: () => void door.stop() });
  const statusFor = async (host: string) => {
    const caller = call(door.port, get("/mqtt", upgrade).replace("localhost", host));
    while (caller.received === "") await Bun.sleep(1);
    caller.socket.destroy();
    return caller.received.slice(9, 12);
  };
  expect(await statusFor("evil.example")).toBe("403");
  expect(await statusFor("localhost:4566")).toBe("101");
});

describe("behind a proxy", () => {
  test("the header says who asks; nobody comes in without one", async () => {
    const port = serve({ proxyProtocol: true });
    const header = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 80\r\n";
    const caller = call(port, header + get("/", "Connection: close\r\n"));
    await caller.closed;
    expect(caller.received).toEndWith("hello 192.0.2.7");
    const without = call(port, get("/"));
    await without.closed;
    expect(without.received).toBe("");
  });

  test("a WebSocket is let in", async () => {
    const port = serve({ proxyProtocol: true });
    const header = "PROXY TCP6 2001:db8::7 2001:db8::1 56324 80\r\n";
    const caller = call(port, header + get("/mqtt", upgrade));
    while (caller.received === "") await Bun.sleep(1);
    expect(caller.received).toStartWith("HTTP/1.1 101");
  });

  test("the port that is taken is told", () => {
    const port = serve();
    expect(() => serve({ port, proxyProtocol: true })).toThrow(
      `the edge cannot be opened: port ${port} is in use`,
    );
  });
});

/** None of this machine's, none at all, a name of nobody. */
describe.each(["192.0.2.1", "300.1.1.1", "nobody.invalid"])("on the host %p", (host) => {
  const reason = `cannot be opened: --host "${host}" is no address that this machine has`;
  const mqtt = { broker, clock: systemClock, logger: silentLogger, host, port: 0 };

  test.each([false, true])(
    "no door opens (proxied: %p), and it is not the port's fault",
    (proxyProtocol) => {
      expect(() => serve({ host, proxyProtocol })).toThrow(`the edge ${reason}`);
      expect(() => openMqtt({ ...mqtt, proxyProtocol })).toThrow(`MQTT over TCP ${reason}`);
    },
  );
});

test("the port that is taken is told of MQTT too", () => {
  const port = serve();
  const shared = { broker, clock: systemClock, logger: silentLogger };
  const options = { ...shared, host: "127.0.0.1", port, proxyProtocol: false };
  expect(() => openMqtt(options)).toThrow(
    `MQTT over TCP cannot be opened: port ${port} is in use; choose another port with --mqtt-port`,
  );
});
