import { expect, test } from "bun:test";
import { utf8 } from "../../base/mod.ts";
import { openMemoryRecords, type Records } from "../../storage/mod.ts";
import { openBroker, publish, settled, subscribe } from "../broker-fixture.ts";
import { mqttLimits } from "../presets/mqtt.ts";

const durable = { cleanSession: false };

test("a line that was full when the process died comes back whole", async () => {
  const limits = { ...mqttLimits, inflightMax: 2, queuedMessagesMax: 2 };
  const { join, records } = await openBroker({ limits });
  join("ann", durable).send(subscribe("a", 1));
  await settled();
  const eve = join("eve");
  for (const packetId of [1, 2, 3, 4]) eve.send(publish("a", `${packetId}`, { qos: 1, packetId }));
  await settled();
  expect(eve.types().filter((type) => type === "puback")).toHaveLength(4);

  const second = await openBroker({ records, limits });
  const back = second.join("ann", durable);
  await settled();
  for (const packetId of [1, 2]) back.send({ type: "puback", packetId });
  expect(back.texts).toEqual(["1", "2", "3", "4"]);
});

test("a client that was connected when the process died has its whole expiry before it", async () => {
  const limits = { ...mqttLimits, sessionSecondsMax: 100 };
  const { join, records, clock } = await openBroker({ limits });
  join("ann", durable).send(subscribe("a", 1));
  await settled();
  clock.advance(1_000_000);

  const second = await openBroker({ records, limits, clock });
  clock.advance(90_000);
  const back = second.join("ann", durable);
  await settled();
  expect(back.received[0]).toMatchObject({ sessionPresent: true });
});

test("a new session keeps its messages while an earlier one is being removed", async () => {
  const { join, records } = await openBroker();
  join("ann", durable).send(subscribe("a", 1));
  await settled();
  const eve = join("eve").send(publish("a", "old", { qos: 1, packetId: 1 }));
  await settled();

  join("ann");
  join("ann", durable).send(subscribe("a", 1)).vanish();
  eve.send(publish("a", "new", { qos: 1, packetId: 2 }));
  await settled();
  const back = (await openBroker({ records })).join("ann", durable);
  await settled();
  expect(back.texts).toEqual(["new"]);
});

test("what a removal left behind never reaches a later session", async () => {
  const records = openMemoryRecords();
  const { join, broker } = await openBroker({
    records: { ...bound(records), range: async () => [] },
  });
  join("ann", durable).send(subscribe("a", 1));
  await settled();
  join("eve").send(publish("a", "old", { qos: 1, packetId: 1 }));
  await settled();
  join("ann");
  join("ann", durable).send(subscribe("a", 1));
  await settled();
  expect(broker.sessions.get("ann")?.lineIfAny?.inflight.size ?? 0).toBe(0);

  const second = (await openBroker({ records })).join("ann", durable);
  await settled();
  expect(second.types()).toEqual(["connack"]);
});

test("a subscription that cannot be stored is not granted, and its client is closed", async () => {
  const { join, records, events } = await openBroker();
  const ann = join("ann", durable);
  await settled();
  await records.close();
  ann.send(subscribe("a", 1));
  await settled();
  expect(ann.types()).toEqual(["connack"]);
  expect(events).toContain("-ann SERVER_ERROR");
});

test("a connection that was taken over before its SUBACK brings the next one nothing", async () => {
  const { join } = await openBroker();
  join("eve").send(publish("a", "kept", { retain: true }));
  const first = join("ann", durable);
  await settled();
  first.send(subscribe("a"));
  const second = join("ann", durable);
  await settled();
  expect(first.types()).toEqual(["connack"]);
  expect(second.types()).toEqual(["connack"]);
});

test("a topic that no key of the records can hold is not retained", async () => {
  const { join } = await openBroker();
  const eve = join("eve").send(publish("é".repeat(1025), "x", { retain: true }));
  expect(eve.ended).toBe(true);
});

function bound(records: ReturnType<typeof openMemoryRecords>) {
  return {
    get: records.get.bind(records),
    range: records.range.bind(records),
    update: records.update.bind(records),
    close: records.close.bind(records),
  };
}

test("bytes on disk that are no session are named, not taken for one", async () => {
  const records = openMemoryRecords();
  const change = { space: "sessions", key: utf8("ann"), value: utf8("{") };
  await records.update([], () => ({ changes: [change], result: undefined }));
  await expect(openBroker({ records })).rejects.toThrow(
    'what is stored in "sessions" under "ann" cannot be read',
  );
});

test("the end of the server publishes wills, and waits until they are on disk", async () => {
  const records = openMemoryRecords();
  let ended = false;
  const slow: Records = {
    ...bound(records),
    async update(reads, decide) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (ended) throw new Error("written after the end");
      return records.update(reads, decide);
    },
  };
  const { join, broker } = await openBroker({ records: slow });
  const will = { topic: "a", payload: utf8("gone"), qos: 0, retain: true } as const;
  const ann = join("ann", { ...durable, will });
  while (ann.received.length === 0) await settled();
  await broker.close();
  ended = true;

  const eve = (await openBroker({ records })).join("eve").send(subscribe("a", 0));
  await settled();
  expect(eve.texts).toEqual(["gone"]);
});
