import { expect, test } from "bun:test";
import { type Ack, AckQueue } from "./ack-queue.ts";

test("acknowledgements keep the order of the messages whoever is ready first", () => {
  const sent: number[] = [];
  const ack = (packetId: number): Ack => ({ type: "puback", packetId });
  const acks = new AckQueue(({ packetId }) => sent.push(packetId));
  acks.acknowledge(ack(1));
  const second = acks.reserve(ack(2));
  acks.acknowledge(ack(3));
  const fourth = acks.reserve(ack(4));
  fourth();
  expect(sent).toEqual([1]);
  expect(acks.length).toBe(3);
  second();
  expect(sent).toEqual([1, 2, 3, 4]);
  expect(acks.length).toBe(0);
});
