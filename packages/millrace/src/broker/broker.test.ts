import { describe, expect, test } from "bun:test";
import { encode } from "@millrace/mqtt";
import { utf8 } from "../base/mod.ts";
import { openMemoryRecords } from "../storage/mod.ts";
import { Client, openBroker, publish, settled, subscribe } from "./broker-fixture.ts";
import type { PublishOutcome } from "./message.ts";
import { mqttLimits } from "./presets/mqtt.ts";

test("a message reaches those whose filter matches, once each", async () => {
  const { join } = await openBroker();
  const ann = join("ann").send(subscribe("chat/+"), subscribe("chat/#", 1));
  const ben = join("ben").send(subscribe("other"));
  join("eve").send(publish("chat/room", "hello"));
  expect(ann.texts).toEqual(["hello"]);
  expect(ann.types()).toEqual(["connack", "suback", "suback", "publish"]);
  expect(ben.texts).toEqual([]);
});

test("overlapping filters give one copy with the highest QoS, acknowledged by the reader", async () => {
  const { join } = await openBroker();
  const ann = join("ann").send(subscribe("a/+", 1), subscribe("a/#", 0));
  const eve = join("eve").send(publish("a/b", "x", { qos: 1, packetId: 9 }));
  expect(ann.publishes).toMatchObject([{ qos: 1, packetId: 1, dup: false, retain: false }]);
  expect(eve.received.at(-1)).toEqual({ type: "puback", packetId: 9 });
  await settled();
});

test("what a durable session was owed comes after a restart, in order, and goes at PUBACK", async () => {
  const { join, records, broker } = await openBroker();
  const durable = { cleanSession: false };
  const ann = join("ann", durable).send(subscribe("a/#", 1));
  await settled();
  ann.vanish();
  const eve = join("eve");
  for (const packetId of [1, 2, 3]) eve.send(publish("a/b", `${packetId}`, { qos: 1, packetId }));
  await settled();
  expect(eve.types().filter((type) => type === "puback")).toHaveLength(3);
  await broker.close();
  await settled();

  const second = await openBroker({ records });
  const back = second.join("ann", durable);
  await settled();
  expect(back.received[0]).toEqual({ type: "connack", sessionPresent: true, returnCode: 0 });
  expect(back.texts).toEqual(["1", "2", "3"]);
  expect(back.publishes.every(({ dup }) => dup)).toBe(true);
  for (const { packetId = 0 } of back.publishes) back.send({ type: "puback", packetId });
  await settled();

  const third = await openBroker({ records });
  const last = third.join("ann", durable);
  await settled();
  expect(last.types()).toEqual(["connack"]);
});

test("an unacknowledged message is sent again with DUP on the next connection", async () => {
  const { join } = await openBroker();
  const ann = join("ann", { cleanSession: false }).send(subscribe("a", 1));
  await settled();
  join("eve").send(publish("a", "x", { qos: 1, packetId: 1 }));
  expect(ann.publishes).toMatchObject([{ dup: false, packetId: 1 }]);
  ann.vanish();
  const back = join("ann", { cleanSession: false });
  await settled();
  expect(back.publishes).toMatchObject([{ dup: true, packetId: 1 }]);
});

test("a clean session forgets, also what an earlier durable one had", async () => {
  const { join } = await openBroker();
  join("ann", { cleanSession: false }).send(subscribe("a", 1));
  await settled();
  const clean = join("ann");
  await settled();
  expect(clean.received[0]).toMatchObject({ sessionPresent: false });
  const durable = join("ann", { cleanSession: false });
  await settled();
  expect(durable.received[0]).toMatchObject({ sessionPresent: false });
});

test("the same client id again takes over, and the old connection's will is published", async () => {
  const { join, events } = await openBroker();
  const watcher = join("watcher").send(subscribe("gone"));
  const will = { topic: "gone", payload: utf8("ann"), qos: 0, retain: false } as const;
  const first = join("ann", { will });
  join("ann");
  expect(first.ended).toBe(true);
  expect(watcher.texts).toEqual(["ann"]);
  expect(events).toContain("-ann DUPLICATE_CLIENTID");
  expect(events).toContain("+ann v1");
});

test("DISCONNECT alone keeps the will back: a lost connection and a closed tab do not", async () => {
  const { join, events } = await openBroker();
  const watcher = join("watcher").send(subscribe("gone"));
  const will = { topic: "gone", payload: utf8("!"), qos: 0, retain: false } as const;
  join("polite", { will }).send({ type: "disconnect" });
  expect(watcher.texts).toEqual([]);
  join("lost", { will }).vanish();
  expect(watcher.texts).toEqual(["!"]);
  join("tab", { will }).leave();
  expect(watcher.texts).toEqual(["!", "!"]);
  expect(events).toContain("-polite CLIENT_INITIATED_DISCONNECT");
  expect(events).toContain("-lost CONNECTION_LOST");
});

