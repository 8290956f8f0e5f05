import { expect, test } from "bun:test";
import { textOf } from "../../base/mod.ts";
import { openMemoryRecords, type Records } from "../../storage/mod.ts";
import { type Client, openBroker, publish, settled, subscribe } from "../broker-fixture.ts";
import { awsLimits } from "../presets/aws.ts";

const topicsOf = ({ publishes }: Client) => publishes.map(({ topic }) => topic);

const valuesOf = ({ publishes }: Client) =>
  Object.fromEntries(publishes.map(({ topic, payload }) => [topic, textOf(payload)]));

test("a new subscriber gets the values of now, retained, and then those of every ten seconds", async () => {
  const { join, clock } = await openBroker();
  const watcher = join("watcher").send(subscribe("$SYS/broker/clients/+", 2));
  expect(watcher.publishes.every(({ retain, qos }) => retain && qos === 0)).toBe(true);
  expect(valuesOf(watcher)).toEqual({
    "$SYS/broker/clients/connected": "1",
    "$SYS/broker/clients/disconnected": "0",
    "$SYS/broker/clients/total": "1",
    "$SYS/broker/clients/maximum": "1",
    "$SYS/broker/clients/expired": "0",
  });
  watcher.received.length = 0;
  join("ann", { cleanSession: false });
  join("ben", { cleanSession: false }).vanish();
  await settled();
  clock.advance(9_999);
  expect(watcher.publishes).toEqual([]);
  clock.advance(1);
  expect(watcher.publishes.some(({ retain }) => retain)).toBe(false);
  expect(valuesOf(watcher)).toEqual({
    "$SYS/broker/clients/connected": "2",
    "$SYS/broker/clients/disconnected": "1",
    "$SYS/broker/clients/total": "3",
    "$SYS/broker/clients/maximum": "3",
    "$SYS/broker/clients/expired": "0",
  });
  clock.advance(10_000);
  expect(watcher.publishes).toHaveLength(10);
});

test.each([
  ["$SYS/#", true],
  ["$SYS/broker/#", true],
  ["$SYS/+/uptime", true],
  ["$SYS/broker/uptime", true],
  ["#", false],
  ["+/broker/uptime", false],
  ["+/#", false],
  ["$SYS", false],
  ["$SYS/broker", false],
])("who subscribes to %s hears of it: %p", async (filter, heard) => {
  const { join, clock } = await openBroker();
  const watcher = join("watcher").send(subscribe(filter));
  expect(topicsOf(watcher).includes("$SYS/broker/uptime")).toBe(heard);
  watcher.received.length = 0;
  clock.advance(10_000);
  expect(topicsOf(watcher).includes("$SYS/broker/uptime")).toBe(heard);
});

test("the values are those of the counters", async () => {
  const { broker, join, clock } = await openBroker();
  join("eve").send(publish("a", "12345", { retain: true }), publish("b", "x"));
  await settled();
  clock.advance(7_000);
  const before = { ...broker.counters };
  const values = broker.systemTopics.matching("$SYS/#");
  const value = (name: string) =>
    textOf(values.find(({ topic }) => topic === `$SYS/broker/${name}`)!.payload);
  expect(value("version")).toMatch(/^millrace version \d+\.\d+\.\d+/);
  expect(value("uptime")).toBe("7 seconds");
  expect(value("messages/received")).toBe("3");
  expect(value("messages/sent")).toBe("1");
  expect(value("publish/messages/received")).toBe("2");
  expect(value("publish/messages/sent")).toBe("0");
  expect(value("publish/messages/dropped")).toBe("0");
  expect(value("bytes/received")).toBe(`${before.bytesIn}`);
  expect(value("bytes/sent")).toBe("4"); // the CONNACK
  expect(value("subscriptions/count")).toBe("0");
  expect(value("retained messages/count")).toBe("1");
  expect(value("store/messages/count")).toBe("1");
  expect(value("store/messages/bytes")).toBe("5");
  expect(value("messages/inflight")).toBe("0");
});

test("nothing of it reaches the disk, nor is it kept for a session that is away", async () => {
  const spaces: string[] = [];
  const records = openMemoryRecords();
  const update: Records["update"] = (reads, decide) =>
    records.update(reads, (values) => {
      const decision = decide(values);
      spaces.push(...decision.changes.map(({ space }) => space));
      return decision;
    });
  const { broker, join, clock } = await openBroker({
    records: { ...records, range: (range) => records.range(range), update },
  });
  join("ann", { cleanSession: false }).send(subscribe("$SYS/#", 2)).vanish();
  await settled();
  spaces.length = 0;
  clock.advance(60_000);
  await settled();
  expect(spaces).toEqual([]);
  expect(broker.counters.queuedMessages).toBe(0);
  expect(broker.retained.count).toBe(0);
});

test("a closed broker is silent, and so is one whose limits ask for none", async () => {
  const { broker, join, clock } = await openBroker({ limits: awsLimits });
  const watcher = join("watcher").send(subscribe("$SYS/broker/uptime"));
  clock.advance(60_000);
  expect(watcher.publishes).toEqual([]);
  expect(broker.counters.published.server).toBe(0);

  const other = await openBroker();
  const closing = other.broker.close();
  other.clock.advance(60_000);
  await closing;
  expect(other.broker.counters.published.server).toBe(0);
});

test("a client may not publish there", async () => {
  const { join, clock } = await openBroker();
  const watcher = join("watcher").send(subscribe("$SYS/broker/uptime"));
  const forger = join("forger", { protocolLevel: 5 });
  forger.send(publish("$SYS/broker/uptime", "0", { qos: 1, packetId: 1, retain: true }));
  expect(forger.received.at(-1)).toMatchObject({ type: "puback", reasonCode: 0x90 });
  clock.advance(10_000);
  expect(watcher.texts).toEqual(["0 seconds", "10 seconds"]);
});
