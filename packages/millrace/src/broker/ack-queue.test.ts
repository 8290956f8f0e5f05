import { expect, test } from "bun:test";
import { AckQueue } from "./ack-queue.ts";

test("acknowledgements keep the order of the messages whoever is ready first", () => {
  const sent: number[] = [];
  const acks = new AckQueue((packetId) => sent.push(packetId));
  acks.acknowledge(1);
  const second = acks.reserve(2);
  acks.acknowledge(3);
  const fourth = acks.reserve(4);
  fourth();
  expect(sent).toEqual([1]);
  expect(acks.length).toBe(3);
  second();
  expect(sent).toEqual([1, 2, 3, 4]);
  expect(acks.length).toBe(0);
});