test("a client silent for one and a half keep-alives is closed, one that pings is not", async () => {
  const { join, clock, events } = await openBroker();
  const quiet = join("quiet", { keepAliveSeconds: 10 });
  const alive = join("alive", { keepAliveSeconds: 10 });
  clock.advance(10_000);
  alive.send({ type: "pingreq" });
  clock.advance(6_000);
  expect(quiet.ended).toBe(true);
  expect(alive.ended).toBe(false);
  expect(alive.types()).toContain("pingresp");
  expect(events).toContain("-quiet MQTT_KEEP_ALIVE_TIMEOUT");
});

test("retained messages meet new subscribers, survive a restart and go with an empty payload", async () => {
  const { join, records } = await openBroker();
  join("eve").send(publish("t/1", "kept", { retain: true, qos: 1, packetId: 1 }));
  await settled();
  const { join: joinAgain } = await openBroker({ records });
  const ann = joinAgain("ann").send(subscribe("t/+", 1));
  expect(ann.publishes).toMatchObject([{ retain: true, qos: 1 }]);
  joinAgain("eve").send(publish("t/1", "", { retain: true }));
  expect(ann.publishes.at(-1)).toMatchObject({ retain: false });
  expect(joinAgain("ben").send(subscribe("t/1")).publishes).toEqual([]);
});

test("PUBACK waits for taps, in order", async () => {
  const waiting: (() => void)[] = [];
  const taps = [() => new Promise<void>((resolve) => waiting.push(resolve))];
  const { join } = await openBroker({ taps });
  const eve = join("eve");
  eve.send(publish("a", "1", { qos: 1, packetId: 1 }), publish("a", "2", { qos: 1, packetId: 2 }));
  waiting[1]?.();
  await settled();
  expect(eve.types()).toEqual(["connack"]);
  waiting[0]?.();
  await settled();
  expect(eve.received.slice(1)).toEqual([
    { type: "puback", packetId: 1 },
    { type: "puback", packetId: 2 },
  ]);
});

describe("a message for one rule alone", () => {
  const topic = "$aws/rules/r/a";

  test("goes to nobody but the rules, and its PUBACK waits for them", async () => {
    const told: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const { join } = await openBroker({
      taps: [(message) => void told.push(`tap ${message.topic}`)],
      ingest: (message) => {
        told.push(`ingest ${message.topic}`);
        return promise;
      },
    });
    const ann = join("ann").send(subscribe("#"));
    ann.send(subscribe("$aws/rules/#"), subscribe("$aws/rules"));
    expect(ann.received.slice(-2)).toMatchObject([
      { returnCodes: [0x80] },
      { returnCodes: [0x80] },
    ]);
    const eve = join("eve").send(publish(topic, "x", { qos: 1, packetId: 1 }));
    await settled();
    expect(told).toEqual([`ingest ${topic}`]);
    expect(eve.types()).toEqual(["connack"]);
    resolve();
    await settled();
    expect(eve.types()).toEqual(["connack", "puback"]);
    expect(ann.publishes).toEqual([]);
  });

  test("is refused when there are no rules, when it is to be retained, and as a direct one", async () => {
    const { join } = await openBroker();
    expect(join("eve").send(publish(topic, "x")).ended).toBe(true);
    const ingest = () => undefined;
    const { broker, join: joinRules } = await openBroker({ ingest });
    expect(joinRules("eve").send(publish(topic, "x", { retain: true })).ended).toBe(true);
    joinRules("ann");
    const message = {
      payload: utf8("x"),
      qos: 0,
      retain: false,
      origin: { ruleDepth: 0 },
    } as const;
    expect(broker.sendDirect("ann", { ...message, topic })).toMatchObject({ why: "refused" });
    expect(await broker.publish({ ...message, topic: "$aws/rule/r" })).toMatchObject({
      refusal: "topic-reserved",
    });
  });

  test("has levels that are counted behind the rule's name", async () => {
    const limits = { ...mqttLimits, topicLevelsMax: 2, topicBytesMax: 3 };
    const { broker } = await openBroker({ limits, ingest: () => undefined });
    const outcomeOf = (rest: string) => {
      const origin = { ruleDepth: 0 };
      const topic = `$aws/rules/r${rest}`;
      return broker.publish({ topic, payload: utf8("x"), qos: 0, retain: false, origin });
    };
    expect(outcomeOf("")).toMatchObject({ accepted: true });
    expect(outcomeOf("/a/b")).toMatchObject({ accepted: true });
    expect(outcomeOf("/a/b/c")).toMatchObject({ refusal: "topic-invalid" });
    expect(outcomeOf("/abcd")).toMatchObject({ refusal: "topic-invalid" });
  });
});

