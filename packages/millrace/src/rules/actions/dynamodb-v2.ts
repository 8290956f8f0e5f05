/** DynamoDBv2: the output, an object, is an item; each member is an attribute. */

import { assert } from "../../base/mod.ts";
import {
  entriesOf,
  isArray,
  isNumber,
  isObject,
  numberText,
  type ObjectValue,
  type SqlVersion,
  type Value,
} from "../../sql/mod.ts";
import type { ActionDefinition } from "../definition.ts";
import type { AttributeMap, AttributeValue } from "../ports.ts";
import type { ActionInput, ActionProblem, ActionSetting, LoadedAction } from "./action.ts";

type DynamoDBv2 = Extract<ActionDefinition, { kind: "dynamoDBv2" }>;

export function loadDynamoDBv2(definition: DynamoDBv2, setting: ActionSetting): LoadedAction {
  const { ports, version } = setting;
  async function perform({ output }: ActionInput): Promise<ActionProblem> {
    if (!isObject(output.value)) return "the result is not a JSON object, which an item must be";
    await ports.putItem(definition.tableName, attributesOf(output.value, version));
    return undefined;
  }
  return { ok: true, action: { kind: "dynamoDBv2", perform } };
}

function attributesOf(object: ObjectValue, version: SqlVersion): AttributeMap {
  const attributes: [string, AttributeValue][] = [];
  for (const [name, value] of entriesOf(object)) {
    if (value !== undefined) attributes.push([name, attributeOf(value, version)]);
  }
  return Object.fromEntries(attributes);
}

function attributeOf(value: Exclude<Value, undefined>, version: SqlVersion): AttributeValue {
  if (typeof value === "string") return { S: value };
  if (typeof value === "boolean") return { BOOL: value };
  if (value === null) return { NULL: true };
  if (isNumber(value)) return { N: numberText(value, version) };
  if (isArray(value)) {
    const items = value.filter((item) => item !== undefined);
    return { L: items.map((item) => attributeOf(item, version)) };
  }
  assert(isObject(value), "a value that is nothing else is an object");
  return { M: attributesOf(value, version) };
}
