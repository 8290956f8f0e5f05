/**
 * Clients that misbehave: the server's memory stays within a bound that is stated, generous and
 * far below what the client tried, and two clients that behave are served all the while.
 */

import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode, encodePublish, subackFailure } from "@millrace/mqtt";
import { type Server, startServer } from "../harness.ts";
import { Pair } from "./pair.ts";
import { RawSocket } from "./raw-socket.ts";
import { Talker } from "./talker.ts";

setDefaultTimeout(110_000);

const template = "bench/empty-template.yaml";
const mebibyte = 1_048_576;
/** A write that takes longer is one that the server does not take. */
const stallMs = 2_000;
const sockets: RawSocket[] = [];
const talkers: Talker[] = [];
let dataFolder: string;
let server: Server;
let pair: Pair;
let bytesBefore: number;

beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), "millrace-bounded-"));
  server = await startServer({ template, dataFolder });
  pair = await Pair.enter(server);
  await pair.exchange(200);
  bytesBefore = peakBytes();
});

afterEach(async () => {
  pair.leave();
  for (const socket of sockets.splice(0)) socket.end();
  for (const talker of talkers.splice(0)) talker.cut();
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

/** The most memory that the server's process has had so far; 0 where the system does not say. */
function peakBytes(): number {
  const path = `/proc/${server.pid}/status`;
  if (!existsSync(path)) return 0;
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(path, "utf8"))?.[1];
  return Number(kilobytes) * 1024;
}

function expectGrowthBelow(mebibytes: number): void {
  const grown = Math.round((peakBytes() - bytesBefore) / mebibyte);
  expect(grown).toBeLessThan(mebibytes);
}

async function openSocket(url = server.mqtt): Promise<RawSocket> {
  const socket = await RawSocket.open(url);
  sockets.push(socket);
  return socket;
}

async function enter(clientId: string, url = server.mqtt): Promise<Talker> {
  const talker = await Talker.connect(url, { clientId });
  talkers.push(talker);
  await talker.hear("connack");
  return talker;
}

function connectPacket(clientId: string, keepAliveSeconds = 0): Uint8Array {
  const connect = { protocolLevel: 4, cleanSession: true, keepAliveSeconds, clientId };
  return encode({ type: "connect", ...connect });
}

function publishPacket(topic: string, payloadBytes: number, packetId?: number): Uint8Array {
  const qos = packetId ? 1 : 0;
  const payload = new Uint8Array(payloadBytes);
  return encodePublish({ topic, payload, qos, packetId, retain: false, dup: false });
}

const subscribePacket = (filter: string, qos: 0 | 1) =>
  encode({ type: "subscribe", packetId: 1, subscriptions: [{ filter, qos }] });

describe("a client that does not read", () => {
  /** Publishes so much to `flood` that it must not be kept; resolves when the server has it. */
  async function flood(count: number, qos: 0 | 1) {
    const writer = await enter("flooder");
    const payload = new Uint8Array(10_000);
    for (let number = 1; number <= count; number += 1) {
      const packetId = qos === 1 ? number : undefined;
      const packet = { topic: "flood", payload, qos, packetId, retain: false, dup: false };
      writer.send({ type: "publish", ...packet });
      if (number % 50 === 0 && qos === 1) {
        for (let answer = 0; answer < 50; answer += 1) await writer.hear("puback");
      } else if (number % 50 === 0) {
        writer.send({ type: "pingreq" });
        await writer.hear("pingresp");
      }
    }
  }

  /** They were subscribed: something has been kept for each. */
  async function expectArrears() {
    for (const socket of sockets) socket.readOn();
    while (!sockets.every(({ receivedCount }) => receivedCount > mebibyte)) await Bun.sleep(20);
  }

  test.each([0, 1] as const)("over TCP, with QoS %p", async (qos) => {
    for (let number = 0; number < 5; number += 1) {
      const socket = await openSocket();
      socket.stopReading();
      await socket.write(connectPacket(`deaf-${number}`));
      await socket.write(subscribePacket("flood", qos));
    }
    await pair.during(flood(20_000, qos)); // 200 MB to each of them
    expectGrowthBelow(400);
    await expectArrears();
  });

  test("over WebSocket", async () => {
    for (let number = 0; number < 5; number += 1) {
      const socket = await openSocket(server.edge);
      await socket.write(upgradeRequest);
      while (socket.receivedCount === 0) await Bun.sleep(5);
      socket.stopReading();
      await socket.write(frame(connectPacket(`deaf-${number}`)));
      await socket.write(frame(subscribePacket("flood", 0)));
    }
    await pair.during(flood(20_000, 0));
    expectGrowthBelow(400);
    await expectArrears();
  });

  test("nor its acknowledgements", async () => {
    const socket = await openSocket();
    socket.stopReading();
    await socket.write(connectPacket("deaf-writer"));
    const batch = Buffer.concat(
      Array.from({ length: 1000 }, (_, index) => publishPacket("void", 10, index + 1)),
    );
    const writing = async () => {
      for (let count = 0; count < 1000 && !socket.isClosed; count += 1) {
        const stalled = await Promise.race([
          socket.write(batch).then(() => false),
          Bun.sleep(stallMs).then(() => true),
        ]);
        if (stalled) return; // the server has stopped reading
      }
    };
    await pair.during(writing());
    expectGrowthBelow(200);
  });
});

describe("a client that takes its time", () => {
  const half = connectPacket("half").slice(0, 10);

  test("over its handshake is closed", async () => {
    const ways = [
      [server.mqtt, ""],
      [server.mqtt, half],
      [server.mqtt, Uint8Array.of(0x10, 0xf0, 0xff, 0x3f, 0, 4)], // announces a megabyte
      [server.edge, "GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: webs"],
    ] as const;
    const opened = ways.flatMap(([url, bytes]) =>
      Array.from({ length: 200 }, async () => {
        const socket = await openSocket(url);
        if (bytes.length > 0) await socket.write(bytes);
        await socket.closed;
      }),
    );
    const typist = await openSocket();
    const typing = type(typist, connectPacket("x".repeat(200)));
    await pair.during(Promise.all([...opened, typing]));
    expect(typist.isClosed).toBe(true);
    expectGrowthBelow(100);
  });

  test("that sends no whole packet within its keep-alive is closed", async () => {
    const socket = await openSocket();
    await socket.write(connectPacket("trickle", 2));
    await pair.during(type(socket, publishPacket("a", 10_000)));
    expect(socket.isClosed).toBe(true);
  });

  /** Five bytes a second, for half a minute or until it is closed. */
  async function type(socket: RawSocket, bytes: Uint8Array) {
    for (const byte of bytes.subarray(0, 150)) {
      if (socket.isClosed) return;
      await socket.write(Uint8Array.of(byte));
      await Bun.sleep(200);
    }
  }
});

describe("a client that wants a lot", () => {
  test("all messages, under load", async () => {
    const greedy = await enter("greedy", server.websocket);
    greedy.send({ type: "subscribe", packetId: 1, subscriptions: [{ filter: "#", qos: 1 }] });
    await greedy.hear("suback");
    const writer = await enter("busy");
    const writing = async () => {
      for (let number = 1; number <= 20_000; number += 1) {
        writer.send(publishOf(`load/${number % 100}`, 100, number));
        if (number % 100 > 0) continue;
        for (let answer = 0; answer < 100; answer += 1) await writer.hear("puback");
      }
    };
    const reading = async () => {
      for (let count = 0; count < 20_000; ) {
        const { topic, packetId = 0 } = await greedy.hear("publish");
        greedy.send({ type: "puback", packetId });
        if (topic.startsWith("load/")) count += 1;
      }
    };
    await pair.during(Promise.all([writing(), reading()]));
    expectGrowthBelow(200);
  });

  test("ten thousand retained messages, and reads them slowly", async () => {
    const count = 10_000;
    const writer = await enter("archivist");
    for (let number = 1; number <= count; number += 1) {
      writer.send({ ...publishOf(`kept/${number}`, 1000, number), retain: true });
      if (number % 100 > 0) continue;
      for (let answer = 0; answer < 100; answer += 1) await writer.hear("puback");
    }
    const socket = await openSocket();
    socket.stopReading();
    await socket.write(connectPacket("slow"));
    await socket.write(subscribePacket("kept/#", 0));
    const reading = async () => {
      while (socket.receivedCount < count * 1000) {
        socket.readOn();
        await Bun.sleep(2);
        socket.stopReading();
        await Bun.sleep(20);
      }
    };
    await pair.during(reading());
    expectGrowthBelow(200);
  });

  test("topics of two hundred levels", async () => {
    const topic = Array.from({ length: 200 }, (_, level) => `${level}`).join("/");
    const talker = await enter("deep");
    const filters = Array.from({ length: 200 }, (_, level) => {
      const levels = topic.split("/");
      levels[level] = "+";
      return { filter: levels.join("/"), qos: 1 } as const;
    });
    talker.send({ type: "subscribe", packetId: 1, subscriptions: filters });
    await talker.hear("suback");
    const talking = async () => {
      for (let number = 1; number <= 500; number += 1) {
        talker.send(publishOf(topic, 10, number));
        const { packetId = 0 } = await talker.hear("publish");
        talker.send({ type: "puback", packetId });
      }
    };
    await pair.during(talking());
    expectGrowthBelow(100);
  });

  test("ten thousand subscriptions, all of which a message can match", async () => {
    const levels = 13;
    const filters = Array.from({ length: 2 ** levels }, (_, number) =>
      Array.from({ length: levels }, (_, bit) => (number & (1 << bit) ? "+" : "a")).join("/"),
    );
    const others = Array.from({ length: 10_000 - filters.length }, (_, number) => `o/${number}`);
    const talker = await enter("collector");
    const wanted = [...filters, ...others].map((filter) => ({ filter, qos: 1 }) as const);
    for (let start = 0; start < wanted.length; start += 500) {
      const subscriptions = wanted.slice(start, start + 500);
      talker.send({ type: "subscribe", packetId: 1, subscriptions });
      expect((await talker.hear("suback")).returnCodes).not.toContain(subackFailure);
    }
    talker.send({ type: "subscribe", packetId: 1, subscriptions: [{ filter: "more", qos: 1 }] });
    expect((await talker.hear("suback")).returnCodes).toEqual([subackFailure]);
    const talking = async () => {
      const topic = Array.from({ length: levels }, () => "a").join("/");
      for (let number = 1; number <= 200; number += 1) {
        talker.send(publishOf(topic, 10, number));
        const { packetId = 0 } = await talker.hear("publish");
        talker.send({ type: "puback", packetId });
      }
    };
    await pair.during(talking());
    expectGrowthBelow(150);
  });
});

describe("a flood of connections", () => {
  async function connectMany(count: number, clientIdOf: (number: number) => string) {
    for (let start = 0; start < count; start += 100) {
      await Promise.all(
        Array.from({ length: 100 }, async (_, index) => {
          const socket = await RawSocket.open(server.mqtt);
          await socket.write(connectPacket(clientIdOf(start + index)));
          await socket.write(subscribePacket("flood/#", 1));
          while (socket.receivedCount < 4 && !socket.isClosed) await Bun.sleep(5);
          socket.end();
        }),
      );
    }
  }

  test("of many clients", async () => {
    await pair.during(connectMany(5_000, (number) => `visitor-${number}`));
    expectGrowthBelow(150);
  });

  test("of one client, each of which ends the one before", async () => {
    await pair.during(connectMany(3_000, () => "again"));
    expectGrowthBelow(150);
  });

  test("that leave sessions behind", async () => {
    const leaveOne = async (number: number) => {
      const clientId = `sleeper-${number}`;
      const talker = await Talker.connect(server.mqtt, { clientId, cleanSession: false });
      const subscriptions = [{ filter: `sleep/${number}`, qos: 1 }] as const;
      talker.send({ type: "subscribe", packetId: 1, subscriptions });
      await talker.hear("suback");
      talker.cut();
    };
    const leaveMany = async () => {
      for (let start = 0; start < 5_000; start += 100) {
        await Promise.all(Array.from({ length: 100 }, (_, index) => leaveOne(start + index)));
      }
    };
    await pair.during(leaveMany());
    expectGrowthBelow(150);
  });
});

/** A PUBLISH with QoS 1. */
function publishOf(topic: string, payloadBytes: number, number: number) {
  const packetId = ((number - 1) % 100) + 1;
  const payload = new Uint8Array(payloadBytes);
  return { type: "publish", topic, payload, qos: 1, packetId, retain: false, dup: false } as const;
}

const upgradeRequest = [
  "GET /mqtt HTTP/1.1",
  "Host: a",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Protocol: mqtt",
  "\r\n",
].join("\r\n");

/** A short binary frame of a client, its mask all zero. */
function frame(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(0x82, 0x80 | bytes.length, 0, 0, 0, 0), bytes]);
}
