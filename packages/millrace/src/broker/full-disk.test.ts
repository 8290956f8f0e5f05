import { expect, test } from "bun:test";
import type { Records } from "../storage/mod.ts";
import { openBroker, publish, settled, subscribe } from "./broker-fixture.ts";

const durable = (seconds: number) => ({
  protocolLevel: 5,
  properties: { sessionExpiryInterval: seconds },
  cleanSession: false,
});

/** As an engine does whose disk is full. */
function fill(records: Records): () => void {
  const { update } = records;
  records.update = () => Promise.reject(new Error("disk full"));
  return () => {
    records.update = update;
  };
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
  expect(back.received).toMatchObject([{ type: "connack", returnCode: 0 }]);
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
