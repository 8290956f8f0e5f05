import { expect, test } from "bun:test";
import { TokenBucket } from "./token-bucket.ts";

/** How many requests of one unit find something left at that moment. */
function drain(bucket: TokenBucket, nowMs: number): number {
  let count = 0;
  while (!bucket.isEmpty(nowMs)) {
    bucket.take(1);
    count += 1;
  }
  return count;
}

test("a new bucket has what a second brings, and then what flows in", () => {
  const bucket = new TokenBucket({ unitsPerSecond: 5, burstSeconds: 300 }, 0);
  expect(drain(bucket, 0)).toBe(5);
  expect(drain(bucket, 199)).toBe(1);
  expect(drain(bucket, 1_000)).toBe(4);
});

test("what is not used is kept for five minutes and no longer", () => {
  const bucket = new TokenBucket({ unitsPerSecond: 5, burstSeconds: 300 }, 0);
  expect(drain(bucket, 3_600_000)).toBe(1_500);
  expect(drain(bucket, 3_600_000)).toBe(0);
});

test("what was overspent flows in again before the next may spend", () => {
  const bucket = new TokenBucket({ unitsPerSecond: 5, burstSeconds: 300 }, 0);
  bucket.take(15);
  expect(bucket.isEmpty(2_000)).toBe(true);
  expect(bucket.isEmpty(2_001)).toBe(false);
});

test("a new rate counts from its moment", () => {
  const bucket = new TokenBucket({ unitsPerSecond: 5, burstSeconds: 300 }, 0);
  drain(bucket, 0);
  bucket.setRate(10, 1_000);
  expect(drain(bucket, 2_000)).toBe(15);
  bucket.setRate(1, 1_000_000);
  expect(drain(bucket, 1_000_000)).toBe(300);
});

test("a clock that is set back takes nothing away", () => {
  const bucket = new TokenBucket({ unitsPerSecond: 5, burstSeconds: 300 }, 10_000);
  expect(drain(bucket, 5_000)).toBe(5);
  expect(drain(bucket, 6_000)).toBe(5);
});
