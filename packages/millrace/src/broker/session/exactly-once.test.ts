import { describe, expect, test } from "bun:test";
import type { Packet } from "@millrace/mqtt";
import { textOf, utf8 } from "../../base/mod.ts";
import { type Client, openBroker, publish, settled, subscribe } from "../broker-fixture.ts";
import type { Message } from "../message.ts";

const durable = { cleanSession: false };
const durable5 = { ...durable, protocolLevel: 5, properties: { sessionExpiryInterval: 100 } };
const twice = (text: string, packetId: number, dup = false): Packet =>
  publish("a", text, { qos: 2, packetId, dup });

/** Confirms everything that came with QoS 2, as a client does that keeps its promises. */
function confirm(client: Client): void {
  for (const { packetId = 0 } of client.publishes) {
    client.send({ type: "pubrec", packetId }, { type: "pubcomp", packetId });
  }
}

test("a message of QoS 2 sent twice is published once, and its id is free after PUBREL", async () => {
  const { join } = await openBroker();
  const ann = join("ann").send(subscribe("a", 2));
  const eve = join("eve").send(twice("x", 5), twice("x", 5, true));
  eve.send({ type: "pubrel", packetId: 5 }, { type: "pubrel", packetId: 5 });
  eve.send(twice("y", 5));
  expect(ann.texts).toEqual(["x", "y"]);
  expect(ann.publishes[0]).toMatchObject({ qos: 2, packetId: 1, dup: false });
  expect(eve.types().slice(1)).toEqual(["pubrec", "pubrec", "pubcomp", "pubcomp", "pubrec"]);
});

test("QoS 2 goes out in two steps, and each is repeated on the next connection", async () => {
  const { join } = await openBroker();
  const ann = join("ann", durable).send(subscribe("a", 2));
  await settled();
  join("eve").send(twice("x", 1));
  await settled();
  ann.vanish();
  const second = join("ann", durable);
  await settled();
  expect(second.publishes).toMatchObject([{ qos: 2, packetId: 1, dup: true }]);
  second.send({ type: "pubrec", packetId: 1 });
  await settled();
  expect(second.types().at(-1)).toBe("pubrel");
  second.vanish();
  const third = join("ann", durable);
  await settled();
  expect(third.types()).toEqual(["connack", "pubrel"]);
  third.send({ type: "pubcomp", packetId: 1 });
  const fourth = join("ann", durable);
  await settled();
  expect(fourth.types()).toEqual(["connack"]);
});

test("what was confirmed before a crash is not published again after it", async () => {
  const { join, records } = await openBroker();
  join("ann", durable).send(subscribe("a", 2));
  join("eve", durable);
  await settled();
  const eve = join("eve", durable).send(twice("x", 9));
  await settled();
  expect(eve.types()).toContain("pubrec");

  const after = await openBroker({ records });
  const back = after.join("eve", durable).send(twice("x", 9, true));
  await settled();
  expect(back.types()).toEqual(["connack", "pubrec"]);
  const ann = after.join("ann", durable);
  await settled();
  expect(ann.texts).toEqual(["x"]);
  back.send({ type: "pubrel", packetId: 9 });
  await settled();

  const later = await openBroker({ records });
  later.join("eve", durable).send(twice("y", 9));
  await settled();
  const again = later.join("ann", durable);
  await settled();
  expect(again.texts).toEqual(["x", "y"]);
});

test("a packet id of QoS 2 is the same after a crash, and a released one stays released", async () => {
  const { join, records } = await openBroker();
  const ann = join("ann", durable).send(subscribe("a", 2));
  await settled();
  join("eve").send(twice("1", 1), twice("2", 2), twice("3", 3));
  await settled();
  ann.send({ type: "pubrec", packetId: 2 });
  ann.send({ type: "pubrec", packetId: 1 }, { type: "pubcomp", packetId: 1 });
  await settled();

  const after = await openBroker({ records });
  const back = after.join("ann", durable);
  await settled();
  expect(back.received.slice(1)).toMatchObject([
    { type: "pubrel", packetId: 2 },
    { type: "publish", packetId: 3, dup: true },
  ]);
  back.send({ type: "pubcomp", packetId: 2 });
  confirm(back);
  await settled();
  const later = await openBroker({ records });
  const last = later.join("ann", durable);
  await settled();
  expect(last.types()).toEqual(["connack"]);
});

test("a message that could not be stored may come again under its id", async () => {
  const { join, records } = await openBroker();
  join("ann", durable).send(subscribe("a", 2));
  const eve = join("eve", durable);
  await settled();
  const { update } = records;
  records.update = () => Promise.reject(new Error("disk full"));
  eve.send(twice("x", 4));
  await settled();
  expect(eve.ended).toBe(true);
  records.update = update;
  const back = join("eve", durable).send(twice("x", 4, true));
  await settled();
  expect(back.types()).toEqual(["connack", "pubrec"]);
});

test("a copy on the next connection is not confirmed before the first one is owned", async () => {
  const waiting: (() => void)[] = [];
  const taps = [() => new Promise<void>((resolve) => waiting.push(resolve))];
  const { join } = await openBroker({ taps });
  join("eve", durable).send(twice("x", 4)).vanish();
  const back = join("eve", durable).send(twice("x", 4, true));
  await settled();
  expect(back.types()).toEqual(["connack"]);
  expect(waiting).toHaveLength(1);
  waiting[0]?.();
  await settled();
  expect(back.types()).toEqual(["connack", "pubrec"]);
});

