import { expect, test } from "bun:test";
import { encode, type Packet } from "@millrace/mqtt";
import fc from "fast-check";
import { utf8, WorldError } from "../base/mod.ts";
import { openMemoryRecords, type Records } from "../storage/mod.ts";
import type { BrokerOptions } from "./broker.ts";
import { Client, openBroker, publish, settled, subscribe } from "./broker-fixture.ts";
import {
  type DropReason,
  type MessageSource,
  type RefusedConnect,
  type RefusedSubscription,
  sum,
} from "./counters.ts";
import type { Refusal } from "./message.ts";
import { mqttLimits } from "./presets/mqtt.ts";

type House = Awaited<ReturnType<typeof openBroker>>;

interface Case {
  readonly options?: Partial<BrokerOptions>;
  /** Makes it happen, once. */
  readonly cause: (house: House) => unknown;
}

const limited = (limits: Partial<typeof mqttLimits>) => ({ limits: { ...mqttLimits, ...limits } });

const allowing = (access: object): Partial<BrokerOptions> => {
  const all = { mayPublish: () => true, maySubscribe: () => true, mayReceive: () => true };
  return { admit: () => ({ allowed: true, principal: "p", access: { ...all, ...access } }) };
};

const qos1 = (packetId: number, topic = "a", more = {}) =>
  publish(topic, "text", { qos: 1, packetId, ...more });

async function run({ options = {}, cause }: Case) {
  const house = await openBroker(options);
  await cause(house);
  await settled();
  return house.broker.counters;
}

const nonZero = (record: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(record).filter(([, count]) => count > 0));

const drops: Readonly<Record<DropReason, Case>> = {
  "slow-reader": {
    options: limited({ outboxBytesMax: 8 }),
    cause: ({ join }) => {
      const slow = join("slow").send(subscribe("a"));
      slow.writable = false;
      join("eve").send(publish("a", "text"), publish("a", "text"));
    },
  },
  "queue-full": {
    options: limited({ inflightMax: 1, queuedMessagesMax: 1 }),
    cause: ({ join }) => {
      join("ann").send(subscribe("a", 1));
      join("eve").send(qos1(1), qos1(2), qos1(3));
    },
  },
  expired: {
    cause: async ({ join, clock }) => {
      join("ann", { cleanSession: false }).send(subscribe("a", 1)).vanish();
      const properties = { messageExpiryInterval: 5 };
      join("eve", { protocolLevel: 5 }).send(qos1(1, "a", { properties }));
      await settled();
      clock.advance(6000);
      join("ann", { cleanSession: false });
    },
  },
  "packet-too-large": {
    cause: ({ join }) => {
      const small = { protocolLevel: 5, properties: { maximumPacketSize: 20 } } as const;
      join("ann", small).send(subscribe("a"));
      join("eve").send(publish("a", "x".repeat(20)));
    },
  },
  "publish-rate": {
    options: limited({ publishesPerSecondMax: 1 }),
    cause: ({ join }) => join("eve").send(publish("a", "1"), publish("a", "2")),
  },
  "nobody-there": {
    cause: ({ join }) => {
      const durable = { cleanSession: false };
      join("ann", durable).send(subscribe("$share/g/a", 1)).vanish();
      join("eve").send(publish("a", "x"));
    },
  },
  "not-authorized": {
    options: allowing({ mayReceive: () => false }),
    cause: ({ join }) => {
      join("ann").send(subscribe("a", 1));
      join("eve").send(qos1(1));
    },
  },
  "session-ended": {
    cause: async ({ join }) => {
      join("ann", { cleanSession: false }).send(subscribe("a", 1)).vanish();
      join("eve").send(qos1(1));
      await settled();
      join("ann");
    },
  },
};

test.each(Object.entries(drops))("a message lost as %s is counted once", async (reason, one) => {
  const counters = await run(one);
  expect(nonZero(counters.dropped)).toEqual({ [reason]: 1 });
  expect(counters.droppedInAll).toBe(1);
});

test("QoS 0 that a policy keeps from its reader is counted as well", async () => {
  const cause = ({ join }: House) => {
    join("ann").send(subscribe("a"));
    join("eve").send(publish("a", "x"));
  };
  const { dropped } = await run({ options: allowing({ mayReceive: () => false }), cause });
  expect(nonZero(dropped)).toEqual({ "not-authorized": 1 });
});

