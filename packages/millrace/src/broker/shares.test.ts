import { expect, test } from "bun:test";
import { mqtt5Level, type Packet } from "@millrace/mqtt";
import { openMemoryRecords } from "../storage/mod.ts";
import { openBroker, publish, settled, subscribe } from "./broker-fixture.ts";

const shared = (qos: 0 | 1 | 2 = 1): Packet => subscribe("$share/g/a/#", qos);
const one = (text: string, qos: 1 | 2 = 1) => publish("a/b", text, { qos, packetId: 5 });

/**
 * MQTT 5, 4.8.2: of a message of QoS 1 that was not acknowledged, "If the Client's Session
 * terminates before the Client reconnects, the Server SHOULD send the Application Message to
 * another Client that is subscribed to the same Shared Subscription".
 */
test.each([
  ["is lost", {}],
  ["is taken over", { takenOver: true }],
])("QoS 1 that a member has not acknowledged when it %s goes to another", async (_, how) => {
  const { join } = await openBroker();
  const ann = join("ann").send(shared());
  const eve = join("eve").send(one("1"));
  await settled();
  expect(ann.texts).toEqual(["1"]);
  const ben = join("ben").send(shared());
  if ("takenOver" in how) join("ann");
  else ann.vanish();
  await settled();
  expect(ben.publishes).toMatchObject([{ topic: "a/b", qos: 1, dup: false }]);
  expect(ben.texts).toEqual(["1"]);
  expect(eve.types()).toEqual(["connack", "puback"]);
});

test("what a member has acknowledged goes to nobody else", async () => {
  const { join } = await openBroker();
  const ann = join("ann").send(shared());
  join("eve").send(one("1"));
  await settled();
  const packetId = ann.publishes[0]!.packetId!;
  ann.send({ type: "puback", packetId });
  const ben = join("ben").send(shared());
  ann.vanish();
  await settled();
  expect(ben.texts).toEqual([]);
});

/** "...it MUST NOT send the Application Message to any other subscribed Client" [MQTT5-4.8.2-5] */
test("QoS 2 that a member was sent goes to nobody else", async () => {
  const { join } = await openBroker();
  const ann = join("ann").send(shared(2));
  join("eve").send(one("1", 2));
  await settled();
  expect(ann.texts).toEqual(["1"]);
  const ben = join("ben").send(shared(2));
  ann.vanish();
  await settled();
  expect(ben.texts).toEqual([]);
});

test("a member's own messages end with its session", async () => {
  const { join } = await openBroker();
  const ann = join("ann").send(shared(), subscribe("own", 1));
  join("eve").send(publish("own", "mine", { qos: 1, packetId: 5 }), one("ours"));
  await settled();
  expect(ann.texts).toEqual(["mine", "ours"]);
  const ben = join("ben").send(shared(), subscribe("own", 1));
  ann.vanish();
  await settled();
  expect(ben.texts).toEqual(["ours"]);
});

test("what a member is owed goes to another over a restart too, when its session ends", async () => {
  const records = openMemoryRecords();
  const kept = (seconds: number) => ({
    protocolLevel: mqtt5Level,
    cleanSession: false,
    properties: { sessionExpiryInterval: seconds },
  });
  const first = await openBroker({ records });
  first.join("ann", kept(10)).send(shared()).vanish();
  first.join("eve").send(one("1"));
  first.join("ben", kept(1000)).send(shared());
  await settled();

  const second = await openBroker({ records });
  second.clock.advance(11_000);
  await settled();
  const ben = second.join("ben", kept(1000));
  await settled();
  expect(ben.texts).toEqual(["1"]);
});

/** PUBREC says that the member has it, though the disk does not know yet. */
test("QoS 2 that a member has confirmed goes to nobody else while that is stored", async () => {
  const { join } = await openBroker();
  const lasting = { protocolLevel: mqtt5Level, properties: { sessionExpiryInterval: 100 } };
  const ann = join("ann", lasting).send(shared(2));
  await settled();
  join("eve").send(one("1", 2));
  await settled();
  expect(ann.texts).toEqual(["1"]);
  const ben = join("ben").send(shared(2));
  ann.send({ type: "pubrec", packetId: ann.publishes[0]!.packetId! });
  join("ann", lasting); // a clean start: the session ends
  await settled();
  expect(ben.texts).toEqual([]);
});
