/** The client against a server played by the test, on a clock moved by the test. */

import { afterEach, describe, expect, test } from "bun:test";
import type { Publish } from "../packets/publish.ts";
import {
  type FakeEnvironment,
  type FakeSocket,
  fakeEnvironment,
  turn,
} from "./environment-fixture.ts";
import { type Client, type ClientOptions, type ClientState, createClient } from "./mod.ts";

const accepted = { type: "connack", sessionPresent: false, returnCode: 0 } as const;
const opened: Client[] = [];

afterEach(() => {
  for (const client of opened.splice(0)) client.end();
});

interface House {
  readonly client: Client;
  readonly environment: FakeEnvironment;
  readonly states: ClientState[];
}

function build(options: Partial<ClientOptions> = {}): House {
  const environment = fakeEnvironment();
  const { clock, random, report, socket, whenOnline } = environment;
  const parameters = { clock, random, report, socket, whenOnline };
  const client = createClient({ url: "ws://house/mqtt", clientId: "c", ...parameters, ...options });
  const states: ClientState[] = [];
  client.onState((state) => states.push(state));
  opened.push(client);
  return { client, environment, states };
}

/** Opens the newest socket and accepts the CONNECT. */
async function accept({ sockets }: FakeEnvironment): Promise<FakeSocket> {
  const socket = sockets.at(-1)!;
  socket.open();
  await turn();
  socket.serverSends([accepted]);
  await turn();
  return socket;
}

async function connected(
  options?: Partial<ClientOptions>,
): Promise<House & { socket: FakeSocket }> {
  const house = build(options);
  house.client.connect();
  return { ...house, socket: await accept(house.environment) };
}

/** Breaks the connection and accepts the next one, at the first retry. */
async function reconnected({ client, environment }: House): Promise<FakeSocket> {
  environment.sockets.at(-1)!.serverCloses();
  await waitOut(client, environment);
  return accept(environment);
}

async function waitOut({ state }: Client, { clock }: FakeEnvironment): Promise<void> {
  if (state.type !== "waiting") throw new Error(`the client is "${state.type}", not waiting`);
  await clock.advance(state.retryInMs);
}

/** What became of a promise, without waiting for it. */
function outcome(promise: Promise<unknown>): { settled: string } {
  const result = { settled: "no" };
  promise.then(
    (value) => {
      result.settled = `resolved ${value}`;
    },
    (error: Error) => {
      result.settled = `rejected: ${error.message}`;
    },
  );
  return result;
}

function message(overrides: Partial<Publish> = {}): Publish {
  const payload = new TextEncoder().encode("hello");
  const flags = { qos: 0, retain: false, dup: false } as const;
  return { type: "publish", topic: "room", payload, ...flags, ...overrides };
}

describe("connecting", () => {
  test("sends CONNECT as the options say, and is connected at CONNACK", async () => {
    const { socket, states, environment } = await connected({ clean: false, keepAliveSeconds: 60 });
    expect(socket.packets).toMatchObject([
      { type: "connect", clientId: "c", cleanSession: false, keepAliveSeconds: 60 },
    ]);
    expect(socket.binaryType).toBe("arraybuffer");
    expect(states).toEqual([{ type: "connecting" }, { type: "connected" }]);
    expect(environment.reported).toEqual([]);
  });

  test("waits longer after each failure, up to 30 s, and says why", async () => {
    const { client, environment, states } = build();
    client.connect();
    for (let attempt = 0; attempt < 9; attempt++) {
      environment.sockets.at(-1)!.serverCloses();
      await waitOut(client, environment);
    }
    const waits = states.flatMap((state) => (state.type === "waiting" ? [state.retryInMs] : []));
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    expect(states).toContainEqual({
      type: "waiting",
      retryInMs: 250,
      reason: "the socket closed with code 1006",
    });
  });

  test("starts quick again only after a connection that lasted", async () => {
    const house = await connected();
    await reconnected(house);
    const socket = await reconnected(house);
    await house.environment.clock.advance(10_000);
    socket.serverCloses();
    const waits = house.states.flatMap((state) =>
      state.type === "waiting" ? [state.retryInMs] : [],
    );
    expect(waits).toEqual([250, 500, 250]);
  });

  test("gives up on a server that does not answer, and on one that refuses", async () => {
    const { client, environment } = build({ connectTimeoutMs: 2000 });
    client.connect();
    await environment.clock.advance(2000);
    expect(client.state).toMatchObject({ reason: "there was no CONNACK in time" });
    expect(environment.sockets[0]!.closed).toBe(true);
    await environment.clock.advance(1000);
    environment.sockets[1]!.open();
    environment.sockets[1]!.serverSends([{ ...accepted, returnCode: 5 }]);
    expect(client.state).toMatchObject({
      type: "waiting",
      reason: "the server refused the connection with return code 5",
    });
  });

  test("connects at once when asked to, and when the machine is online again", async () => {
    const { client, environment, socket } = await connected();
    socket.serverCloses();
    client.retryNow();
    expect(environment.sockets.length).toBe(2);
    environment.sockets[1]!.serverCloses();
    environment.goOnline();
    expect(environment.sockets.length).toBe(3);
    await environment.clock.advance(9_000);
    expect(environment.sockets.length).toBe(3);
  });

  test.each<[string, (socket: FakeSocket) => void]>([
    ["a text frame", (socket) => socket.serverSendsFrame("hello")],
    ["malformed bytes", (socket) => socket.serverSendsFrame(Uint8Array.of(0xf0, 0).buffer)],
    ["a second CONNACK", (socket) => socket.serverSends([accepted])],
    ["a message of QoS 2", (socket) => socket.serverSends([message({ qos: 2, packetId: 1 })])],
  ])("drops a connection that brings %s", async (_what, misbehave) => {
    const { client, socket } = await connected();
    misbehave(socket);
    expect(client.state.type).toBe("waiting");
    expect(socket.closed).toBe(true);
  });
});

