import { expect, test } from "bun:test";
import { encode } from "@millrace/mqtt";
import { utf8 } from "../base/mod.ts";
import { Client, openBroker, publish, settled, subscribe } from "./broker-fixture.ts";
import { mqttLimits } from "./presets/mqtt.ts";

test("a CONNECT that comes byte by byte has one deadline for all of it", async () => {
  const { broker, clock } = await openBroker();
  const slow = new Client(broker);
  for (const byte of ["10", "0d", "00"]) {
    slow.sendBytes(byte);
    clock.advance(5000);
  }
  expect(slow.ended).toBe(true);
});

test("a client that is not being read from is not taken for silent", async () => {
  const waiting: (() => void)[] = [];
  const taps = [() => new Promise<void>((resolve) => waiting.push(resolve))];
  const { join, clock } = await openBroker({ taps });
  const eve = join("eve", { keepAliveSeconds: 10 });
  for (let packetId = 1; packetId <= 1001; packetId += 1) {
    eve.send(publish("a", "x", { qos: 1, packetId }));
  }
  expect(eve.paused).toBe(true);
  clock.advance(60_000);
  expect(eve.ended).toBe(false);
  for (const settle of waiting) settle();
  await settled();
  expect(eve.paused).toBe(false);
  clock.advance(14_000);
  expect(eve.ended).toBe(false);
  clock.advance(3000);
  expect(eve.ended).toBe(true);
});

test("a client that asks and asks and never reads an answer is closed", async () => {
  const { join } = await openBroker();
  const deaf = join("deaf");
  deaf.writable = false;
  const pings = encode({ type: "pingreq" }).toHex().repeat(1000);
  for (let round = 0; round < 66; round += 1) deaf.sendBytes(pings);
  expect(deaf.ended).toBe(true);
});

test("answers that nobody reads are bounded in bytes too, and reading makes room", async () => {
  const limits = { ...mqttLimits, outboxBytesMax: 4_000 };
  const { join, broker, events } = await openBroker({ limits });
  const deaf = join("deaf", { protocolLevel: 5 });
  const subscriptions = Array.from({ length: 100 }, () => ({ filter: "a", qos: 0 as const }));
  const ask = (times: number) => {
    for (let count = 0; count < times; count += 1) {
      deaf.send({ type: "subscribe", packetId: 1, subscriptions });
    }
  };
  deaf.writable = false;
  ask(38);
  deaf.drained();
  deaf.writable = false;
  ask(38);
  expect(deaf.ended).toBe(false);
  expect(broker.counters.bounds.outboxBytesMax).toBe(0);
  ask(1);
  expect(deaf.ended).toBe(true);
  expect(broker.counters.bounds.outboxBytesMax).toBe(1);
  expect(events).toContain("-deaf THROTTLED");
});

test("a slow reader whose room is full of messages is not closed over its pings", async () => {
  const limits = { ...mqttLimits, outboxBytesMax: 1_000 };
  const { join } = await openBroker({ limits });
  const slow = join("slow").send(subscribe("a"));
  slow.writable = false;
  const eve = join("eve");
  for (let count = 0; count < 300; count += 1) eve.send(publish("a", "x"));
  for (let count = 0; count < 100; count += 1) slow.send({ type: "pingreq" });
  expect(slow.ended).toBe(false);
});

test("a client cannot have more open publishes than there are packet ids", async () => {
  const forever = new Promise<void>(() => {});
  const { join } = await openBroker({
    taps: [({ topic }) => (topic === "slow" ? forever : undefined)],
  });
  const eve = join("eve").send(publish("slow", "x", { qos: 1, packetId: 1 }));
  const bytes = encode(publish("a", "x", { qos: 1, packetId: 1 }))
    .toHex()
    .repeat(1000);
  for (let round = 0; round < 66; round += 1) eve.sendBytes(bytes);
  expect(eve.ended).toBe(true);
});

