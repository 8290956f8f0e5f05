import { expect, test } from "bun:test";
import { mqtt5Level } from "@millrace/mqtt";
import { openMemoryRecords } from "../storage/mod.ts";
import { openBroker, publish, settled, subscribe } from "./broker-fixture.ts";

const kept = { protocolLevel: mqtt5Level, properties: { sessionExpiryInterval: 1000 } } as const;

/**
 * "If the Message Expiry Interval has passed and the Server has not managed to start onward
 * delivery to a matching subscriber, then it MUST delete the copy of the message for that
 * subscriber" [MQTT5-3.3.2-5].
 */
test.each([1, 2] as const)(
  "QoS %p that has expired since a restart goes to nobody",
  async (qos) => {
    const records = openMemoryRecords();
    const first = await openBroker({ records });
    first.join("ann", kept).send(subscribe("a", qos)).vanish();
    const properties = { messageExpiryInterval: 60 };
    const eve = first.join("eve", { protocolLevel: mqtt5Level });
    eve.send(publish("a", "late", { qos, packetId: 1, properties }));
    eve.send(publish("a", "lasting", { qos, packetId: 2 }));
    await settled();

    const second = await openBroker({ records });
    second.clock.advance(61_000);
    const ann = second.join("ann", { ...kept, cleanSession: false });
    await settled();
    expect(ann.texts).toEqual(["lasting"]);
    expect(second.broker.counters.dropped.expired).toBe(1);
  },
);

/** The expiry is for what was not begun; "MUST resend any unacknowledged PUBLISH" [MQTT5-4.4.0-1]. */
test("QoS 1 that was sent since a restart is sent again though it has expired", async () => {
  const records = openMemoryRecords();
  const first = await openBroker({ records });
  first.join("ann", kept).send(subscribe("a", 1)).vanish();
  const properties = { messageExpiryInterval: 60 };
  const eve = first.join("eve", { protocolLevel: mqtt5Level });
  eve.send(publish("a", "begun", { qos: 1, packetId: 1, properties }));
  await settled();

  const second = await openBroker({ records });
  const back = { ...kept, cleanSession: false };
  const ann = second.join("ann", back);
  await settled();
  expect(ann.texts).toEqual(["begun"]);
  ann.vanish();
  second.clock.advance(61_000);
  const again = second.join("ann", back);
  await settled();
  expect(again.publishes).toMatchObject([{ qos: 1, dup: true }]);
});