describe("keep-alive", () => {
  test("sends PINGREQ within the keep-alive time, for as long as it is answered", async () => {
    const { client, environment, socket } = await connected({ keepAliveSeconds: 40 });
    for (let round = 1; round <= 3; round++) {
      await environment.clock.advance(30_000);
      expect(socket.packetsOf("pingreq").length).toBe(round);
      socket.serverSends([{ type: "pingresp" }]);
    }
    expect(client.state.type).toBe("connected");
  });

  test("takes the connection for dead when no PINGRESP comes", async () => {
    const { client, environment, socket } = await connected({ keepAliveSeconds: 40 });
    await environment.clock.advance(39_999);
    expect(client.state.type).toBe("connected");
    await environment.clock.advance(1);
    expect(client.state).toMatchObject({ reason: "there was no PINGRESP in time" });
    expect(socket.closed).toBe(true);
  });

  test("asks for a sign of life at once when the machine is online again", async () => {
    const { environment, socket } = await connected();
    environment.goOnline();
    environment.goOnline();
    await turn();
    expect(socket.packetsOf("pingreq").length).toBe(1);
  });

  test("sends no PINGREQ without keep-alive", async () => {
    const { client, environment, socket } = await connected({ keepAliveSeconds: 0 });
    await environment.clock.advance(1_000_000);
    expect(socket.packetsOf("pingreq")).toEqual([]);
    expect(client.state.type).toBe("connected");
  });
});

