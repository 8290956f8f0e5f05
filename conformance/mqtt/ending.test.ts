import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { type Server, startServer } from "../harness.ts";
import { Certificates } from "./certificates.ts";

const template = "conformance/fixtures/orders/template.yaml";
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-ending-"));
const certificates = new Certificates();
let server: Server;

beforeAll(async () => {
  const { certificate, key } = certificates.selfSigned("server");
  const tls = ["--mqtts-port", "0", "--tls-cert", certificate, "--tls-key", key];
  server = await startServer({ template, dataFolder, flags: [...tls, "--anonymous", "none"] });
});

afterAll(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true });
  certificates.remove();
});

const connectPacket = "\x10\x0f\0\x04MQTT\x04\x02\0\0\0\x03ann";
const refusal = "\x20\x02\0\x05"; // not authorized
const publish = `\x30\xa0\x1f\0\x01a${"x".repeat(0xfa0 - 3)}`;

const upgrade = [
  "GET /mqtt HTTP/1.1",
  "Host: localhost",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Protocol: mqtt",
  "\r\n",
].join("\r\n");

/** A message of a client with a mask of zeros. */
function frame(payload: string): string {
  const { length } = payload;
  const head = length < 126 ? [0x82, 0x80 | length] : [0x82, 0xfe, length >> 8, length & 255];
  return `${String.fromCharCode(...head)}\0\0\0\0${payload}`;
}

type Door = "mqtt" | "mqtts" | "websocket";

/** A client that sends CONNECT and then publishes on and on, whatever it is told. */
function flood(door: Door): Socket {
  const port = Number(new URL(server[door]!).port);
  const wire = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const secure = { socket: wire, rejectUnauthorized: false };
  const socket = door === "mqtts" ? connectTls(secure) : wire;
  for (const each of [wire, socket]) each.on("error", () => {});
  const isWebSocket = door === "websocket";
  if (isWebSocket) socket.write(upgrade);
  socket.write(isWebSocket ? frame(connectPacket) : connectPacket, "latin1");
  const more = isWebSocket ? frame(publish) : publish;
  const pump = () => {
    if (!socket.destroyed) socket.write(more.repeat(16), "latin1", () => setImmediate(pump));
  };
  pump();
  return socket;
}

describe.concurrent("a client that is refused and sends on", () => {
  test.each([
    ["mqtt", refusal],
    ["mqtts", refusal],
    ["websocket", `\x82\x04${refusal}\x88\x02\x03\xe8`],
  ] as const)(
    "over %s is told why, then is cut off",
    async (door, lastWords) => {
      const socket = flood(door);
      let received = "";
      socket.on("data", (bytes) => {
        received += bytes.toString("latin1");
      });
      const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      await new Promise<void>((resolve) => socket.once("end", () => resolve()));
      expect(received.slice(-lastWords.length)).toBe(lastWords);
      await closed;
    },
    60_000,
  );
});

/** The same in MQTT 5, where a server says why it goes. */
const connectPacket5 = "\x10\x10\0\x04MQTT\x05\x02\0\0\0\0\x03bob";
const subscribe5 = "\x82\x07\0\x01\0\0\x01a\0";
const suback5 = "\x90\x04\0\x01\0\0";
const shuttingDown = "\xe0\x01\x8b";
const closeFrame = "\x88\x02\x03\xe8";

/** A client of this door that sends this, with the last that it has received. */
function enter(door: Door, address: string, ...packets: string[]) {
  const wire = connect({ port: Number(new URL(address).port), host: "127.0.0.1" });
  const secure = { socket: wire, rejectUnauthorized: false };
  const socket = door === "mqtts" ? connectTls(secure) : wire;
  const client = { socket, last: "", ended: Promise.resolve() };
  socket.on("data", (bytes) => {
    client.last = `${client.last}${bytes.toString("latin1")}`.slice(-200);
  });
  client.ended = new Promise((resolve) => wire.once("close", () => resolve()));
  if (door === "websocket") socket.write(upgrade);
  const sent = door === "websocket" ? packets.map(frame) : packets;
  socket.write(sent.join(""), "latin1");
  return client;
}

describe("when the server ends", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-ending-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A server, and a client that is owed more than the kernel takes for one that does not read. */
  async function owing(door: Door) {
    const { certificate, key } = certificates.selfSigned(`of-${door}`);
    const flags = ["--mqtts-port", "0", "--tls-cert", certificate, "--tls-key", key];
    const ending = await startServer({ template, dataFolder: join(folder, door), flags });
    const reader = enter(door, ending[door]!, connectPacket5, subscribe5);
    while (!reader.last.endsWith(suback5)) await Bun.sleep(1);
    reader.socket.pause();
    const publisher = enter("mqtt", ending.mqtt, connectPacket);
    for (let count = 0; count < 4000; count += 1) publisher.socket.write(publish, "latin1");
    publisher.socket.write("\xc0\0", "latin1");
    while (!publisher.last.endsWith("\xd0\0")) await Bun.sleep(1);
    return { ending, reader, publisher };
  }

  test.each([
    ["mqtt", shuttingDown],
    ["mqtts", shuttingDown],
    ["websocket", shuttingDown + closeFrame],
  ] as const)(
    "a client over %s that reads slowly has its last bytes",
    async (door, lastWords) => {
      const { ending, reader, publisher } = await owing(door);
      const stopped = ending.stop();
      await publisher.ended;
      await Bun.sleep(100);
      reader.socket.resume();
      await reader.ended;
      expect(reader.last).toEndWith(lastWords);
      expect(await stopped).toBe(0);
    },
    60_000,
  );

  test("a client that never reads does not keep it", async () => {
    const { ending, reader } = await owing("mqtt");
    expect(await ending.stop()).toBe(0);
    reader.socket.destroy();
  }, 60_000);
});