test("a session with all the subscriptions it may have can still change one", async () => {
  const limits = { ...mqttLimits, subscriptionsPerSessionMax: 1 };
  const { join } = await openBroker({ limits });
  const ann = join("ann").send(subscribe("a", 0), subscribe("a", 1), subscribe("b"));
  expect(ann.received.slice(1)).toMatchObject([
    { returnCodes: [0] },
    { returnCodes: [1] },
    { returnCodes: [0x80] },
  ]);
});

test("QoS 1 behind a full turn of other packets goes out with that turn", async () => {
  const turns: (() => void)[] = [];
  const limits = { ...mqttLimits, outboxBytesMax: 20 };
  const atEndOfTurn = (callback: () => void) => turns.push(callback);
  const { join } = await openBroker({ limits, atEndOfTurn });
  const ann = join("ann").send(subscribe("a", 1));
  for (let count = 0; count < 20; count += 1) ann.send({ type: "pingreq" });
  join("eve").send(publish("a", "x", { qos: 1, packetId: 1 }));
  while (turns.length > 0) turns.shift()?.();
  expect(ann.texts).toEqual(["x"]);
});

test("a shutdown lets open publishes be acknowledged, within a bound", async () => {
  const waiting: (() => void)[] = [];
  const taps = [() => new Promise<void>((resolve) => waiting.push(resolve))];
  const { broker, clock, join } = await openBroker({ taps });
  const eve = join("eve").send(publish("a", "1", { qos: 1, packetId: 1 }));
  const closed = broker.close();
  expect(eve.ended).toBe(false);
  waiting[0]?.();
  await settled();
  clock.advance(10);
  await closed;
  expect(eve.types()).toEqual(["connack", "puback"]);
  expect(eve.ended).toBe(true);
});

test("who comes through after a shutdown has begun is not let in", async () => {
  const waiting: (() => void)[] = [];
  const taps = [() => new Promise<void>((resolve) => waiting.push(resolve))];
  const { broker, clock, join, events } = await openBroker({ taps });
  join("eve").send(publish("a", "1", { qos: 1, packetId: 1 }));
  const closed = broker.close();
  const during = join("ann");
  waiting[0]?.();
  await settled();
  clock.advance(10);
  await closed;
  const after = join("bob");
  for (const late of [during, after]) expect([late.ended, late.received]).toEqual([true, []]);
  expect(events).toEqual(["+eve v0", "-eve SERVER_INITIATED_DISCONNECT"]);
  expect([broker.connections.size, broker.sessions.size]).toEqual([0, 0]);
});

test("sessions are bounded: a client that is known comes in, another is told to try later", async () => {
  const limits = { ...mqttLimits, sessionsMax: 2 };
  const { join } = await openBroker({ limits });
  join("ann", { cleanSession: false }).vanish();
  join("ben");
  expect(join("eve").received).toMatchObject([{ type: "connack", returnCode: 3 }]);
  const ann = join("ann", { cleanSession: false });
  await settled();
  expect(ann.received).toMatchObject([{ returnCode: 0 }]);
});

test("retained messages are bounded in number and bytes, and deleting makes room", async () => {
  const limits = { ...mqttLimits, retainedMessagesMax: 2, retainedBytesMax: 10 };
  const { broker } = await openBroker({ limits });
  const retain = async (topic: string, text: string) => {
    const origin = { ruleDepth: 0 };
    return (await broker.publish({ topic, payload: utf8(text), qos: 0, retain: true, origin }))
      .accepted;
  };
  expect(await retain("a", "12345678")).toBe(true);
  expect(await retain("b", "1234")).toBe(false);
  expect(await retain("a", "1234567")).toBe(true);
  expect(await retain("b", "123")).toBe(true);
  expect(await retain("c", "1")).toBe(false);
  expect(await retain("a", "")).toBe(true);
  expect(await retain("c", "1234567")).toBe(true);
});
