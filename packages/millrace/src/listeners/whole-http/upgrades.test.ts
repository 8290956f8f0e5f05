/** How a connection becomes another's: on a socket that only writes down what is done with it. */

import { expect, test } from "bun:test";
import type { Socket } from "bun";
import { ManualClock, silentLogger } from "../../base/mod.ts";
import type { SocketOwner } from "../socket-owner.ts";
import { AnswerEncoder } from "./answer-encoder.ts";
import { plain } from "./front-fixture.ts";
import { HeldBytes } from "./held-bytes.ts";
import { Refusals, Room } from "./room.ts";
import type { WholeAnswer } from "./whole-answer.ts";
import { WholeConnection, type WholeDoor } from "./whole-connection.ts";

const host = "Host: localhost\r\n";
const get = `GET /a HTTP/1.1\r\n${host}\r\n`;
const wish = `GET /b HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;

/** A connection whose ordinary requests are answered with `answer`. */
function connect(upgraded: () => void, answer: Promise<WholeAnswer>) {
  const told = { written: "", ended: false, failures: 0 };
  const socket = {
    write(bytes: Buffer, from: number, length: number) {
      told.written += Buffer.from(bytes).toString("latin1", from, length);
      return length;
    },
    shutdown: () => (told.ended = true),
    resume() {},
    timeout() {},
  };
  const clock = new ManualClock();
  const door: WholeDoor = {
    meet: () => ({ takes: () => true, answer: () => answer }),
    upgrade: () => upgraded,
    failed() {
      told.failures += 1;
      return { ...plain, status: 500, body: "" };
    },
    handOver() {},
    room: new Room({ handedOver: { count: 0 }, filesMax: undefined, clock }),
    refusals: new Refusals({ clock, logger: silentLogger }),
    idleSecondsMax: 60,
    requestSecondsMax: 60,
    bodyBytesMax: 1000,
    encoder: new AnswerEncoder(() => 0),
    held: new HeldBytes(1000),
    changing: [],
    atEndOfTurn: () => {},
    logger: silentLogger,
  };
  const connection = new WholeConnection(
    socket as unknown as Socket<SocketOwner>,
    "192.0.2.7",
    door,
  );
  return { connection, room: door.room, told };
}

test("what the new owner throws is no failed request, and the connection is gone", () => {
  const upgraded = () => {
    throw new Error("of the new owner");
  };
  const { connection, room, told } = connect(upgraded, new Promise(() => {}));
  expect(() => connection.onData(Buffer.from(wish))).toThrow("of the new owner");
  expect(told).toEqual({ written: "", ended: false, failures: 0 });
  expect(room.size).toBe(0);
});

test("whoever has ended already is answered what came before, and gets no new owner", async () => {
  let count = 0;
  const { promise, resolve } = Promise.withResolvers<WholeAnswer>();
  const { connection, told } = connect(() => (count += 1), promise);
  connection.onData(Buffer.from(get + wish));
  connection.onEnd();
  resolve({ ...plain, body: "heard" });
  while (!told.ended) await Bun.sleep(1);
  expect(told.written).toEndWith("heard");
  expect(count).toBe(0);
});
