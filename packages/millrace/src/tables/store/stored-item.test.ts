import { expect, test } from "bun:test";
import { textOf, utf8 } from "../../base/mod.ts";
import { itemSize } from "./item-size.ts";
import { decodeItem, encodeItem, StoredItem, sizeOfItem } from "./stored-item.ts";

const item = { id: { S: "ä" }, n: { N: "-12.5" }, l: { L: [{ BOOL: true }, { S: "" }] } };

/** Written between other bytes, which must stay. */
function jsonOf(stored: StoredItem): string {
  const target = Buffer.alloc(stored.jsonBytes + 2, "#");
  expect(stored.writeJson(target, 1)).toBe(1 + stored.jsonBytes);
  expect([target[0], target.at(-1)]).toEqual([35, 35]);
  return textOf(target.subarray(1, -1));
}

test("an item comes back from its bytes, with its size and the JSON that answers show", () => {
  const stored = new StoredItem(encodeItem(item));
  expect(stored.item).toEqual(item);
  expect(stored.size).toBe(itemSize(item));
  expect(jsonOf(stored)).toBe(JSON.stringify(item));
});

test("a large item's size needs all three of its bytes", () => {
  const large = { id: { S: "x".repeat(400_000) } };
  expect(sizeOfItem(encodeItem(large))).toBe(400_002);
});

test("items of a store from before there were sizes are read as they were", () => {
  const bytes = utf8(JSON.stringify(item));
  expect(decodeItem(bytes)).toEqual(item);
  const stored = new StoredItem(bytes);
  expect([stored.size, jsonOf(stored)]).toEqual([itemSize(item), JSON.stringify(item)]);
});
