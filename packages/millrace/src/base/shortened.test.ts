import { expect, test } from "bun:test";
import { shortened } from "./mod.ts";

test("a text is cut where it is too long, and never within a character", () => {
  expect(shortened("abc", 3)).toBe("abc");
  expect(shortened("abcd", 3)).toBe("abc…");
  expect(shortened("ab😀d", 3)).toBe("ab…");
  expect(shortened("a😀bd", 3)).toBe("a😀…");
  expect(shortened("x".repeat(70_000))).toHaveLength(129);
});
