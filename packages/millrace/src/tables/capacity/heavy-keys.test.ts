import { expect, test } from "bun:test";
import fc from "fast-check";
import { HeavyKeys } from "./heavy-keys.ts";

test("a key that has more than its part of everything is found, and never overstated", () => {
  const spending = fc.array(
    fc.tuple(fc.constantFrom(..."abcdefghij"), fc.integer({ min: 1, max: 9 })),
  );
  fc.assert(
    fc.property(spending, (spent) => {
      const keys = new HeavyKeys(4);
      const truth = new Map<string, number>();
      for (const [key, units] of spent) {
        keys.add(key, units);
        truth.set(key, (truth.get(key) ?? 0) + units);
      }
      const total = spent.reduce((sum, [, units]) => sum + units, 0);
      const told = new Map(keys.top(4));
      for (const [key, units] of truth) {
        const most = told.get(key) ?? 0;
        expect(most).toBeLessThanOrEqual(units);
        expect(most).toBeGreaterThanOrEqual(units - total / 4);
      }
    }),
  );
});