const refusedConnects: Readonly<Record<RefusedConnect, Case>> = {
  authorization: {
    options: { admit: () => ({ allowed: false }) },
    cause: ({ join }) => join("ann"),
  },
  protocol: { cause: ({ broker }) => new Client(broker).send({ type: "pingreq" }) },
  rate: { options: limited({ connectsPerSecondMax: 0 }), cause: ({ join }) => join("ann") },
  connections: { options: limited({ connectionsMax: 0 }), cause: ({ join }) => join("ann") },
  sessions: { options: limited({ sessionsMax: 0 }), cause: ({ join }) => join("ann") },
  late: {
    cause: ({ broker, clock }) => {
      new Client(broker).sendBytes("10");
      clock.advance(20_000);
    },
  },
};

test.each(Object.entries(refusedConnects))(
  "a client turned away for %s is counted once, and not as a connection",
  async (reason, one) => {
    const counters = await run(one);
    expect(nonZero(counters.connectsRefused)).toEqual({ [reason]: 1 });
    expect(nonZero(counters.disconnects)).toEqual({});
    const { socketsOpened, socketsAbandoned, connectionsAccepted, connectionsOpen } = counters;
    expect([socketsOpened, socketsAbandoned]).toEqual([1, 0]);
    expect([connectionsAccepted, connectionsOpen]).toEqual([0, 0]);
  },
);

const misfits: readonly (readonly [string, (house: House) => unknown])[] = [
  ["bytes that are no packet", ({ broker }) => new Client(broker).sendBytes("ff ff")],
  [
    "a will on a reserved topic",
    ({ join }) => {
      join("ann", { will: { topic: "$x", payload: utf8("x"), qos: 0, retain: false } });
    },
  ],
  ["no client id", ({ join }) => join("", { cleanSession: false })],
];

test.each(misfits)("a CONNECT with %s is refused once", async (_what, cause) => {
  const counters = await run({ cause });
  expect(nonZero(counters.connectsRefused)).toEqual({ protocol: 1 });
});

test("a socket whose other end leaves before CONNECT was neither accepted nor refused", async () => {
  const counters = await run({ cause: ({ broker }) => new Client(broker).vanish() });
  expect(counters.socketsAbandoned).toBe(1);
  expect(nonZero(counters.connectsRefused)).toEqual({});
});

const refusals: Readonly<Record<Refusal, Case>> = {
  "topic-invalid": {
    options: limited({ topicLevelsMax: 1 }),
    cause: ({ join }) => join("eve").send(publish("a/b", "x")),
  },
  "topic-reserved": { cause: ({ join }) => join("eve").send(publish("$SYS/broker/x", "x")) },
  "not-authorized": {
    options: allowing({ mayPublish: () => false }),
    cause: ({ join }) => join("eve").send(qos1(1)),
  },
  "payload-too-large": {
    options: limited({ payloadBytesMax: 3 }),
    cause: ({ join }) => join("eve").send(qos1(1)),
  },
  "property-too-large": {
    options: limited({ contentTypeBytesMax: 3 }),
    cause: ({ join }) => {
      const properties = { contentType: "text" };
      join("eve", { protocolLevel: 5 }).send(qos1(1, "a", { properties }));
    },
  },
  "quota-exceeded": {
    options: limited({ retainedMessagesMax: 0 }),
    cause: ({ join }) => join("eve").send(qos1(1, "a", { retain: true })),
  },
  "not-stored": {
    options: { records: recordsWithoutRoom() },
    cause: ({ join }) => join("eve").send(qos1(1, "a", { retain: true })),
  },
};

function recordsWithoutRoom(): Records {
  const update = () => Promise.reject(new WorldError("DISK_FULL", "full"));
  return Object.assign(openMemoryRecords(), { update });
}

test.each(Object.entries(refusals))(
  "a publish refused as %s is counted once",
  async (reason, one) => {
    const counters = await run(one);
    expect(nonZero(counters.refused)).toEqual({ [reason]: 1 });
  },
);

const deniedFilters: Readonly<Record<RefusedSubscription, Case>> = {
  "filter-invalid": { cause: ({ join }) => join("ann").send(subscribe("a/#/b")) },
  "qos-not-supported": {
    options: limited({ qosMax: 1, closesOnRefusedFilter: true }),
    cause: ({ join }) => join("ann").send(subscribe("a", 2)),
  },
  "quota-exceeded": {
    options: limited({ subscriptionsPerSessionMax: 0 }),
    cause: ({ join }) => join("ann").send(subscribe("a")),
  },
  "not-authorized": {
    options: allowing({ maySubscribe: () => false }),
    cause: ({ join }) => join("ann").send(subscribe("a")),
  },
};

