import { expect, test } from "bun:test";
import { TokenBucket } from "./throttle.ts";

/** How many of so many requests at that moment are taken. */
function taken(bucket: TokenBucket, nowMs: number, count: number): number {
  return Array.from({ length: count }, () => bucket.take(nowMs)).filter(Boolean).length;
}

test("a burst is taken at once, and then as many in a second as the rate says", () => {
  const bucket = new TokenBucket({ ratePerSecond: 10, burst: 5 });
  expect(taken(bucket, 1_000, 8)).toBe(5);
  expect(taken(bucket, 1_099, 1)).toBe(0);
  expect(taken(bucket, 1_100, 2)).toBe(1);
  expect(taken(bucket, 1_400, 9)).toBe(3);
});

test("tokens are kept up to the burst and no further", () => {
  const bucket = new TokenBucket({ ratePerSecond: 10, burst: 5 });
  expect(taken(bucket, 0, 5)).toBe(5);
  expect(taken(bucket, 3_600_000, 9)).toBe(5);
});

test("a rate below one in a second takes one now and then", () => {
  const bucket = new TokenBucket({ ratePerSecond: 0.5, burst: 1 });
  const moments = [0, 1_000, 2_000, 3_000, 4_000];
  expect(moments.map((nowMs) => bucket.take(nowMs))).toEqual([true, false, true, false, true]);
});

test("a burst of 0 takes nothing, ever", () => {
  const bucket = new TokenBucket({ ratePerSecond: 10, burst: 0 });
  expect(taken(bucket, 0, 3) + taken(bucket, 60_000, 3)).toBe(0);
});

test("what is not said is an account's", () => {
  expect(taken(new TokenBucket({ ratePerSecond: 1 }), 0, 6_000)).toBe(5_000);
  const bucket = new TokenBucket({ burst: 20_000 });
  taken(bucket, 0, 20_000);
  expect(taken(bucket, 1_000, 20_000)).toBe(10_000);
});

test("a clock that goes back gives nothing twice", () => {
  const bucket = new TokenBucket({ ratePerSecond: 1, burst: 1 });
  expect(bucket.take(10_000)).toBe(true);
  expect(bucket.take(5_000)).toBe(false);
  expect(bucket.take(10_000)).toBe(false);
  expect(bucket.take(11_000)).toBe(true);
});