describe("a request to a service behind a reserved topic", () => {
  const topic = "$aws/things/t/shadow/get";
  const takesRequests = (asked: string) => asked === topic;

  test("is delivered as any message, goes to the taps, and its PUBACK waits for them", async () => {
    const told: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const tap = (message: { readonly topic: string }) => {
      told.push(message.topic);
      return promise;
    };
    const { join } = await openBroker({ takesRequests, taps: [tap] });
    const ann = join("ann").send(subscribe("$aws/things/+/shadow/#"));
    const eve = join("eve").send(publish(topic, "x", { qos: 1, packetId: 1 }));
    await settled();
    expect([told, ann.texts, eve.types()]).toEqual([[topic], ["x"], ["connack"]]);
    resolve();
    await settled();
    expect(eve.types()).toEqual(["connack", "puback"]);
  });

  test("is refused where nobody takes it, when it is to be retained, and as a direct one", async () => {
    const { join: joinBare } = await openBroker();
    expect(joinBare("eve").send(publish(topic, "x")).ended).toBe(true);
    const { broker, join } = await openBroker({ takesRequests });
    expect(join("eve").send(publish(`${topic}/accepted`, "x")).ended).toBe(true);
    expect(join("eve").send(publish(topic, "x", { retain: true })).ended).toBe(true);
    join("ann");
    const origin = { ruleDepth: 0 };
    const message = { topic, payload: utf8("x"), qos: 0, retain: false, origin } as const;
    expect(broker.sendDirect("ann", message)).toMatchObject({ why: "refused" });
    expect(broker.publish({ ...message, retain: true })).toMatchObject({
      reason: `a request to a service, "${topic}", cannot be retained`,
    });
  });

  test("may be a will, which is marked, but not a retained one", async () => {
    const wills: (boolean | undefined)[] = [];
    const tap = ({ isWill }: { readonly isWill?: boolean }) => void wills.push(isWill);
    const { join } = await openBroker({ takesRequests, taps: [tap] });
    join("eve").send(publish(topic, "x"));
    const will = { topic, payload: utf8("x"), qos: 1, retain: false } as const;
    expect(join("amy", { will: { ...will, retain: true } }).ended).toBe(true);
    expect(join("amy", { will: { ...will, topic: `${topic}/accepted` } }).ended).toBe(true);
    join("bob", { will }).vanish();
    await settled();
    expect(wills).toEqual([undefined, true]);
  });
});

test("what the server says itself may be larger than what clients may say", async () => {
  const { broker } = await openBroker({ limits: { ...mqttLimits, payloadBytesMax: 3 } });
  const outcomeOf = (origin: { readonly ruleDepth: number; readonly internal?: boolean }) =>
    broker.publish({ topic: "a", payload: utf8("long"), qos: 0, retain: false, origin });
  expect(outcomeOf({ ruleDepth: 0 })).toMatchObject({ refusal: "payload-too-large" });
  expect(outcomeOf({ ruleDepth: 0, internal: true })).toMatchObject({ accepted: true });
});

test("a message that cannot be stored is not acknowledged, and its publisher is closed", async () => {
  const records = openMemoryRecords();
  const { join, events } = await openBroker({ records });
  const eve = join("eve");
  await records.close();
  eve.send(publish("a", "x", { qos: 1, packetId: 1, retain: true }));
  await settled();
  expect(eve.types()).toEqual(["connack"]);
  expect(eve.ended).toBe(true);
  expect(events).toContain("-eve SERVER_ERROR");
});

test.each([
  ["a packet before CONNECT", "c0 00"],
  [
    "a second CONNECT",
    "10 0d 00 04 4d51 5454 04 02 00 00 00 01 61 10 0d 00 04 4d51 5454 04 02 00 00 00 01 61",
  ],
  ["a server's packet", "10 0d 00 04 4d51 5454 04 02 00 00 00 01 61 d0 00"],
  ["a reserved topic", "10 0d 00 04 4d51 5454 04 02 00 00 00 01 61 30 05 00 02 24 61 78"],
])("%s closes the connection", async (_what, hex) => {
  const { broker } = await openBroker();
  const client = new Client(broker);
  client.sendBytes(hex);
  expect(client.ended).toBe(true);
  expect(broker.connections.size).toBe(0);
});