test.each(Object.entries(deniedFilters))(
  "a filter refused as %s is counted once",
  async (reason, one) => {
    const counters = await run(one);
    expect(nonZero(counters.subscriptionsRefused)).toEqual({ [reason]: 1 });
  },
);

const sources: Readonly<Record<MessageSource, Case>> = {
  client: { cause: ({ join }) => join("eve").send(publish("a", "x")) },
  api: { cause: ({ broker }) => broker.publish(from({ ruleDepth: 0 })) },
  rule: { cause: ({ broker }) => broker.publish(from({ ruleDepth: 1, clientId: "eve" })) },
  server: { cause: ({ broker }) => broker.publish(from({ ruleDepth: 0, internal: true })) },
};

const from = (origin: { ruleDepth: number; clientId?: string; internal?: boolean }) =>
  ({ topic: "a", payload: utf8("x"), qos: 0, retain: false, origin }) as const;

test.each(Object.entries(sources))(
  "what the %s publishes is counted as its own",
  async (source, one) => {
    const counters = await run(one);
    expect(nonZero(counters.published)).toEqual({ [source]: 1 });
  },
);

test("PUBLISH packets are counted by QoS in both directions, those sent again too", async () => {
  const { broker, join } = await openBroker();
  const { counters } = broker;
  const ann = join("ann", { cleanSession: false }).send(subscribe("a/#", 2));
  await settled();
  const eve = join("eve").send(publish("a/0", "x"), qos1(1, "a/1"));
  const twice = publish("a/2", "x", { qos: 2, packetId: 2 });
  eve.send(twice, { ...twice, dup: true } as Packet);
  await settled();
  expect(counters.publishesIn).toEqual([1, 1, 2]);
  expect(counters.published.client).toBe(3);
  expect(ann.publishes.map(({ qos }) => qos)).toEqual([0, 1, 2]);
  expect(counters.publishesOut).toEqual([1, 1, 1]);
  ann.vanish();
  const back = join("ann", { cleanSession: false });
  await settled();
  expect(back.publishes.map(({ dup }) => dup)).toEqual([true, true]);
  expect(counters.publishesOut).toEqual([1, 2, 2]);
  expect(counters.inflightMessages).toBe(2);
});

test("a message straight to one client is the API's, and an answer too large for it is counted", async () => {
  const { broker, join } = await openBroker();
  const small = { protocolLevel: 5, properties: { maximumPacketSize: 30 } } as const;
  const ann = join("ann", small);
  expect(broker.sendDirect("ann", from({ ruleDepth: 0 }))).toMatchObject({ sent: true });
  expect(broker.sendDirect("nobody", from({ ruleDepth: 0 }))).toMatchObject({ sent: false });
  const filters = Array.from({ length: 40 }, (_, at) => ({ filter: `f/${at}`, qos: 0 as const }));
  ann.send({ type: "subscribe", packetId: 1, subscriptions: filters });
  expect(ann.types()).toEqual(["connack", "publish"]);
  const { published, answersOut, answersDropped, droppedInAll } = broker.counters;
  expect([published.api, answersOut, answersDropped, droppedInAll]).toEqual([1, 1, 1, 0]);
});

test("what a slow reader has not taken when its connection ends is counted in bytes", async () => {
  const { broker, join } = await openBroker();
  const slow = join("slow").send(subscribe("a"));
  slow.writable = false;
  const packet = publish("a", "text");
  join("eve").send(packet);
  slow.vanish();
  expect(broker.counters.bytesDiscarded).toBe(encode(packet).length);
});

test("a session that nobody comes back to expires, and is counted once", async () => {
  const cause = async ({ join, clock }: House) => {
    const properties = { sessionExpiryInterval: 60 };
    join("ann", { protocolLevel: 5, properties }).vanish();
    join("ben").vanish(); // ends with its connection: nothing expires
    await settled();
    clock.advance(61_000);
  };
  expect((await run({ cause })).sessionsExpired).toBe(1);
});

/** What one of three clients does next. */
const steps = fc.record({
  who: fc.constantFrom("ann", "ben", "eve"),
  does: fc.constantFrom("join", "vanish", "subscribe", "publish", "acknowledge", "stall", "drain"),
  qos: fc.constantFrom(0, 1, 2),
  durable: fc.boolean(),
});

