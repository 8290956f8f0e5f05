import { expect, test } from "bun:test";
import { utf8 } from "../../base/mod.ts";
import { Counters } from "../counters.ts";
import { Outgoing } from "../delivery/outgoing.ts";
import { mqttLimits } from "../presets/mqtt.ts";
import { type Delivery, Line } from "./line.ts";

const delivery = (text: string, qos: 1 | 2 = 1): Delivery => {
  const origin = { ruleDepth: 0 };
  const message = { topic: "a", payload: utf8(text), qos, retain: false, origin };
  const outgoing = new Outgoing(message);
  const options = { retain: false, identifiers: undefined, share: undefined };
  return { outgoing, qos, ...options, sequence: 1, stage: "published" };
};

const idsOf = (line: Line) => [...line.inflight.keys()];

test("nothing that is put back takes the packet id of a message that comes later in the line", () => {
  const line = new Line(mqttLimits, new Counters());
  const once = delivery("once", 2);
  line.reserve(1);
  line.restore(delivery("before"), undefined);
  line.restore(once, 1);
  line.restore(delivery("after"), undefined);
  expect(idsOf(line)).toEqual([2, 1, 3]);
  expect(line.inflight.get(1)).toBe(once);
});

test("a new connection is sent what is open again, in order, and only as its window allows", () => {
  const line = new Line(mqttLimits, new Counters());
  for (const text of ["1", "2", "3"]) line.takeDirect(delivery(text));
  line.enqueue(delivery("4"));
  line.beginConnection(2);
  expect([line.takeResend()?.packetId, line.takeResend()?.packetId, line.takeResend()]).toEqual([
    1,
    2,
    undefined,
  ]);
  expect(line.takeNext()).toBeUndefined();
  line.settle(1);
  expect(line.takeResend()?.packetId).toBe(3);
  line.settle(2);
  line.settle(3);
  expect(line.takeResend()).toBeUndefined();
  expect(line.takeNext()?.packetId).toBe(4);
});

test("packet ids go round, and those in use are passed over", () => {
  const line = new Line({ ...mqttLimits, inflightMax: 65_535 }, new Counters());
  const kept = line.takeDirect(delivery("kept"));
  for (let count = 1; count < 65_535; count += 1) line.settle(line.takeDirect(delivery("x")));
  expect([kept, line.takeDirect(delivery("again"))]).toEqual([1, 2]);
});