describe("publishing", () => {
  test("resolves QoS 1 at PUBACK and QoS 0 at once", async () => {
    const { client, socket } = await connected();
    const first = outcome(client.publish("room", "hello"));
    const second = outcome(client.publish("room", "hello", { qos: 0, retain: true }));
    await turn();
    expect([first.settled, second.settled]).toEqual(["no", "resolved undefined"]);
    expect(socket.packetsOf("publish")).toEqual([
      message({ qos: 1, packetId: 1 }),
      message({ retain: true, packetId: undefined }),
    ]);
    socket.serverSends([{ type: "puback", packetId: 1 }]);
    await turn();
    expect(first.settled).toBe("resolved undefined");
  });

  test("sends what one turn publishes in one frame", async () => {
    const { client, socket } = await connected();
    const frameCount = socket.frames.length;
    for (let count = 0; count < 10; count++) outcome(client.publish("room", `${count}`));
    await turn();
    expect(socket.frames.length).toBe(frameCount + 1);
    expect(socket.packetsOf("publish").length).toBe(10);
  });

  test("cuts what waits after an outage into frames that a server takes", async () => {
    const house = await connected();
    const { client, socket } = house;
    socket.serverCloses();
    const text = "x".repeat(4000);
    for (let count = 0; count < 900; count++) outcome(client.publish("room", text));
    const second = await reconnected(house);
    expect(second.packetsOf("publish").length).toBe(900);
    expect(Math.max(...second.frames.map(({ length }) => length))).toBe(65_536);
  });

  test("sends again after a reconnect, in order, with DUP, what was not acknowledged", async () => {
    const house = await connected();
    const { client, socket } = house;
    const results = ["a", "b", "c"].map((text) => outcome(client.publish("room", text)));
    await turn();
    socket.serverSends([{ type: "puback", packetId: 2 }]);
    socket.serverCloses();
    results.push(outcome(client.publish("room", "d")));
    const second = await reconnected(house);
    const sent = second.packetsOf("publish").map(({ packetId, dup, payload }) => {
      return [packetId, dup, new TextDecoder().decode(payload)];
    });
    expect(sent).toEqual([
      [1, true, "a"],
      [3, true, "c"],
      [4, false, "d"],
    ]);
    second.serverSends([1, 3, 4].map((packetId) => ({ type: "puback", packetId })));
    await turn();
    expect(results.map(({ settled }) => settled)).toEqual(Array(4).fill("resolved undefined"));
    expect((await reconnected(house)).packetsOf("publish")).toEqual([]);
  });

  test("holds a bounded number of requests, and rejects what is more", async () => {
    const { client, socket } = await connected({ requestCountMax: 2 });
    const results = [1, 2, 3].map((text) => outcome(client.publish("room", `${text}`)));
    await turn();
    expect(results[2]!.settled).toBe("rejected: there are already 2 requests without an answer");
    socket.serverSends([{ type: "puback", packetId: 1 }]);
    await turn();
    const fourth = outcome(client.publish("room", "4"));
    await turn();
    expect([results[0]!.settled, fourth.settled]).toEqual(["resolved undefined", "no"]);
  });

  test("rejects an invalid topic, QoS 0 while not connected, and anything after `end`", async () => {
    const { client } = build();
    const attempts = [client.publish("a/+", ""), client.publish("a", "", { qos: 0 })];
    const waiting = outcome(client.publish("a", ""));
    client.end();
    attempts.push(client.publish("a", ""));
    const results = attempts.map(outcome);
    await turn();
    expect([...results, waiting].map(({ settled }) => settled)).toEqual([
      'rejected: cannot publish to topic "a/+": it holds a wildcard',
      'rejected: cannot publish to topic "a" at QoS 0: not connected',
      "rejected: the client has ended",
      "rejected: the client has ended",
    ]);
  });
});

describe("subscribing", () => {
  test("resolves with the granted QoS and rejects a refusal", async () => {
    const { client, socket } = await connected();
    const granted = outcome(client.subscribe("room/+", 1));
    const refused = outcome(client.subscribe("secret", 1));
    await turn();
    socket.serverSends([
      { type: "suback", packetId: 1, returnCodes: [0] },
      { type: "suback", packetId: 2, returnCodes: [0x80] },
    ]);
    await turn();
    expect(granted.settled).toBe("resolved 0");
    expect(refused.settled).toBe('rejected: the server refuses to subscribe to "secret"');
  });

  test("renews at each reconnect, eight filters at a time, before anything else", async () => {
    const house = await connected();
    const filters = Array.from({ length: 10 }, (_, index) => `room/${index}`);
    const results = filters.map((filter) => outcome(house.client.subscribe(filter, 1)));
    await turn();
    for (const { packetId } of house.socket.packetsOf("subscribe")) {
      house.socket.serverSends([{ type: "suback", packetId, returnCodes: [1] }]);
    }
    const last = outcome(house.client.publish("room", "hello"));
    await turn();
    const second = await reconnected(house);
    expect(second.packets.map(({ type }) => type)).toEqual([
      "connect",
      "subscribe",
      "subscribe",
      "publish",
    ]);
    const renewed = second.packetsOf("subscribe").flatMap(({ subscriptions }) => subscriptions);
    expect(renewed).toEqual(filters.map((filter) => ({ filter, qos: 1 })));
    expect(results.every(({ settled }) => settled === "resolved 1")).toBe(true);
    expect(last.settled).toBe("no");
  });

  test("asks again for what was not answered, and neither for what was refused", async () => {
    const house = await connected();
    const pending = outcome(house.client.subscribe("pending", 0));
    const refused = outcome(house.client.subscribe("refused", 0));
    await turn();
    house.socket.serverSends([{ type: "suback", packetId: 2, returnCodes: [0x80] }]);
    const second = await reconnected(house);
    expect(second.packetsOf("subscribe")).toMatchObject([
      { packetId: 1, subscriptions: [{ filter: "pending" }] },
    ]);
    second.serverSends([{ type: "suback", packetId: 1, returnCodes: [0] }]);
    await turn();
    expect(pending.settled).toBe("resolved 0");
    expect(refused.settled).toStartWith("rejected");
  });

  test("reports and forgets a subscription whose renewal is refused", async () => {
    const house = await connected();
    const granted = outcome(house.client.subscribe("room", 1));
    await turn();
    house.socket.serverSends([{ type: "suback", packetId: 1, returnCodes: [1] }]);
    await turn();
    expect(granted.settled).toBe("resolved 1");
    const second = await reconnected(house);
    const [renewal] = second.packetsOf("subscribe");
    second.serverSends([{ type: "suback", packetId: renewal!.packetId, returnCodes: [0x80] }]);
    expect(String(house.environment.reported)).toContain('renew the subscription to "room"');
    expect((await reconnected(house)).packetsOf("subscribe")).toEqual([]);
  });

  test("does not renew what was unsubscribed", async () => {
    const house = await connected();
    const { client, socket } = house;
    const steps = [outcome(client.subscribe("room", 1)), outcome(client.unsubscribe("room"))];
    await turn();
    socket.serverSends([
      { type: "suback", packetId: 1, returnCodes: [1] },
      { type: "unsuback", packetId: 2 },
    ]);
    await turn();
    expect(steps.map(({ settled }) => settled)).toEqual(["resolved 1", "resolved undefined"]);
    expect((await reconnected(house)).packetsOf("subscribe")).toEqual([]);
  });
});

