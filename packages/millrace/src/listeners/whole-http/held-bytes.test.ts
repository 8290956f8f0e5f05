import { edenGC, heapStats } from "bun:jsc";
import { afterAll, expect, test } from "bun:test";
import { type Logger, silentLogger } from "../../base/mod.ts";
import { calling, echo, plain, post, scene, stopAll, until, watchHeld } from "./front-fixture.ts";
import { HeldBytes, type Holder, Holding } from "./held-bytes.ts";

afterAll(stopAll);

test("who has moved nothing for the longest goes, as many as it takes", () => {
  const gone: string[] = [];
  const holder = (name: string) => new Holding({ cutOff: () => gone.push(name) });
  const [first, second, third] = [holder("first"), holder("second"), holder("third")];
  const held = new HeldBytes(10);
  held.note(first, 4);
  held.note(second, 4);
  held.note(first, 3);
  held.note(third, 3);
  expect(gone).toEqual([]);
  held.note(third, 5);
  expect(gone).toEqual(["second"]);
  held.note(second, 0); // as its socket closes
  held.note(third, 10);
  expect(gone).toEqual(["second", "first"]);
  held.note(third, 0);
  held.note(first, 10);
  expect(gone).toHaveLength(2);
});

/** Of its kind there are no objects but those that are counted. */
class Counted extends Map implements Holder {
  cutOff(): void {}
}

test("nothing of who was cut off is kept for those who came after", () => {
  const [held, count, staying] = [new HeldBytes(100), 50_000, 100];
  Bun.gc(true);
  const mapsBefore = heapStats().objectTypeCounts.Map!;
  for (let number = 1; number <= count; number += 1) {
    held.note(new Holding(new Counted()), 1);
    if (number % (count / 10) === 0) edenGC(); // takes what is old for alive
  }
  const kept = heapStats().objectTypeCounts.Map! - mapsBefore;
  expect(kept).toBeGreaterThanOrEqual(staying);
  expect(kept).toBeLessThan(count / 10);
});

test("bodies that are not whole are held as long as there is room, and then are no more", async () => {
  const { port } = scene(echo, 60, { heldBytesInAllMax: 250_000 });
  const request = post("a".repeat(110_000));
  const rest = 10_000;
  const held = watchHeld();
  const heard = () =>
    new Set(held.notes.filter(([, bytes]) => bytes >= 100_000).map(([whose]) => whose)).size;
  const begin = async () => {
    const before = heard();
    const caller = calling(port, request.slice(0, -rest));
    await until(() => heard() > before); // the order in which they are heard is theirs
    return caller;
  };
  const [first, second] = [await begin(), await begin()];
  const third = await begin();
  await first.closed;
  const last = [];
  for (const caller of [second, third]) {
    caller.socket.write(request.slice(-rest));
    await until(() => caller.receivedBytes > 110_000);
    last.push(await begin()); // what is whole is not held any more
  }
  for (const caller of last) {
    caller.socket.write(request.slice(-rest));
    await until(() => caller.receivedBytes > 110_000);
  }
});

/** A logger that says how many were cut off. */
function counting() {
  const told = { count: 0 };
  const warn: Logger["warn"] = (text) => {
    if (text === "slow client cut off") told.count += 1;
  };
  return { told, logger: { ...silentLogger, warn } };
}

test("pieces of an answer that nobody takes are held", async () => {
  const { told, logger } = counting();
  const length = 40_000_000;
  const answer = () => ({ ...plain, body: { length, pieces: new Blob([large]).stream() } });
  const large = Buffer.alloc(length, "a");
  const { port } = scene(answer, 60, { heldBytesInAllMax: 10_000, logger });
  const callers = Array.from({ length: 4 }, () => calling(port, post("")));
  for (const { socket } of callers) socket.pause();
  await until(() => told.count === callers.length);
});

test("what is sent ahead of an answer is held, until it is its turn", async () => {
  const { told, logger } = counting();
  const waiting: (() => void)[] = [];
  const answer = async () => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return { ...plain, body: "at last" };
  };
  const { port } = scene(answer, 60, { heldBytesInAllMax: 70_000, logger });
  const patient = calling(port, post("a"));
  await until(() => waiting.length === 1);
  const held = watchHeld();
  patient.socket.write(post("b".repeat(40_000)));
  await until(() => held.notes.some(([, bytes]) => bytes >= 40_000));
  waiting[0]!();
  await until(() => waiting.length === 2); // so that nothing of it waits any more
  const hasty = calling(port, post("a") + post("b".repeat(60_000)));
  await until(() => waiting.length === 3);
  await until(() => held.notes.some(([, bytes]) => bytes >= 60_000));
  expect(told.count).toBe(0);
  hasty.socket.write(post("c".repeat(50_000)));
  await hasty.closed;
  expect(told.count).toBe(1);
});

test("heads that are not whole are held", async () => {
  const { told, logger } = counting();
  const { port } = scene(echo, 60, { heldBytesInAllMax: 25_000, logger });
  const part = `POST / HTTP/1.1\r\nHost: local\r\nx-long: ${"a".repeat(10_000)}`;
  const held = watchHeld();
  const first = calling(port, part);
  await until(() => held.notes.some(([, bytes]) => bytes >= part.length));
  for (let count = 0; count < 2; count += 1) calling(port, part);
  await first.closed;
  expect(told.count).toBe(1);
});
