import { describe, expect, test } from "bun:test";
import { utf8 } from "../base/mod.ts";
import type { Records } from "../storage/mod.ts";
import { openBroker, publish, settled, subscribe } from "./broker-fixture.ts";
import { sendChange, store } from "./session/session-store.ts";

const durable = (seconds: number) => ({
  protocolLevel: 5,
  properties: { sessionExpiryInterval: seconds },
  cleanSession: false,
});

/** As an engine does whose disk is full: to all updates, or to so many. */
function fill(records: Records, count = Number.POSITIVE_INFINITY): () => void {
  const { update } = records;
  let left = count;
  const makeRoom = () => {
    records.update = update;
  };
  records.update = (...given) => {
    left -= 1;
    if (left >= 0) return Promise.reject(new Error("disk full"));
    makeRoom();
    return records.update(...given);
  };
  return makeRoom;
}

test.each([
  ["puback", 1],
  ["pubrec", 2],
] as const)("a %s says that a message could not be stored, and all goes on", async (type, qos) => {
  const { join, records, events } = await openBroker();
  const keeper = join("ann", durable(100));
  keeper.send(subscribe("a", qos));
  const eve = join("eve", durable(100));
  await settled();
  keeper.vanish();
  const makeRoom = fill(records);
  eve.send(publish("a", "x", { qos, packetId: 1 }));
  await settled();
  const reasonString = "the message could not be stored";
  const refused = { type, packetId: 1, reasonCode: 0x80, properties: { reasonString } };
  expect(eve.received.slice(1)).toEqual([refused]);
  expect(eve.ended).toBe(false);
  makeRoom();
  eve.send(publish("a", "y", { qos, packetId: 1 }));
  await settled();
  expect(eve.received.at(-1)).toMatchObject({ type, packetId: 1, reasonCode: 0 });
  const back = join("ann", durable(100));
  await settled();
  expect(back.texts).toEqual(["y"]);
  expect(events).not.toContain("-eve SERVER_ERROR");
});

test("a refused message of QoS 2 leaves alone a subscriber that is connected", async () => {
  const { join, records } = await openBroker();
  const ann = join("ann", durable(100)).send(subscribe("a", 2));
  const eve = join("eve", durable(100));
  await settled();
  const makeRoom = fill(records);
  const codes: unknown[] = [];
  for (const packetId of [1, 2, 3]) {
    eve.send(publish("a", "refused", { qos: 2, packetId }));
    await settled();
    codes.push(eve.received.at(-1));
  }
  expect(codes).toMatchObject([{ reasonCode: 0x80 }, { reasonCode: 0x80 }, { reasonCode: 0x80 }]);
  expect([ann.ended, ann.texts]).toEqual([false, []]);
  makeRoom();
  eve.send(publish("a", "taken", { qos: 2, packetId: 4 }));
  await settled();
  ann.vanish();
  const back = join("ann", durable(100));
  await settled();
  expect([ann.texts, back.texts]).toEqual([["taken"], ["taken"]]);
});

test("a packet id that came onto the disk without its message leaves it again", async () => {
  const { join, records } = await openBroker();
  const ann = join("ann", durable(100)).send(subscribe("a", 2));
  const eve = join("eve");
  await settled();
  fill(records, 1);
  eve.send(publish("a", "refused", { qos: 2, packetId: 1 }));
  await settled();
  expect(ann.texts).toEqual([]);
  expect(await records.range({ space: "session-sends", countMax: 10 })).toEqual([]);
});

test("what waits behind a message that is refused goes out once there is room", async () => {
  const { join, records } = await openBroker();
  const narrow = { sessionExpiryInterval: 100, receiveMaximum: 1 };
  const ann = join("ann", { ...durable(100), properties: narrow }).send(subscribe("a", 2));
  const eve = join("eve");
  await settled();
  fill(records, 1);
  for (const [packetId, text] of ["refused", "taken"].entries()) {
    eve.send(publish("a", text, { qos: 2, packetId: packetId + 1 }));
  }
  await settled();
  expect(ann.texts).toEqual(["taken"]);
});

