import { afterAll, expect, test } from "bun:test";
import { type Logger, silentLogger, systemClock } from "../base/mod.ts";
import type { Front } from "./front.ts";
import { type Caller, call } from "./listener-fixture.ts";
import { openWholeFront, type WholeFrontOptions } from "./whole-http/whole-front.ts";

const open: { stop(): void }[] = [];
afterAll(() => {
  for (const { stop } of open.reverse()) stop();
});

const header = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 80\r\n";
const large = Buffer.alloc(20_000_000, "z");

/** A server behind a front that hands everything on; answers with the address it has of it. */
function scene(more: Partial<WholeFrontOptions> = {}) {
  let front: Front | undefined;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    development: false,
    async fetch(request, server) {
      const peer = server.requestIP(request);
      const address = peer ? front?.clientAddress(peer) : undefined;
      const { pathname } = new URL(request.url);
      if (pathname === "/socket") {
        return server.upgrade(request) ? undefined : new Response("no", { status: 400 });
      }
      if (pathname === "/large") return new Response(large);
      if (pathname === "/length") return new Response(`${(await request.bytes()).length}`);
      return new Response(`${address} asks ${pathname}`);
    },
    websocket: {
      message: (socket, message) => void socket.send(`you said ${message}`),
    },
  });
  front = openWholeFront({
    host: "127.0.0.1",
    port: 0,
    serverPort: server.port!,
    proxyHeaderSecondsMax: 1,
    meet: () => undefined,
    failed: (_, thrown) => {
      throw thrown;
    },
    atEndOfTurn: setImmediate,
    idleSecondsMax: 60,
    requestSecondsMax: 60,
    clock: systemClock,
    logger: silentLogger,
    ...more,
  });
  const { port, stop } = front;
  open.push({ stop: () => server.stop(true) }, { stop: () => void stop() });
  return { server, front, port };
}

function calling(port: number, first: string): Caller {
  const caller = call(port, first);
  open.push({ stop: () => caller.socket.destroy() });
  return caller;
}

function get(path: string, connection = "close"): string {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: ${connection}\r\n\r\n`;
}

function bodyOf({ received }: Caller): string {
  return received.slice(received.indexOf("\r\n\r\n") + 4);
}

test("what is on its way from the server to a client that does not read is held", async () => {
  const cutOff: unknown[] = [];
  const warn: Logger["warn"] = (_, fields) => void cutOff.push(fields);
  const { port } = scene({ heldBytesInAllMax: 1000, logger: { ...silentLogger, warn } });
  const caller = calling(port, header + get("/large"));
  caller.socket.pause();
  while (cutOff.length === 0) await Bun.sleep(1);
  expect(cutOff).toEqual([{ unsentBytes: expect.any(Number) }]);
  caller.socket.resume();
  await caller.closed;
  expect(caller.receivedBytes).toBeLessThan(large.length);
});

test("the server knows the client by the header, request after request", async () => {
  const { port } = scene();
  const caller = calling(port, `${header}${get("/one", "keep-alive")}`);
  while (!caller.received.endsWith("/one")) await Bun.sleep(1);
  expect(bodyOf(caller)).toBe("192.0.2.7 asks /one");
  caller.socket.write(get("/two"));
  await caller.ended;
  expect(caller.received).toEndWith("192.0.2.7 asks /two");
});

test("each connection has its own client", async () => {
  const { port } = scene();
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, number) => {
      const caller = calling(port, header.replace("192.0.2.7", `192.0.2.${number}`) + get("/"));
      await caller.ended;
      return bodyOf(caller);
    }),
  );
  expect(answers).toEqual(answers.map((_, number) => `192.0.2.${number} asks /`));
});

test("headers of HTTP cannot say who the client is", async () => {
  const { port } = scene();
  const forged = "X-Forwarded-For: 203.0.113.9\r\nForwarded: for=203.0.113.9\r\n\r\n";
  const caller = calling(port, header + get("/").replace("\r\n\r\n", `\r\n${forged}`));
  await caller.ended;
  expect(bodyOf(caller)).toBe("192.0.2.7 asks /");
});

test("whoever goes around the front is nobody", async () => {
  const { server, port } = scene();
  const around = calling(server.port!, get("/"));
  await around.ended;
  expect(bodyOf(around)).toBe("undefined asks /");
  const withHeader = calling(server.port!, header + get("/"));
  await withHeader.ended;
  expect(withHeader.received).toStartWith("HTTP/1.1 400");
  const withoutHeader = calling(port, get("/"));
  await withoutHeader.closed;
  expect(withoutHeader.received).toBe("");
});

test("a port that the front had is nobody's once the connection is closed", async () => {
  const { server, front, port } = scene();
  const addresses = () =>
    Array.from({ length: 65_536 }, (_, peerPort) =>
      front.clientAddress({ address: "127.0.0.1", port: peerPort }),
    ).filter((address) => address !== undefined);
  const caller = calling(port, header + get("/", "keep-alive"));
  while (!caller.received.endsWith("/")) await Bun.sleep(1);
  expect(addresses()).toEqual(["192.0.2.7"]);
  caller.socket.destroy();
  while (addresses().length > 0) await Bun.sleep(1);
  expect(server.pendingRequests).toBe(0);
});

test("a large answer reaches a slow reader whole", async () => {
  const { port } = scene();
  const caller = calling(port, header + get("/large"));
  caller.socket.on("data", () => {
    caller.socket.pause();
    setImmediate(() => caller.socket.resume());
  });
  await caller.ended;
  expect(caller.receivedBytes - (caller.received.indexOf("\r\n\r\n") + 4)).toBe(large.length);
});

test("a large request reaches the server whole", async () => {
  const { port } = scene();
  const head = `POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${large.length}\r\n`;
  const caller = calling(port, `${header}${head}Connection: close\r\n\r\n`);
  caller.socket.write(large);
  await caller.ended;
  expect(bodyOf(caller)).toBe(`${large.length}`);
});

test("a client that ends its side is still answered", async () => {
  const { port } = scene();
  const caller = calling(port, header + get("/large"));
  caller.socket.end();
  await caller.ended;
  expect(caller.receivedBytes).toBeGreaterThan(large.length);
});

test("WebSockets go through, and their end does", async () => {
  const { port } = scene();
  const words = [
    "GET /socket HTTP/1.1",
    "Host: localhost",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "\r\n",
  ];
  const caller = calling(port, header + words.join("\r\n"));
  caller.socket.write("\x81\x82\0\0\0\0hi", "latin1");
  while (!caller.received.endsWith("you said hi")) await Bun.sleep(1);
  caller.socket.write("\x88\x82\0\0\0\0\x03\xe8", "latin1");
  await caller.ended;
  expect(caller.received).toEndWith("\x88\x02\x03\xe8");
});

test("a server that is not there closes the client", async () => {
  const { server, port } = scene();
  await server.stop(true);
  const caller = calling(port, header + get("/"));
  await caller.closed;
  expect(caller.received).toBe("");
});

test("stopping waits for what is under way, and no longer than its bound", async () => {
  const { server, front, port } = scene();
  const caller = calling(port, header + get("/", "keep-alive"));
  while (!caller.received.endsWith("/")) await Bun.sleep(1);
  await Promise.all([server.stop(), front.stop()]);
  await caller.ended;
  const late = calling(port, header + get("/"));
  await late.closed;
  expect(late.error).toContain("ECONNREFUSED");
});