test.each([
  ["protocol level 6", { protocolLevel: 6 }, 1],
  ["no client id and no clean session", { clientId: "", cleanSession: false }, 2],
  ["no client id at level 3", { protocolLevel: 3, clientId: "" }, 2],
])("CONNECT with %s is refused with its code", async (_what, more, returnCode) => {
  const { broker } = await openBroker();
  const sent = { protocolLevel: 4, clientId: "a", cleanSession: true, ...more };
  const client = new Client(broker);
  const known = sent.protocolLevel === 6 ? 4 : sent.protocolLevel;
  const bytes = encode({ type: "connect", keepAliveSeconds: 0, ...sent, protocolLevel: known });
  if (known !== sent.protocolLevel) bytes[8] = sent.protocolLevel;
  client.sendBytes(bytes.toHex());
  expect(client.received).toMatchObject([{ type: "connack", sessionPresent: false, returnCode }]);
  expect(client.ended).toBe(true);
});

test("a client of MQTT 3.1 talks with one of 3.1.1", async () => {
  const { broker, join } = await openBroker();
  const old = new Client(broker);
  old.sendBytes("10 0f 00 06 4d51 4973 6470 03 02 00 00 00 01 61");
  old.send(subscribe("a", 1));
  join("eve").send(publish("a", "x", { qos: 1, packetId: 1 }));
  expect(old.received[0]).toMatchObject({ type: "connack", returnCode: 0 });
  expect(old.texts).toEqual(["x"]);
});

test("a client that is not admitted is told, and so is the observer", async () => {
  const { join, events } = await openBroker({ admit: () => ({ allowed: false }) });
  const client = join("ann");
  expect(client.received).toEqual([{ type: "connack", sessionPresent: false, returnCode: 5 }]);
  expect(events).toEqual(["!ann"]);
});

test("a client without an id gets one", async () => {
  const { broker, join } = await openBroker();
  join("");
  expect([...broker.sessions.keys()][0]).toStartWith("$GEN/");
});

test("an invalid filter is refused by itself, the others are granted", async () => {
  const { join, events } = await openBroker();
  const ann = join("ann").send({
    type: "subscribe",
    packetId: 3,
    subscriptions: [
      { filter: "a/#", qos: 2 },
      { filter: "a/#/b", qos: 0 },
      { filter: "$share/g+/a", qos: 0 },
    ],
  });
  expect(ann.received.at(-1)).toEqual({
    type: "suback",
    packetId: 3,
    returnCodes: [2, 0x80, 0x80],
  });
  expect(events).toContain("ann to a/#");
});

test("who unsubscribes or leaves gets nothing more", async () => {
  const { broker, join } = await openBroker();
  const ann = join("ann").send(subscribe("a"));
  ann.send({ type: "unsubscribe", packetId: 4, filters: ["a", "never"] });
  join("ben").send(subscribe("a")).vanish();
  join("eve").send(publish("a", "x"));
  expect(ann.types()).toEqual(["connack", "suback", "unsuback"]);
  expect(broker.topics.subscriptionCount).toBe(0);
});

test("a full window holds messages back until the reader acknowledges", async () => {
  const limits = { ...mqttLimits, inflightMax: 2, queuedMessagesMax: 2 };
  const { join } = await openBroker({ limits });
  const ann = join("ann").send(subscribe("a", 1));
  const eve = join("eve");
  for (let packetId = 1; packetId <= 5; packetId += 1) {
    eve.send(publish("a", `${packetId}`, { qos: 1, packetId }));
  }
  expect(ann.texts).toEqual(["1", "2"]);
  ann.send({ type: "puback", packetId: 1 });
  expect(ann.texts).toEqual(["1", "2", "3"]);
  ann.send({ type: "puback", packetId: 2 });
  expect(ann.texts).toEqual(["1", "2", "3", "4"]);
});

test("a reader that does not read costs a bounded number of bytes and nobody else's messages", async () => {
  const limits = { ...mqttLimits, outboxBytesMax: 1000 };
  const { join } = await openBroker({ limits });
  const slow = join("slow").send(subscribe("a"));
  const quick = join("quick").send(subscribe("a"));
  slow.writable = false;
  const eve = join("eve");
  for (let number = 0; number < 100; number += 1) eve.send(publish("a", "x".repeat(100)));
  slow.drained();
  expect(slow.publishes).toHaveLength(9);
  expect(quick.publishes).toHaveLength(100);
});

test("the outcome of a publish from inside names what is wrong", async () => {
  const { broker } = await openBroker();
  const refusal = async (topic: string) => {
    const origin = { ruleDepth: 0 };
    const message = { topic, payload: utf8("x"), qos: 0 as const, retain: false, origin };
    const outcome: PublishOutcome = await broker.publish(message);
    return outcome.accepted ? "accepted" : outcome.refusal;
  };
  expect(await refusal("a/b")).toBe("accepted");
  expect(await refusal("a/+")).toBe("topic-invalid");
  expect(await refusal("")).toBe("topic-invalid");
  expect(await refusal("/".repeat(256))).toBe("topic-invalid");
  expect(await refusal("$aws/events/presence/connected/me")).toBe("topic-reserved");
});
