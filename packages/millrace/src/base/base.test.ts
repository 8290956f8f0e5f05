import { expect, test } from "bun:test";
import {
  BoundedQueue,
  compareBytes,
  createLogger,
  fromBase64,
  ManualClock,
  newUuid,
  systemRandom,
  toBase64,
  utf8,
} from "./mod.ts";

test("a queue gives back in order what fitted and counts what did not", () => {
  const queue = new BoundedQueue<number>(3000);
  for (let round = 0; round < 3; round += 1) {
    for (let item = 0; item < 3000; item += 1) expect(queue.push(item)).toBe(true);
    expect(queue.push(-1)).toBe(false);
    for (let item = 0; item < 3000; item += 1) expect(queue.shift()).toBe(item);
  }
  expect(queue.shift()).toBeUndefined();
  expect(queue.droppedCount).toBe(3);
});

test("what is taken out of a queue leaves the order of the others", () => {
  const queue = new BoundedQueue<number>(9);
  for (const item of [1, 2, 1, 3]) queue.push(item);
  expect(queue.shift()).toBe(1);
  const isOne = (item: number) => item === 1;
  expect([queue.take(isOne), queue.take(isOne), queue.length]).toEqual([1, undefined, 2]);
  expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([2, 3, undefined]);
});

test("a manual clock fires timers at their own moment, in due order", () => {
  const clock = new ManualClock(0);
  const fired: string[] = [];
  clock.after(20, () => fired.push(`late at ${clock.now()}`));
  clock.after(10, () => {
    fired.push(`early at ${clock.now()}`);
    clock.after(5, () => fired.push(`nested at ${clock.now()}`));
  });
  const cancelled = clock.after(15, () => fired.push("never"));
  cancelled.cancel();
  clock.advance(30);
  expect(fired).toEqual(["early at 10", "nested at 15", "late at 20"]);
  expect(clock.now()).toBe(30);
});

test("a log line quotes what could forge another line", () => {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const logger = createLogger({
    part: "broker",
    clock: new ManualClock(0),
    levelMin: "info",
    write,
  });
  logger.debug("unseen");
  logger.info("connected", { clientId: "a\nb \u001b[2J", port: 1883, none: undefined });
  expect(lines).toEqual([
    `1970-01-01T00:00:00.000Z info broker connected clientId="a\\nb \\u001b[2J" port=1883\n`,
  ]);
  logger.info("connected", { clientId: "\u009b2J\u2028\u202e" });
  expect(lines.at(-1)).toEndWith(' clientId="\\u009b2J\\u2028\\u202e"\n');
});

test("bytes compare unsigned and shorter first; base64 takes only its canonical form", () => {
  expect(compareBytes(new Uint8Array([1, 200]), new Uint8Array([1, 100]))).toBeGreaterThan(0);
  expect(compareBytes(utf8("a"), utf8("ab"))).toBeLessThan(0);
  expect(toBase64(utf8("hi?"))).toBe("aGk/");
  expect(fromBase64("aGk/")).toEqual(utf8("hi?"));
  expect(fromBase64("aGk")).toBeUndefined();
  expect(fromBase64("a-_/")).toBeUndefined();
});

test("random bytes are new each time, few of them too, and whoever has them may change them", () => {
  for (const count of [1, 11, 20, 24, 25, 32]) {
    const drawn = Array.from({ length: 1_000 }, () => systemRandom.bytes(count));
    expect(drawn.every((bytes) => bytes.length === count)).toBe(true);
    const texts = new Set(drawn.map((bytes) => toBase64(bytes)));
    if (count >= 11) expect(texts.size).toBe(1_000);
    else expect(texts.size).toBeGreaterThan(100);
    const [first, ...others] = drawn;
    const before = others.map(toBase64);
    first!.fill(0);
    expect(others.map(toBase64)).toEqual(before);
  }
});

test("a UUID is version 4 of the right variant", () => {
  expect(newUuid(systemRandom)).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-/);
});
