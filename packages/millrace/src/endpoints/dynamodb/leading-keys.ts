/**
 * The condition keys of requests for items: `dynamodb:LeadingKeys`, the values of the partition
 * keys that a request names, and what it says of its answer. [DynamoDB: fine-grained access]
 *
 * A Scan names no key, so that the key is absent, as on AWS. Where a request is not as it must be
 * the leading key is the empty text, which no item has.
 */

import {
  type AttributeValue,
  attempt,
  bindKeyCondition,
  compileKeyCondition,
  normalizeNumber,
  Placeholders,
} from "../../expressions/mod.ts";
import type { ContextKeys } from "../../identity/mod.ts";
import type { Tables } from "../../tables/mod.ts";
import { listOf, type Members, membersOf, textOf } from "../rights.ts";

type Known = Pick<Tables, "definitionOf">;

const leadingKeys = "dynamodb:LeadingKeys";

/** Of a request for one item, which stands in `member`. */
export function itemKeys(
  input: Members,
  tables: Known,
  member: "Key" | "Item" = "Key",
): ContextKeys {
  const name = partitionOf(textOf(input.TableName), undefined, tables);
  const item = membersOf(input[member]);
  return { ...answerKeys(input), [leadingKeys]: [keyText(name === undefined ? "" : item[name])] };
}

/** Of what a batch asks of one table. */
export function batchKeys(tableName: string, request: unknown, tables: Known): ContextKeys {
  const name = partitionOf(tableName, undefined, tables);
  const reads = listOf(membersOf(request).Keys);
  const writes = listOf(request).flatMap((one) => {
    const { PutRequest, DeleteRequest } = membersOf(one);
    const put = PutRequest === undefined ? [] : [membersOf(PutRequest).Item];
    return DeleteRequest === undefined ? put : [...put, membersOf(DeleteRequest).Key];
  });
  const items = [...reads, ...writes].map(membersOf);
  const keys = items.map((item) => keyText(name === undefined ? "" : item[name]));
  return { [leadingKeys]: [...new Set(keys)] };
}

/** Of a Query. */
export function queryKeys(input: Members, tables: Known): ContextKeys {
  const { KeyConditionExpression, KeyConditions } = input;
  if (KeyConditionExpression === undefined && KeyConditions === undefined) return answerKeys(input);
  const schema = schemaOf(textOf(input.TableName), input.IndexName, tables);
  const isBoth = KeyConditionExpression !== undefined && KeyConditions !== undefined;
  const valueIn = KeyConditions === undefined ? conditionValue : legacyValue;
  const value = schema && !isBoth ? valueIn(input, schema) : undefined;
  return { ...answerKeys(input), [leadingKeys]: [keyText(value)] };
}

/** What the request says of its answer: all that a Scan has, whatever else it carries. */
export function answerKeys(input: Members): ContextKeys {
  const names = ["Select", "ReturnValues", "ReturnConsumedCapacity"];
  const given = names.filter((name) => typeof input[name] === "string");
  return Object.fromEntries(given.map((name) => [`dynamodb:${name}`, textOf(input[name])]));
}

type Schema = Parameters<typeof bindKeyCondition>[1];

/** The name of the partition key; `undefined`: there is no such table or index. */
function partitionOf(tableName: string, index: unknown, tables: Known): string | undefined {
  return partitionsOf(tableName, index, tables)[0];
}

/** What the partition key is made of, the first leading; nothing where there is none. */
export function partitionsOf(tableName: string, index: unknown, tables: Known): string[] {
  const schema = schemaOf(tableName, index, tables);
  if (!schema) return [];
  return [schema.partitionKey, ...(schema.furtherKeys?.partition ?? [])].map(({ name }) => name);
}

function schemaOf(tableName: string, index: unknown, tables: Known): Schema | undefined {
  const table = tables.definitionOf(tableName);
  return index === undefined ? table : table?.indexes?.find(({ name }) => name === index);
}

function legacyValue({ KeyConditions }: Members, { partitionKey }: Schema): unknown {
  const condition = membersOf(membersOf(KeyConditions)[partitionKey.name]);
  return condition.ComparisonOperator === "EQ"
    ? listOf(condition.AttributeValueList)[0]
    : undefined;
}

function conditionValue(input: Members, schema: Schema): unknown {
  const names = Object.entries(membersOf(input.ExpressionAttributeNames));
  const values = Object.entries(membersOf(input.ExpressionAttributeValues));
  const placeholders = new Placeholders({
    names: Object.fromEntries(names.map(([name, value]) => [name, textOf(value)])),
    values: Object.fromEntries(values.map(([name, value]) => [name, attributeValueOf(value)])),
  });
  const draft = compileKeyCondition(textOf(input.KeyConditionExpression), placeholders);
  if (!draft.ok) return undefined;
  const bound = bindKeyCondition(draft.value, schema);
  return bound.ok ? bound.value.partition : undefined;
}

/** A value of a request whose form nobody has checked yet; one without a type is no key's. */
export function attributeValueOf(value: unknown): AttributeValue {
  const given = membersOf(value);
  if (Object.keys(given).length === 0) return { NULL: true };
  return given as unknown as AttributeValue;
}

/** As policies compare it: a number in its one form, bytes in base64. */
export function keyText(value: unknown): string {
  const { S, N, B } = membersOf(value);
  if (typeof S === "string") return S;
  if (typeof B === "string") return B;
  if (typeof N !== "string") return "";
  const number = attempt(() => normalizeNumber(N));
  return number.ok ? number.value : "";
}