test("a packet id on disk without its message is no later message's", async () => {
  const { join, records, broker } = await openBroker();
  join("ann", durable(100)).send(subscribe("a", 2));
  await settled();
  const places = [0, 1, 2].map((ahead) => broker.nextSequence + ahead);
  const sends = places.map((sequence, at) => {
    return sendChange("ann", sequence, { packetId: at + 1, released: true });
  });
  await store(records, sends);
  const second = await openBroker({ records });
  expect(await records.range({ space: "session-sends", countMax: 10 })).toEqual([]);
  const eve = second.join("eve");
  for (const packetId of [1, 2, 3]) eve.send(publish("a", `${packetId}`, { qos: 2, packetId }));
  await settled();
  const ann = second.join("ann", durable(100));
  await settled();
  expect(ann.publishes).toMatchObject([{ packetId: 1 }, { packetId: 2 }, { packetId: 3 }]);
  const third = (await openBroker({ records })).join("ann", durable(100));
  await settled();
  expect(third.texts).toEqual(["1", "2", "3"]);
});

describe("what nobody sends again stays in memory for those who are owed it:", () => {
  /** Ann, who is owed what comes on "a" and is away. */
  async function awaitedHouse() {
    const house = await openBroker();
    const ann = house.join("ann", durable(100)).send(subscribe("a", 1));
    await settled();
    ann.vanish();
    await settled();
    return { ...house, back: () => house.join("ann", durable(100)) };
  }

  test("a will", async () => {
    const { join, records, back } = await awaitedHouse();
    const will = { topic: "a", payload: utf8("gone"), qos: 1, retain: false } as const;
    const eve = join("eve", { will });
    const makeRoom = fill(records);
    eve.vanish();
    await settled();
    makeRoom();
    const ann = back();
    await settled();
    expect(ann.texts).toEqual(["gone"]);
  });

  test.each([
    ["a rule", { ruleDepth: 1 }],
    ["the server", { ruleDepth: 0, internal: true }],
  ])("a message of %s", async (_, origin) => {
    const { broker, records, back } = await awaitedHouse();
    const makeRoom = fill(records);
    const message = { topic: "a", payload: utf8("said once"), qos: 1, retain: false } as const;
    const outcome = await broker.publish({ ...message, origin });
    expect(outcome).toMatchObject({ accepted: false, refusal: "not-stored" });
    makeRoom();
    const ann = back();
    await settled();
    expect(ann.texts).toEqual(["said once"]);
  });

  test("a message of a share, for the member that inherits it", async () => {
    const { join, records, clock } = await openBroker();
    const shared = subscribe("$share/s/a", 1);
    join("ann", durable(10)).send(shared);
    await settled();
    join("ann", durable(10)).vanish();
    await settled();
    join("eve").send(publish("a", "taken", { qos: 1, packetId: 1 }));
    await settled();
    join("bob", durable(100)).send(shared);
    await settled();
    join("bob", durable(100)).vanish();
    await settled();
    const makeRoom = fill(records);
    clock.advance(10_000);
    await settled();
    makeRoom();
    const bob = join("bob", durable(100));
    await settled();
    expect(bob.texts).toEqual(["taken"]);
  });

  test("what is retained, for a client that takes one at a time", async () => {
    const { join, records } = await openBroker();
    const eve = join("eve");
    const names = ["1", "2", "3", "4"];
    for (const name of names) {
      const packetId = Number(name);
      eve.send(publish(`r/${name}`, name, { qos: 1, packetId, retain: true }));
    }
    await settled();
    const properties = { sessionExpiryInterval: 100, receiveMaximum: 1 };
    const ann = join("ann", { ...durable(100), properties }).send(subscribe("r/#", 1));
    await settled();
    fill(records);
    for (let count = 0; count < names.length; count += 1) {
      ann.send({ type: "puback", packetId: ann.publishes.at(-1)?.packetId ?? 0 });
      await settled();
    }
    expect(ann.texts).toEqual(names);
  });
});

test.each([
  ["5", durable(100), 0x88],
  ["3.1.1", { cleanSession: false }, 3],
] as const)("a session of MQTT %s that cannot be stored is refused in words", async (...given) => {
  const [, wish, returnCode] = given;
  const { join, records, events } = await openBroker();
  const makeRoom = fill(records);
  const ann = join("ann", wish);
  await settled();
  const refused = { type: "connack", sessionPresent: false, returnCode };
  expect(ann.received).toMatchObject([refused]);
  expect([ann.ended, events.at(-1)]).toEqual([true, "-ann SERVER_ERROR"]);
  makeRoom();
  const back = join("ann", wish);
  await settled();
  expect(back.received).toMatchObject([{ type: "connack", returnCode: 0, sessionPresent: false }]);
});

