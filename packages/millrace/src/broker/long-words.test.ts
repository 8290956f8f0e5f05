/** Text of the client's that comes back in answers and log lines: never more than a few words. */

import { describe, expect, test } from "bun:test";
import type { Properties } from "@millrace/mqtt";
import { silentLogger } from "../base/mod.ts";
import { openBroker, publish } from "./broker-fixture.ts";

const level5 = { protocolLevel: 5 } as const;
const long = `$${"x".repeat(65_500)}`;
const longest = `$${"x".repeat(65_530)}`;

/** A broker whose log lines are kept. */
async function openLogged(options: Parameters<typeof openBroker>[0] = {}) {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const warn = (what: string, fields = {}) => void lines.push({ what, ...fields });
  const logger = { ...silentLogger, warn };
  return { lines, ...(await openBroker({ logger, ...options })) };
}

const reasonOf = (packet: object | undefined) =>
  (packet as { properties?: Properties }).properties?.reasonString ?? "";

describe("a topic as long as the wire allows is refused in few words", () => {
  test("of a will", async () => {
    const { join, lines } = await openLogged();
    const will = { topic: longest, payload: new Uint8Array(), qos: 0, retain: false } as const;
    const eve = join("eve", { ...level5, will });
    expect(eve.received).toMatchObject([{ type: "connack", returnCode: 0x90 }]);
    expect(eve.ended).toBe(true);
    expect(reasonOf(eve.received[0]).length).toBeLessThan(300);
    expect(JSON.stringify(lines).length).toBeLessThan(1_000);
  });

  test("of a will, before MQTT 5", async () => {
    const { join } = await openLogged();
    const will = { topic: longest, payload: new Uint8Array(), qos: 0, retain: false } as const;
    const eve = join("eve", { will });
    expect(eve.received).toEqual([]);
    expect(eve.ended).toBe(true);
  });

  test.each([
    [1, "puback"],
    [2, "pubrec"],
  ] as const)("of a PUBLISH of QoS %p, and the client stays", async (qos, type) => {
    const { join, lines } = await openLogged();
    const eve = join("eve", level5).send(publish(long, "x", { qos, packetId: 1 }));
    expect(eve.received[1]).toMatchObject({ type, reasonCode: 0x90 });
    expect(reasonOf(eve.received[1]).length).toBeLessThan(300);
    expect(eve.ended).toBe(false);
    expect(JSON.stringify(lines).length).toBeLessThan(1_000);
  });

  test("of a PUBLISH without QoS, with a DISCONNECT", async () => {
    const { join, events } = await openLogged();
    const eve = join("eve", level5).send(publish(longest, "x"));
    expect(eve.received[1]).toMatchObject({ type: "disconnect", reasonCode: 0x90 });
    expect(eve.ended).toBe(true);
    expect(events).toEqual(["+eve v0", "-eve CLIENT_ERROR"]);
  });

  test("that a policy refuses", async () => {
    const access = { mayPublish: () => false, maySubscribe: () => true, mayReceive: () => true };
    const { join } = await openLogged({
      admit: () => ({ allowed: true, principal: "p", access }),
    });
    const topic = "x".repeat(65_500);
    const eve = join("eve", level5).send(publish(topic, "x", { qos: 1, packetId: 1 }));
    expect(eve.received[1]).toMatchObject({ type: "puback" });
    expect(reasonOf(eve.received[1]).length).toBeLessThan(300);
  });
});

test("who may not come in is not told what is wrong with its will", async () => {
  const { join } = await openLogged({ admit: () => ({ allowed: false }) });
  const will = { topic: longest, payload: new Uint8Array(), qos: 0, retain: false } as const;
  const eve = join("eve", { ...level5, will });
  expect(eve.received).toMatchObject([{ type: "connack", returnCode: 0x87 }]);
});

test("refusals that repeat are counted, and told once for a thousand of a kind", async () => {
  const { join, lines, broker } = await openLogged();
  const eve = join("eve", level5);
  const subscriptions = ["a#", "b#"].map((filter) => ({ filter, qos: 0 as const }));
  for (let packetId = 1; packetId <= 999; packetId += 1) {
    eve.send(publish("$x", "x", { qos: 1, packetId }));
    eve.send({ type: "subscribe", packetId, subscriptions });
  }
  expect(lines.map(({ what, refusedCount }) => [what, refusedCount])).toEqual([
    ["publish refused", 1],
    ["subscription refused", 1],
    ["subscription refused", 1000],
  ]);
  expect(broker.counters.refused["topic-reserved"]).toBe(999);
  join("ann", level5).send(publish("$x", "x", { qos: 1, packetId: 1 }));
  expect(lines).toHaveLength(4);
});
