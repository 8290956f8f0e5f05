/** An item of a table as plain JSON, as `get_dynamodb` gives it to a statement of a rule. */

import type { AttributeValue, Item } from "../../expressions/mod.ts";

/** Numbers keep their digits; sets become arrays, and bytes stay in base64. */
export function itemJson(item: Item): string {
  const members = Object.entries(item).map(
    ([name, value]) => `${JSON.stringify(name)}:${attributeJson(value)}`,
  );
  return `{${members.join(",")}}`;
}

function attributeJson(value: AttributeValue): string {
  if ("N" in value) return value.N; // plain decimal, which is JSON too
  if ("NS" in value) return `[${value.NS.join(",")}]`;
  if ("NULL" in value) return "null";
  if ("M" in value) return itemJson(value.M);
  if ("L" in value) return `[${value.L.map(attributeJson).join(",")}]`;
  return JSON.stringify(Object.values(value)[0]);
}