describe("receiving", () => {
  test("hands over messages that straddle frames, and acknowledges them afterwards", async () => {
    const { client, socket, environment } = await connected();
    const seen: unknown[] = [];
    client.onMessage((topic, payload, flags) => {
      seen.push([
        topic,
        new TextDecoder().decode(payload),
        flags,
        socket.packetsOf("puback").length,
      ]);
    });
    client.onMessage(() => {
      throw new Error("this handler is broken");
    });
    const messages = [message({ retain: true }), message({ qos: 1, packetId: 9, dup: true })];
    socket.serverSends(messages, 3);
    await turn();
    expect(seen).toEqual([
      ["room", "hello", { qos: 0, retain: true, dup: false }, 0],
      ["room", "hello", { qos: 1, retain: false, dup: true }, 0],
    ]);
    expect(socket.packetsOf("puback")).toEqual([{ type: "puback", packetId: 9 }]);
    expect(environment.reported.length).toBe(2);
  });

  test("a handler that was removed hears nothing more", async () => {
    const { client, socket } = await connected();
    let count = 0;
    const remove = client.onMessage(() => {
      count += 1;
    });
    socket.serverSends([message()]);
    remove();
    socket.serverSends([message()]);
    expect(count).toBe(1);
  });
});

describe("ending", () => {
  test("sends what this turn published, then DISCONNECT, and does not come back", async () => {
    const { client, environment, socket, states } = await connected();
    const unanswered = outcome(client.publish("room", "bye"));
    client.end();
    expect(socket.packets.map(({ type }) => type)).toEqual(["connect", "publish", "disconnect"]);
    expect(socket.closed).toBe(true);
    await environment.clock.advance(100_000);
    environment.goOnline();
    expect(environment.sockets.length).toBe(1);
    expect(states.at(-1)).toEqual({ type: "closed" });
    expect(unanswered.settled).toBe("rejected: the client has ended");
    expect(() => client.connect()).toThrow("has ended");
  });

  test("delivers nothing more once a handler has ended the client", async () => {
    const { client, socket } = await connected();
    const seen: string[] = [];
    client.onMessage((topic) => {
      seen.push(topic);
      client.end();
    });
    socket.serverSends([message({ qos: 1, packetId: 1 }), message({ topic: "later" })]);
    await turn();
    expect(seen).toEqual(["room"]);
    expect(socket.packetsOf("puback")).toEqual([]);
  });
});

describe("an address that is made for each connection", () => {
  test("is asked for again at each attempt", async () => {
    let count = 0;
    const url = async () => `ws://house/mqtt?${++count}`;
    const { client, environment } = build({ url });
    client.connect();
    await turn();
    await accept(environment);
    expect(client.state.type).toBe("connected");
    await reconnected({ client, environment, states: [] });
    expect(client.state.type).toBe("connected");
    expect(count).toBe(2);
  });

  test("that cannot be had is tried again, like a connection that is lost", async () => {
    let isReachable = false;
    const url = async () => {
      if (!isReachable) throw new Error("no credentials");
      return "ws://house/mqtt";
    };
    const { client, environment } = build({ url });
    client.connect();
    await turn();
    expect(client.state).toMatchObject({ type: "waiting", reason: "no credentials" });
    isReachable = true;
    await waitOut(client, environment);
    await turn();
    await accept(environment);
    expect(client.state.type).toBe("connected");
  });

  test("that comes after the end opens nothing", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const { client, environment } = build({ url: () => promise });
    client.connect();
    client.end();
    resolve("ws://house/mqtt");
    await turn();
    expect(environment.sockets).toHaveLength(0);
    expect(client.state.type).toBe("closed");
  });
});