test.each([
  ["5", durable(100)],
  ["3.1.1", { cleanSession: false }],
])("a client of MQTT %s that is refused leaves no will", async (_, wish) => {
  const { join, records } = await openBroker();
  const eve = join("eve").send(subscribe("a"));
  fill(records);
  const will = { topic: "a", payload: utf8("gone"), qos: 0, retain: false } as const;
  const ann = join("ann", { ...wish, will });
  await settled();
  expect([ann.ended, eve.texts]).toEqual([true, []]);
});

test("a refusal leaves the session that was there, its messages and its will as they were", async () => {
  const { join, records, clock } = await openBroker();
  const properties = { willDelayInterval: 10 };
  const will = { topic: "w", payload: utf8("gone"), qos: 0, retain: false, properties } as const;
  const ann = join("ann", { ...durable(100), will }).send(subscribe("a", 1));
  const eve = join("eve").send(subscribe("w"));
  await settled();
  ann.vanish();
  eve.send(publish("a", "taken", { qos: 1, packetId: 1 }));
  await settled();
  const makeRoom = fill(records);
  const refused = join("ann", durable(0));
  await settled();
  expect([refused.types(), refused.ended, eve.texts]).toEqual([["connack"], true, []]);
  makeRoom();
  clock.advance(10_000);
  await settled();
  expect(eve.texts).toEqual(["gone"]);
  const back = join("ann", durable(100));
  await settled();
  expect(back.received[0]).toMatchObject({ type: "connack", sessionPresent: true });
  expect(back.texts).toEqual(["taken"]);
});

test.each([
  ["kept", durable(100)],
  ["to be forgotten", durable(0)],
])("a clean start, %s, tried again with room ends the old session for good", async (_, wish) => {
  const { join, records, broker } = await openBroker();
  join("ann", durable(100)).send(subscribe("a", 1));
  await settled();
  const makeRoom = fill(records);
  const refused = join("ann", { ...wish, cleanSession: true });
  await settled();
  expect([refused.types(), refused.ended]).toEqual([["connack"], true]);
  makeRoom();
  const ann = join("ann", { ...wish, cleanSession: true });
  await settled();
  expect(ann.received).toMatchObject([{ type: "connack", returnCode: 0 }]);
  expect(broker.removing.size).toBe(0);

  const after = await openBroker({ records });
  expect(after.broker.topics.match("a").subscribers).toEqual([]);
  expect(after.broker.sessions.has("ann")).toBe(wish.properties.sessionExpiryInterval > 0);
});

test.each([
  ["UNSUBSCRIBE again", { type: "unsubscribe", packetId: 8, filters: ["a"] } as const, []],
  ["SUBSCRIBE", subscribe("a", 0), [0]],
])("who has left on a full disk, and comes with %s, has left for good", async (...given) => {
  const [, packet, left] = given;
  const { join, records } = await openBroker();
  const ann = join("ann", durable(100)).send(subscribe("a", 1));
  await settled();
  const makeRoom = fill(records);
  ann.send({ type: "unsubscribe", packetId: 7, filters: ["a"] });
  await settled();
  expect([ann.ended, ann.types()]).toEqual([true, ["connack", "suback", "disconnect"]]);
  makeRoom();
  const back = join("ann", durable(100));
  await settled();
  back.send(packet);
  await settled();
  expect(back.types()).toEqual(["connack", packet.type === "subscribe" ? "suback" : "unsuback"]);

  const after = await openBroker({ records });
  const kept = [...(after.broker.subscriptionsOf("ann") ?? [])];
  expect(kept.map(({ options }) => options.qos)).toEqual(left as (0 | 1 | 2)[]);
  expect(after.broker.topics.match("a").subscribers.flat()).toHaveLength(left.length);
});

test("what else cannot be stored ends the connection with a reason", async () => {
  const { join, records } = await openBroker();
  const ann = join("ann", durable(100));
  await settled();
  fill(records);
  ann.send(subscribe("a", 1));
  await settled();
  const reasonString = "what had to be stored could not be stored";
  expect(ann.received.slice(1)).toEqual([
    { type: "disconnect", reasonCode: 0x80, properties: { reasonString } },
  ]);
});
