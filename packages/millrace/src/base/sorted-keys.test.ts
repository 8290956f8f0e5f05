import { expect, test } from "bun:test";
import fc from "fast-check";
import { SortedKeys } from "./mod.ts";

test("keys stay sorted and single while they come and go", () => {
  const change = fc.tuple(fc.boolean(), fc.string({ maxLength: 2 }));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), fc.string({ maxLength: 2 }), (changes, at) => {
      const sorted = new SortedKeys();
      const model = new Set<string>();
      for (const [present, key] of changes) {
        if (present) {
          sorted.add(key);
          model.add(key);
        } else {
          sorted.delete(key);
          model.delete(key);
        }
      }
      const expected = [...model].sort();
      expect([...sorted.keys]).toEqual(expected);
      expect(sorted.indexOf(at)).toBe(expected.filter((key) => key < at).length);
    }),
  );
});
