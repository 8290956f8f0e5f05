import { expect, test } from "bun:test";
import { momentOf } from "./mod.ts";

test.each([
  ["0", 0],
  ["1767261600000", 1767261600000],
  ["2026-01", 1767225600000],
  ["2026-01-01", 1767225600000],
  ["2026-01-01T10:00Z", 1767261600000],
  ["2026-01-01 10:00:00.5+0100", 1767258000500],
  ["2026-01-01T10:00", new Date(2026, 0, 1, 10).getTime()],
])("%p is a moment", (text, ms) => {
  expect(momentOf(text)).toBe(ms);
});

test.each(["", "yesterday", "yesterday 5", "line 5", "10m", "2026-13-01", "2026-01-01T25:00"])(
  "%p is none",
  (text) => {
    expect(momentOf(text)).toBeUndefined();
  },
);
