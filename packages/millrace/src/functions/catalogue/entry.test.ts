import { expect, test } from "bun:test";
import { emptyEntry, withoutQualifier, withProvisioned } from "./entry.ts";

test("when environments were asked for is kept for as long as they are", () => {
  const first = withProvisioned(emptyEntry("f"), "live", { count: 2, atMs: 5 });
  const both = withProvisioned(first, "1", { count: 3, atMs: 7 });
  expect(both).toMatchObject({
    provisioned: { live: 2, 1: 3 },
    provisionedAtMs: { live: 5, 1: 7 },
  });
  expect(withProvisioned(both, "1", { count: 0, atMs: 9 })).toEqual(first);
  expect(withoutQualifier(both, "live")).toEqual({
    ...emptyEntry("f"),
    provisioned: { 1: 3 },
    provisionedAtMs: { 1: 7 },
  });
});