interface Turn {
  readonly who: string;
  readonly does: string;
  readonly qos: number;
  readonly durable: boolean;
}

/** Three clients; of each the connection of now, and all that it ever had. */
class Crowd {
  readonly house: House;
  readonly everybody: Client[] = [];
  readonly #now = new Map<string, Client>();
  sentPackets = 0;
  sentBytes = 0;
  #packetId = 0;

  constructor(house: House) {
    this.house = house;
  }

  take({ who, does, qos, durable }: Turn): void {
    const client = this.#now.get(who);
    if (does === "join") this.#join(who, durable);
    else if (!client || client.ended) return;
    else if (does === "vanish") client.vanish();
    else if (does === "subscribe") this.#send(client, subscribe("a", qos as 0 | 1 | 2));
    else if (does === "publish") this.#publish(client, qos as 0 | 1 | 2);
    else if (does === "acknowledge") this.#acknowledge(client);
    else if (does === "stall") client.writable = false;
    else client.drained();
  }

  drain(): void {
    for (const client of this.everybody) client.drained();
  }

  #join(clientId: string, durable: boolean): void {
    const client = new Client(this.house.broker);
    this.#now.set(clientId, client);
    this.everybody.push(client);
    const cleanSession = !durable;
    const connect = { type: "connect", clientId, cleanSession, keepAliveSeconds: 0 } as const;
    this.#send(client, { ...connect, protocolLevel: 4 });
  }

  #publish(client: Client, qos: 0 | 1 | 2): void {
    this.#packetId += 1;
    const { packetId = undefined } = qos > 0 ? { packetId: this.#packetId } : {};
    this.#send(client, publish("a", "x".repeat(this.#packetId % 50), { qos, packetId }));
  }

  #acknowledge(client: Client): void {
    const last = client.received.at(-1);
    if (last?.type === "pubrec") this.#send(client, { type: "pubrel", packetId: last.packetId });
    if (last?.type === "pubrel") this.#send(client, { type: "pubcomp", packetId: last.packetId });
    if (last?.type !== "publish" || last.packetId === undefined) return;
    const type = last.qos === 1 ? "puback" : "pubrec";
    this.#send(client, { type, packetId: last.packetId });
  }

  #send(client: Client, packet: Packet): void {
    this.sentPackets += 1;
    this.sentBytes += encode(packet).length;
    client.send(packet);
  }
}

test("whatever clients do, the counters say what clients and sessions see", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 60, size: "max" }), async (turns) => {
      const limits = { ...mqttLimits, inflightMax: 3, queuedMessagesMax: 4, outboxBytesMax: 100 };
      const house = await openBroker({ limits });
      const crowd = new Crowd(house);
      for (const turn of turns) {
        crowd.take(turn);
        if (turn.durable) await settled();
      }
      await settled();
      crowd.drain();
      await settled();
      expectTruth(house, crowd);
    }),
    { numRuns: 200 },
  );
});

function expectTruth({ broker }: House, crowd: Crowd): void {
  const { counters, connections } = broker;
  const sessions = [...broker.sessions.values()];
  const clients = crowd.everybody;
  expect(counters.packetsIn).toBe(crowd.sentPackets);
  expect(counters.bytesIn).toBe(crowd.sentBytes);
  expect(counters.bytesOut).toBe(sum(clients.map(({ bytesReceived }) => bytesReceived)));
  if (counters.bytesDiscarded === 0) {
    expect(counters.packetsOut).toBe(sum(clients.map(({ received }) => received.length)));
    const received = clients.flatMap(({ publishes }) => publishes);
    const byQos = [0, 1, 2].map((qos) => received.filter((one) => one.qos === qos).length);
    expect<number[]>(counters.publishesOut).toEqual(byQos);
  }
  const lines = sessions.flatMap(({ lineIfAny }) => lineIfAny ?? []);
  expect(counters.queuedMessages).toBe(sum(lines.map(({ queueLength }) => queueLength)));
  expect(counters.queuedBytes > 0).toBe(counters.queuedMessages > 0);
  expect(counters.inflightMessages).toBe(sum(lines.map(({ inflight }) => inflight.size)));
  expect(counters.connectionsOpen).toBe(connections.size);
  expect(counters.socketsOpened).toBe(clients.length);
  const ended = sum(Object.values(counters.disconnects));
  expect(counters.connectionsAccepted).toBe(counters.connectionsOpen + ended);
}
