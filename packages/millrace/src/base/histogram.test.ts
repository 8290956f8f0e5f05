import { expect, test } from "bun:test";
import fc from "fast-check";
import { Histogram } from "./histogram.ts";

test("a value on a bound belongs to that bound's bucket, one above to the next", () => {
  const histogram = new Histogram([1, 10]);
  for (const value of [0, 1, 1.5, 10, 10.5, 99]) histogram.observe(value);
  expect(histogram.counts).toEqual([2, 2, 2]);
  expect(histogram.count).toBe(6);
  expect(histogram.sum).toBe(122);
});

test("every value is in exactly one bucket, as a slow count finds", () => {
  const bounds = [-3, 0, 2, 7];
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -10, max: 10 })), (values) => {
      const histogram = new Histogram(bounds);
      for (const value of values) histogram.observe(value);
      const upTo = (bound: number) => values.filter((value) => value <= bound).length;
      const expected = [...bounds, Number.POSITIVE_INFINITY].map(
        (bound, at) => upTo(bound) - (at === 0 ? 0 : upTo(bounds[at - 1]!)),
      );
      expect(histogram.counts).toEqual(expected);
      expect(histogram.sum).toBe(values.reduce((sum, value) => sum + value, 0));
    }),
  );
});
