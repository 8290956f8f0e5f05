import { expect, test } from "bun:test";
import { utf8 } from "../../base/mod.ts";
import { openBroker, publish, settled, subscribe } from "../broker-fixture.ts";
import { awsLimits } from "./aws.ts";
import { limitsByName } from "./by-name.ts";

const limits = awsLimits;

test("a preset is found under the name that it gives itself", () => {
  for (const [name, preset] of Object.entries(limitsByName)) expect(preset.name).toBe(name);
});

test("an older client that publishes too fast hears nothing of what was discarded", async () => {
  const { join, broker, clock } = await openBroker({ limits });
  const ann = join("ann");
  for (let packetId = 1; packetId <= 102; packetId += 1) {
    ann.send(publish("a", "x", { qos: 1, packetId }));
  }
  const ids = () =>
    ann.received.flatMap((packet) => (packet.type === "puback" ? [packet.packetId] : []));
  expect(ids()).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  expect(broker.counters.dropped["publish-rate"]).toBe(2);
  clock.advance(1000);
  ann.send(publish("a", "x", { qos: 1, packetId: 101, dup: true }));
  expect(ids().at(-1)).toBe(101);
});

test("the broker's own topics may have more levels than a client's", async () => {
  const { join, broker } = await openBroker({ limits });
  const watcher = join("watcher").send(subscribe("$aws/events/#"));
  const topic = "$aws/events/presence/connected/a/b/c/d/e/f";
  const message = { topic, payload: utf8("x"), qos: 1, retain: false } as const;
  await broker.publish({ ...message, origin: { ruleDepth: 0, internal: true } });
  expect(watcher.publishes.map((packet) => packet.topic)).toEqual([topic]);
  const origin = { ruleDepth: 0 };
  const refused = await broker.publish({ ...message, topic: topic.slice(1), origin });
  expect(refused).toMatchObject({ accepted: false, refusal: "topic-invalid" });
});

test("a client that offers many aliases is given eight", async () => {
  const { join } = await openBroker({ limits });
  const ann = join("ann", { protocolLevel: 5, properties: { topicAliasMaximum: 100 } });
  ann.send(subscribe("a/+"));
  const eve = join("eve");
  for (let number = 0; number < 10; number += 1) eve.send(publish(`a/${number}`, "x"));
  const aliases = ann.publishes.map(({ properties }) => properties?.topicAlias);
  expect(aliases).toEqual([1, 2, 3, 4, 5, 6, 7, 8, undefined, undefined]);
});

test("a will that would expire at once lives for a second, one without end for a week", async () => {
  const { join } = await openBroker({ limits });
  const watcher = join("watcher", { protocolLevel: 5 }).send(subscribe("gone"));
  for (const messageExpiryInterval of [0, 4_000_000_000]) {
    const properties = { messageExpiryInterval };
    const will = { topic: "gone", payload: utf8("x"), qos: 0, retain: false, properties } as const;
    join("ann", { protocolLevel: 5, will }).vanish();
    await settled();
  }
  const left = watcher.publishes.map(({ properties }) => properties?.messageExpiryInterval);
  expect(left).toEqual([1, 604_800]);
});

test("a durable session is not changed by a SUBSCRIBE that ends its connection", async () => {
  const { join, broker } = await openBroker({ limits });
  const ann = join("ann", { cleanSession: false });
  await settled();
  ann.send({
    type: "subscribe",
    packetId: 1,
    subscriptions: [
      { filter: "a", qos: 1 },
      { filter: "$SYS/#", qos: 1 },
    ],
  });
  expect(ann.ended).toBe(true);
  expect(ann.types()).toEqual(["connack"]);
  expect([...(broker.subscriptionsOf("ann") ?? [])]).toEqual([]);
});

test("a filter that is twice in one SUBSCRIBE counts once", async () => {
  const { join } = await openBroker({ limits: { ...limits, subscriptionsPerSessionMax: 1 } });
  const ann = join("ann", { protocolLevel: 5 }).send({
    type: "subscribe",
    packetId: 1,
    subscriptions: [
      { filter: "a", qos: 0 },
      { filter: "a", qos: 1 },
      { filter: "b", qos: 0 },
    ],
  });
  expect(ann.received.at(-1)).toMatchObject({ returnCodes: [0, 1, 0x97] });
});

test("CONNACK tells a client of MQTT 5 what this server does not take [MQTT5-3.2.2-9]", async () => {
  const { join } = await openBroker({ limits: awsLimits });
  const { received } = join("ann", { protocolLevel: 5, keepAliveSeconds: 30 });
  expect(received[0]).toMatchObject({
    type: "connack",
    properties: { maximumQos: 1, subscriptionIdentifierAvailable: false, topicAliasMaximum: 8 },
  });
});
