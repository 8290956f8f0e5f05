import { expect, test } from "bun:test";
import type { Packet, Properties } from "@millrace/mqtt";
import { utf8 } from "../base/mod.ts";
import { type Client, openBroker, publish, settled, subscribe } from "./broker-fixture.ts";
import { mqttLimits } from "./presets/mqtt.ts";

const level5 = (properties?: Properties) => ({ protocolLevel: 5, properties });
const durable = (seconds: number, more?: Properties) => ({
  ...level5({ ...more, sessionExpiryInterval: seconds }),
  cleanSession: false,
});

const subscribeWith = (options: object, properties?: Properties): Packet => ({
  type: "subscribe",
  packetId: 7,
  subscriptions: [{ filter: "a/#", qos: 1, ...options }],
  properties,
});

const lastProperties = (client: Client) => client.publishes.at(-1)?.properties;

test("CONNACK tells what is granted where it is not what was asked for", async () => {
  const limits = { ...mqttLimits, sessionSecondsMax: 100, keepAliveSecondsMax: 60 };
  const { join } = await openBroker({ limits });
  const { received } = join("", { ...durable(1000), keepAliveSeconds: 0 });
  await settled();
  expect(received).toMatchObject([
    { type: "connack", returnCode: 0, properties: { sessionExpiryInterval: 100 } },
  ]);
  expect(received[0]).toMatchObject({
    properties: {
      serverKeepAlive: 60,
      receiveMaximum: limits.receiveMaximum,
      assignedClientIdentifier: expect.stringMatching(/^\$GEN\//),
    },
  });
});

test("a session ends when its interval has passed without a connection, not before", async () => {
  const { join, clock, broker } = await openBroker();
  join("ann", durable(10)).vanish();
  clock.advance(9000);
  const back = join("ann", durable(10));
  await settled();
  expect(back.received[0]).toMatchObject({ sessionPresent: true });
  back.vanish();
  clock.advance(10_000);
  expect(broker.sessions.size).toBe(0);
  const fresh = join("ann", durable(10));
  await settled();
  expect(fresh.received[0]).toMatchObject({ sessionPresent: false });
});

test("DISCONNECT changes the interval, but a session that ends here cannot be given one", async () => {
  const { join, clock, broker, events } = await openBroker();
  const leave = (seconds: number): Packet => ({
    type: "disconnect",
    properties: { sessionExpiryInterval: seconds },
  });
  join("long", durable(10)).send(leave(100));
  join("short", durable(10)).send(leave(0));
  clock.advance(50_000);
  expect([...broker.sessions.keys()]).toEqual(["long"]);
  const ending = join("ending", level5()).send(leave(10));
  expect(ending.received.at(-1)).toMatchObject({ type: "disconnect", reasonCode: 0x82 });
  expect(events).toContain("-ending CLIENT_ERROR");
});

test("a session that goes on without an interval is forgotten on disk too", async () => {
  const { join, records } = await openBroker();
  join("ann", durable(10)).vanish();
  await settled();
  const back = join("ann", { ...level5(), cleanSession: false });
  await settled();
  expect(back.received[0]).toMatchObject({ sessionPresent: true });
  expect(await records.range({ space: "sessions", countMax: 9 })).toEqual([]);
});

test("what is left of the expiry interval goes with the message, and what is past goes to nobody", async () => {
  const { join, clock, broker } = await openBroker();
  const ann = join("ann", durable(100)).send(subscribeWith({}));
  await settled();
  ann.vanish();
  const eve = join("eve", level5());
  const expiring = (text: string, packetId: number, seconds: number) =>
    publish("a/b", text, { qos: 1, packetId, properties: { messageExpiryInterval: seconds } });
  eve.send(expiring("short", 1, 2), expiring("long", 2, 20));
  eve.send(publish("a/r", "kept", { retain: true, properties: { messageExpiryInterval: 5 } }));
  await settled();
  clock.advance(3000);
  const back = join("ann", durable(100));
  await settled();
  expect(back.texts).toEqual(["long"]);
  expect(lastProperties(back)).toEqual({ messageExpiryInterval: 17 });
  expect(broker.counters.dropped.expired).toBe(1);
  const late = join("late", level5()).send(subscribeWith({}));
  expect(late.texts).toEqual(["kept"]);
  clock.advance(3000);
  expect(join("later", level5()).send(subscribeWith({})).texts).toEqual([]);
});

test("a will waits for its delay, unless the client comes back or its session ends", async () => {
  const { join, clock } = await openBroker();
  const watcher = join("watcher").send(subscribe("gone"));
  const will = (text: string, willDelayInterval: number) => ({
    will: {
      topic: "gone",
      payload: utf8(text),
      qos: 0,
      retain: false,
      properties: { willDelayInterval },
    } as const,
  });
  join("ann", { ...durable(100), ...will("late", 10) }).vanish();
  join("ben", { ...durable(100), ...will("never", 10) }).vanish();
  join("eve", { ...durable(5), ...will("at the end", 10) }).vanish();
  join("now", { ...level5(), ...will("at once", 10) }).vanish();
  await settled();
  expect(watcher.texts).toEqual(["at once"]);
  join("ben", durable(100));
  clock.advance(6000);
  await settled();
  expect(watcher.texts).toEqual(["at once", "at the end"]);
  clock.advance(10_000);
  await settled();
  expect(watcher.texts).toEqual(["at once", "at the end", "late"]);
});

test("a will outlives the process: its client is then taken for lost", async () => {
  const { join, records, clock } = await openBroker();
  const will = {
    topic: "gone",
    payload: utf8("ann"),
    qos: 1,
    retain: false,
    properties: { willDelayInterval: 10, contentType: "text" },
  } as const;
  join("watcher", durable(1000)).send(subscribe("gone", 1));
  join("ann", { ...durable(100), will });
  await settled();
  const after = await openBroker({ records, clock });
  const watcher = after.join("watcher", durable(1000));
  clock.advance(9000);
  await settled();
  expect(watcher.texts).toEqual([]);
  clock.advance(1000);
  await settled();
  expect(watcher.texts).toEqual(["ann"]);
  expect(lastProperties(watcher)).toEqual({ contentType: "text" });
  clock.advance(1000);
  const third = await openBroker({ records, clock });
  clock.advance(20_000);
  await settled();
  const again = third.join("watcher", durable(1000));
  await settled();
  expect(again.texts).toEqual(["ann"]); // unacknowledged so far, and not a second one
});

test("every identifier comes with one copy, and options are each filter's own", async () => {
  const { join } = await openBroker();
  const ann = join("ann", level5());
  ann.send(subscribeWith({ filter: "a/+", qos: 0 }, { subscriptionIdentifiers: [1] }));
  ann.send(subscribeWith({ filter: "a/#" }, { subscriptionIdentifiers: [2] }));
  const own = join("own", level5()).send(subscribeWith({ noLocal: true, retainAsPublished: true }));
  const old = join("old").send(subscribe("a/#"));
  own.send(publish("a/b", "x", { qos: 1, packetId: 1, retain: true }));
  await settled();
  expect(ann.publishes).toMatchObject([{ qos: 1, retain: false }]);
  expect(lastProperties(ann)?.subscriptionIdentifiers?.toSorted()).toEqual([1, 2]);
  expect(own.texts).toEqual([]);
  expect(old.publishes).toMatchObject([{ qos: 0, retain: false }]);
  old.send(publish("a/b", "y", { retain: true }));
  expect(own.publishes).toMatchObject([{ retain: true }]);
});

test("a retained message comes to new subscriptions as their options say", async () => {
  const { join } = await openBroker();
  join("eve").send(publish("a/r", "kept", { retain: true }));
  const ann = join("ann", level5());
  const counts = [0, 0, 1, 1, 2].map((retainHandling) => {
    const before = ann.publishes.length;
    ann.send(subscribeWith({ retainHandling }));
    return ann.publishes.length - before;
  });
  expect(counts).toEqual([1, 1, 0, 0, 0]);
  expect(ann.publishes[0]).toMatchObject({ retain: true, topic: "a/r" });
});

test("a client that grants a window of one is sent one at a time, on each connection anew", async () => {
  const { join } = await openBroker();
  const narrow = durable(100, { receiveMaximum: 1 });
  const ann = join("ann", narrow).send(subscribeWith({}));
  await settled();
  const eve = join("eve");
  for (const packetId of [1, 2, 3]) eve.send(publish("a/b", `${packetId}`, { qos: 1, packetId }));
  await settled();
  expect(ann.texts).toEqual(["1"]);
  ann.send({ type: "puback", packetId: 1 });
  expect(ann.texts).toEqual(["1", "2"]);
  ann.vanish();
  const back = join("ann", durable(100));
  await settled();
  expect(back.publishes.map(({ dup }) => dup)).toEqual([true, false]);
  back.vanish();
  const again = join("ann", narrow);
  await settled();
  expect(again.publishes).toMatchObject([{ dup: true, packetId: 2 }]);
  again.send({ type: "puback", packetId: 2, reasonCode: 0x80 });
  expect(again.texts).toEqual(["2", "3"]);
});

test("a client that opens more publishes than it was granted is told and closed", async () => {
  const limits = { ...mqttLimits, receiveMaximum: 2 };
  const { join } = await openBroker({ limits });
  const eve = join("eve", level5());
  for (const packetId of [1, 2, 3]) eve.send(publish("a", "x", { qos: 2, packetId }));
  expect(eve.types()).toEqual(["connack", "pubrec", "pubrec", "disconnect"]);
  expect(eve.received.at(-1)).toMatchObject({ reasonCode: 0x93 });
});

test("what an earlier connection left unreleased does not count against the window of this one", async () => {
  const limits = { ...mqttLimits, receiveMaximum: 2 };
  const { join } = await openBroker({ limits });
  const eve = join("eve", durable(100));
  await settled();
  for (const packetId of [1, 2]) eve.send(publish("a", "x", { qos: 2, packetId }));
  await settled();
  eve.vanish();
  const back = join("eve", durable(100));
  await settled();
  for (const packetId of [3, 4]) back.send(publish("a", "x", { qos: 2, packetId }));
  for (const packetId of [1, 2, 3]) back.send({ type: "pubrel", packetId });
  back.send(publish("a", "x", { qos: 2, packetId: 5 }));
  await settled();
  expect(back.types().slice(1).toSorted()).toEqual([
    ...Array(3).fill("pubcomp"),
    ...Array(3).fill("pubrec"),
  ]);
});

test("a client that publishes too often is told so, and one that cannot be told keeps its message", async () => {
  const limits = { ...mqttLimits, publishesPerSecondMax: 1 };
  const { broker, clock, join } = await openBroker({ limits });
  const both = [join("new", level5()), join("old")];
  for (const client of both) {
    client.send(publish("a", "1", { qos: 1, packetId: 1 }));
    client.send(publish("a", "2", { qos: 1, packetId: 2 }));
  }
  clock.advance(1000);
  for (const client of both) client.send(publish("a", "3", { qos: 1, packetId: 3 }));
  const answers = both.map(({ received }) =>
    received.flatMap((packet) =>
      packet.type === "puback" ? [[packet.packetId, packet.reasonCode]] : [],
    ),
  );
  expect(answers).toEqual([
    [
      [1, 0x10],
      [2, 0x97],
      [3, 0x10],
    ],
    [
      [1, undefined],
      [3, undefined],
    ],
  ]);
  expect(broker.counters.dropped["publish-rate"]).toBe(2);
});

test("aliases go both ways, and one that could not be told is not used", async () => {
  const limits = { ...mqttLimits, outboxBytesMax: 60 };
  const { join } = await openBroker({ limits });
  const ann = join("ann", level5({ topicAliasMaximum: 1 })).send(subscribeWith({ qos: 0 }));
  const eve = join("eve", level5());
  ann.writable = false;
  ann.send({ type: "pingreq" });
  eve.send(publish("a/first", "x".repeat(60)));
  ann.drained();
  const alias = { properties: { topicAlias: 5 } };
  eve.send(publish("a/second", "1", alias), publish("", "2", alias), publish("a/third", "3"));
  expect(ann.publishes.map(({ topic, properties }) => [topic, properties?.topicAlias])).toEqual([
    ["a/second", 1],
    ["", 1],
    ["a/third", undefined],
  ]);
});

test("a message larger than the client takes is dropped for it alone, and its window stays open", async () => {
  const { join, broker } = await openBroker();
  const small = { maximumPacketSize: 40, receiveMaximum: 1 };
  const ann = join("ann", level5(small)).send(subscribeWith({}));
  const ben = join("ben", level5()).send(subscribeWith({}));
  const eve = join("eve");
  eve.send(publish("a/b", "x".repeat(50), { qos: 1, packetId: 1 }));
  eve.send(publish("a/b", "y", { qos: 1, packetId: 2 }));
  expect(ann.texts).toEqual(["y"]);
  expect(ben.publishes).toHaveLength(2);
  expect(broker.counters.dropped["packet-too-large"]).toBe(1);
});

test("a share gives each message to one member, and those away only what nobody else takes", async () => {
  const { join } = await openBroker();
  const share = { filter: "$share/g/a/#" };
  const ann = join("ann", durable(100)).send(subscribeWith(share));
  const ben = join("ben", level5()).send(subscribeWith(share));
  const all = join("all", level5()).send(subscribeWith({}));
  await settled();
  const eve = join("eve");
  const send = (text: string, packetId: number) =>
    eve.send(publish("a/b", text, { qos: 1, packetId }));
  for (const packetId of [1, 2, 3, 4]) send(`${packetId}`, packetId);
  await settled();
  expect([ann.texts, ben.texts]).toEqual([
    ["1", "3"],
    ["2", "4"],
  ]);
  ann.vanish();
  send("5", 5);
  for (const { packetId = 0 } of ben.publishes) ben.send({ type: "puback", packetId });
  ben.vanish();
  send("6", 6);
  await settled();
  expect(ben.texts).toEqual(["2", "4", "5"]);
  expect(all.texts).toEqual(["1", "2", "3", "4", "5", "6"]);
  const back = join("ann", durable(100));
  await settled();
  expect(back.texts).toEqual(["1", "3", "6"]);
});

test("what a share's member has not acknowledged goes to another when its session ends", async () => {
  const { join } = await openBroker();
  const share = { filter: "$share/g/a/#" };
  const ann = join("ann", durable(100, { receiveMaximum: 1 })).send(subscribeWith(share));
  await settled();
  const eve = join("eve");
  for (const packetId of [1, 2]) eve.send(publish("a/b", `${packetId}`, { qos: 1, packetId }));
  await settled();
  expect(ann.texts).toEqual(["1"]);
  const ben = join("ben", level5()).send(subscribeWith(share));
  join("ann", level5());
  expect(ben.texts).toEqual(["1", "2"]);
});

test("each kind of refusal has its code, and the connection stays where it may", async () => {
  const access = {
    mayPublish: (topic: string) => topic !== "secret",
    maySubscribe: (filter: string) => filter !== "secret",
    mayReceive: (topic: string) => topic !== "a/hidden",
  };
  const { join } = await openBroker({
    admit: ({ clientId }) => ({ allowed: true, principal: clientId, access }),
  });
  const ann = join("ann", level5());
  ann.send(subscribeWith({ filter: "secret" }), subscribeWith({ filter: "a/#/b" }));
  ann.send(subscribeWith({}), publish("secret", "x", { qos: 1, packetId: 1 }));
  join("eve").send(publish("a/hidden", "x"), publish("a/seen", "y"));
  ann.send({ type: "unsubscribe", packetId: 9, filters: ["a/#", "never", "a/#/b"] });
  ann.send({ type: "pubrel", packetId: 8 }, { type: "pubrec", packetId: 8 });
  ann.send(publish("nobody", "x", { qos: 1, packetId: 2 }));
  expect(ann.received.slice(1)).toMatchObject([
    { type: "suback", returnCodes: [0x87] },
    { type: "suback", returnCodes: [0x8f] },
    { type: "suback", returnCodes: [1] },
    { type: "puback", reasonCode: 0x87 },
    { type: "publish", topic: "a/seen" },
    { type: "unsuback", reasonCodes: [0, 0x11, 0x8f] },
    { type: "pubcomp", reasonCode: 0x92 },
    { type: "pubrel", reasonCode: 0x92 },
    { type: "puback", reasonCode: 0x10 },
  ]);
  const ben = join("ben", level5()).send(publish("secret", "x"));
  expect(ben.received.at(-1)).toMatchObject({ type: "disconnect", reasonCode: 0x87 });
  const old = join("old").send(subscribe("secret"), publish("secret", "x"));
  expect(old.received.at(-1)).toMatchObject({ type: "suback", returnCodes: [0x80] });
  expect(old.ended).toBe(true);
});

test("a will that its client may not publish keeps it out", async () => {
  const access = { mayPublish: () => false, maySubscribe: () => true, mayReceive: () => true };
  const { join, events } = await openBroker({
    admit: () => ({ allowed: true, principal: "p", access }),
  });
  const will = { topic: "t", payload: utf8("x"), qos: 0, retain: false } as const;
  expect(join("ann", { ...level5(), will }).received).toMatchObject([{ returnCode: 0x87 }]);
  expect(events).toEqual(["!ann"]);
});

test("words are left out for a client that does not want them", async () => {
  const { join } = await openBroker();
  const terse = join("terse", level5({ requestProblemInformation: false }));
  const other = join("other", level5());
  for (const client of [terse, other]) client.send(publish("$x", "x", { qos: 1, packetId: 1 }));
  expect(terse.received.at(-1)).toEqual({ type: "puback", packetId: 1, reasonCode: 0x90 });
  expect(other.received.at(-1)).toMatchObject({
    properties: { reasonString: expect.stringContaining('topic "$x" is reserved') },
  });
});

test("a client is disconnected from outside, with its session and without its will", async () => {
  const { broker, join, events } = await openBroker();
  const watcher = join("watcher").send(subscribe("gone"));
  const will = { topic: "gone", payload: utf8("x"), qos: 0, retain: false } as const;
  const ann = join("ann", { ...durable(100), will });
  await settled();
  expect(broker.disconnect("ann", { cleanSession: true, preventWill: true })).toBe(true);
  expect(broker.disconnect("ann", { cleanSession: true, preventWill: true })).toBe(false);
  expect(ann.received.at(-1)).toMatchObject({ type: "disconnect", reasonCode: 0x98 });
  expect(events).toContain("-ann API_INITIATED_DISCONNECT");
  expect(watcher.texts).toEqual([]);
  expect(broker.sessions.has("ann")).toBe(false);
});

test("CONNECT is refused with the code of its reason", async () => {
  const limits = { ...mqttLimits, connectsPerSecondMax: 4 };
  const { join } = await openBroker({ limits });
  const will = { topic: "$x", payload: utf8("x"), qos: 0, retain: false } as const;
  const refused = [
    join("ann", level5({ authenticationMethod: "x" })),
    join("x".repeat(2000), level5()),
    join("ben", { ...level5(), will }),
    join("eve", level5()),
    join("too many", level5()),
  ];
  expect(refused.map(({ received }) => (received[0] as { returnCode: number }).returnCode)).toEqual(
    [0x8c, 0x85, 0x90, 0, 0x9f],
  );
});
