import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Change } from "../records.ts";
import { packChanges, unpackChanges } from "./wire.ts";

const arbitraryChange: fc.Arbitrary<Change> = fc.record({
  space: fc.constantFrom("tables/a", "b", "ü"),
  key: fc.uint8Array({ maxLength: 8 }),
  value: fc.option(fc.uint8Array({ maxLength: 300 }), { nil: undefined }),
});

test("changes come out of the buffer as they went in", () => {
  fc.assert(
    fc.property(fc.array(arbitraryChange), (changes) => {
      const unpacked: Change[] = [];
      unpackChanges(packChanges(changes), (change) => unpacked.push(change));
      expect(unpacked).toEqual(changes);
    }),
  );
});
