import { expect, test } from "bun:test";
import { normalizeAttributes } from "../request/values.ts";
import { itemSize } from "./item-size.ts";

test.each([
  [{ S: "" }, 0],
  [{ S: "ä" }, 2],
  [{ B: "AAAA" }, 3],
  [{ BOOL: false }, 1],
  [{ NULL: true }, 1],
  [{ SS: ["a", "bc"] }, 3],
  [{ BS: ["AA==", "AAA="] }, 3],
  [{ L: [] }, 3],
  [{ L: [{ S: "ab" }, { NULL: true }] }, 8],
  [{ M: {} }, 3],
  [{ M: { key: { S: "ab" } } }, 9],
])("%j costs %d bytes beside its name", (value, bytes) => {
  expect(itemSize(normalizeAttributes({ name: value }))).toBe(4 + bytes);
});

// What a number costs at the service's own size limit.
test.each([
  ["0", 1],
  ["1", 2],
  ["-1", 3],
  ["12", 2],
  ["123456", 4],
  ["3.14159", 5],
  ["0.05", 2],
  ["100", 2],
  ["1E125", 2],
])("the number %s costs %d bytes", (text, bytes) => {
  expect(itemSize(normalizeAttributes({ n: { N: text } }))).toBe(1 + bytes);
});
