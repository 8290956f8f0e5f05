import { expect, test } from "bun:test";
import { encode } from "@millrace/mqtt";
import { Client, openBroker, publish, settled, subscribe } from "./broker-fixture.ts";
import { defaultLimits } from "./limits.ts";

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
  const limits = { ...defaultLimits, subscriptionsPerSessionMax: 1 };
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
  const limits = { ...defaultLimits, outboxBytesMax: 20 };
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
