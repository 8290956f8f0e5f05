import { expect, test } from "bun:test";
import { type Ack, AckQueue } from "./ack-queue.ts";

test("acknowledgements keep the order of the messages whoever is ready first", () => {
  const sent: number[] = [];
  const ack = (packetId: number): Ack => ({ type: "puback", packetId });
  const acks = new AckQueue(({ packetId }) => sent.push(packetId));
  acks.acknowledge(ack(1));
  const second = acks.reserve("puback");
  acks.acknowledge(ack(3));
  const fourth = acks.reserve("puback");
  fourth(ack(4));
  expect(sent).toEqual([1]);
  expect(acks.length).toBe(3);
  second(ack(2));
  expect(sent).toEqual([1, 2, 3, 4]);
  expect(acks.length).toBe(0);
});
