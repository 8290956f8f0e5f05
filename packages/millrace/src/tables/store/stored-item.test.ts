import { expect, test } from "bun:test";
import { textOf, utf8 } from "../../base/mod.ts";
import { itemSize } from "./item-size.ts";
import { decodeItem, encodeItem, StoredItem, sizeOfItem } from "./stored-item.ts";

const item = { id: { S: "ä" }, n: { N: "-12.5" }, l: { L: [{ BOOL: true }, { S: "" }] } };

test("an item comes back from its bytes, with its size and the JSON that answers show", () => {
  const stored = new StoredItem(encodeItem(item));
  expect(stored.item).toEqual(item);
  expect(stored.size).toBe(itemSize(item));
  expect(textOf(stored.json)).toBe(JSON.stringify(item));
});

test("a large item's size needs all three of its bytes", () => {
  const large = { id: { S: "x".repeat(400_000) } };
  expect(sizeOfItem(encodeItem(large))).toBe(400_002);
});

test("items of a store from before there were sizes are read as they were", () => {
  const bytes = utf8(JSON.stringify(item));
  expect(decodeItem(bytes)).toEqual(item);
  const stored = new StoredItem(bytes);
  expect([stored.size, textOf(stored.json)]).toEqual([itemSize(item), JSON.stringify(item)]);
});