describe("a message that taps had not dealt with when the process died", () => {
  /** A house that is killed while its tap works, with the message delivered and not confirmed. */
  async function killedHouse() {
    const { join, records } = await openBroker({ taps: [() => new Promise(() => {})] });
    join("ann", durable).send(subscribe("a", 2));
    const eve = join("eve", durable);
    await settled();
    eve.send(twice("x", 9));
    await settled();
    expect(eve.types()).toEqual(["connack"]);
    return records;
  }

  test("goes to them again, and to nobody else, before it is confirmed", async () => {
    const records = await killedHouse();
    const told: string[] = [];
    const dealing = Promise.withResolvers<void>();
    const taps = [
      ({ payload }: Message) => {
        told.push(textOf(payload));
        return dealing.promise;
      },
    ];
    const after = await openBroker({ records, taps });
    const ann = after.join("ann", durable);
    const eve = after.join("eve", durable).send(twice("x", 9, true));
    await settled();
    expect([eve.types(), told]).toEqual([["connack"], ["x"]]);
    dealing.resolve();
    await settled();
    expect(eve.types()).toEqual(["connack", "pubrec"]);
    eve.send(twice("x", 9, true));
    expect(ann.texts).toEqual(["x"]);

    const later = await openBroker({ records, taps });
    const back = later.join("eve", durable).send(twice("x", 9, true));
    await settled();
    expect([back.types(), told]).toEqual([["connack", "pubrec"], ["x"]]);
  });

  test("is refused when it may not come any more, and its packet id is free", async () => {
    const records = await killedHouse();
    const access = { maySubscribe: () => true, mayReceive: () => true, mayPublish: () => false };
    const admit = () => ({ allowed: true, principal: "tester", access }) as const;
    const after = await openBroker({ records, admit });
    expect(after.join("eve", durable).send(twice("x", 9, true)).ended).toBe(true);
    await settled();
    expect(await records.range({ space: "session-received", countMax: 10 })).toEqual([]);
    const ann = after.join("ann", durable);
    await settled();
    expect(ann.texts).toEqual(["x"]);
  });

  test("is not remembered when its client has released it meanwhile", async () => {
    const dealing = Promise.withResolvers<void>();
    const { join, records } = await openBroker({ taps: [() => dealing.promise] });
    const eve = join("eve", durable).send(twice("x", 9), { type: "pubrel", packetId: 9 });
    await settled();
    dealing.resolve();
    await settled();
    expect(await records.range({ space: "session-received", countMax: 10 })).toEqual([]);
    expect(eve.types()).toContain("pubrec");
    const ann = join("ann").send(subscribe("a"));
    eve.send(twice("y", 9));
    expect(ann.texts).toEqual(["y"]);
  });
});

test("a message is taken although the disk does not take that taps have dealt with it", async () => {
  const dealing = Promise.withResolvers<void>();
  const { join, records } = await openBroker({ taps: [() => dealing.promise] });
  const eve = join("eve", durable5).send(twice("x", 9));
  await settled();
  records.update = () => Promise.reject(new Error("disk full"));
  dealing.resolve();
  await settled();
  expect(eve.received.slice(1)).toMatchObject([{ type: "pubrec", reasonCode: 0 }]);
});

test("an id that a refusal has freed is a new message's after a restart too", async () => {
  const taps = [() => Promise.reject(new Error("disk full"))];
  const { join, records } = await openBroker({ taps });
  const eve = join("eve", durable5).send(twice("x", 9));
  await settled();
  expect(eve.received.slice(1)).toMatchObject([{ type: "pubrec", reasonCode: 0x80 }]);

  const after = await openBroker({ records });
  const ann = after.join("ann").send(subscribe("a", 2));
  const back = after.join("eve", durable5).send(twice("y", 9));
  await settled();
  expect(back.received.slice(1)).toMatchObject([{ type: "pubrec", reasonCode: 0 }]);
  expect(ann.texts).toEqual(["y"]);
});

test("a subscriber of QoS 1 gets QoS 1 after a restart too, whatever the publisher chose", async () => {
  const { join, records } = await openBroker();
  join("ann", durable).send(subscribe("a", 1));
  await settled();
  join("ann", durable).vanish();
  join("eve").send(twice("x", 1));
  await settled();
  const after = await openBroker({ records });
  const ann = after.join("ann", durable);
  await settled();
  expect(ann.publishes).toMatchObject([{ qos: 1 }]);
});

test("a PUBREC that cannot be stored closes the client instead of leaving it waiting", async () => {
  const { join, records } = await openBroker();
  const ann = join("ann", durable).send(subscribe("a", 2));
  await settled();
  join("eve").send(twice("x", 1));
  await settled();
  const { update } = records;
  records.update = () => Promise.reject(new Error("disk full"));
  ann.send({ type: "pubrec", packetId: 1 });
  await settled();
  expect(ann.ended).toBe(true);
  expect(ann.types()).not.toContain("pubrel");
  records.update = update;
  const back = join("ann", durable);
  await settled();
  back.send({ type: "pubrec", packetId: 1 });
  await settled();
  expect(back.types()).toEqual(["connack", "publish", "pubrel"]);
});

test("what a crash left of a removed session is deleted by the next start", async () => {
  const { join, records } = await openBroker();
  join("ann", durable).send(subscribe("a", 2), twice("x", 7));
  await settled();
  const session = { space: "sessions", key: utf8("ann"), value: undefined };
  await records.update([], () => ({ changes: [session], result: undefined }));
  await openBroker({ records });
  for (const space of ["session-queues", "session-sends", "session-received"]) {
    expect(await records.range({ space, countMax: 10 })).toEqual([]);
  }
});
