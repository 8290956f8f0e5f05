import { expect, test } from "bun:test";
import { bindKeyCondition, compileKeyCondition, Placeholders } from "./mod.ts";

const schema = {
  partitionKey: { name: "pk", type: "S" },
  sortKey: { name: "sk", type: "N" },
};
const values = {
  ":p": { S: "q" },
  ":n": { N: "1" },
  ":m": { N: "5" },
  ":flag": { BOOL: true },
} as const;
const partition = values[":p"];

function bind(source: string, keys: Parameters<typeof bindKeyCondition>[1] = schema) {
  const draft = compileKeyCondition(source, new Placeholders({ values }));
  if (!draft.ok) return draft.message;
  const bound = bindKeyCondition(draft.value, keys);
  return bound.ok ? bound.value : bound.message;
}

test.each([
  ["pk = :p", { partition }],
  ["pk = :p AND sk = :n", { partition, sort: { operator: "=", value: { N: "1" } } }],
  ["sk < :n and (pk = :p)", { partition, sort: { operator: "<", value: { N: "1" } } }],
  [":p = pk AND :n <= sk", { partition, sort: { operator: ">=", value: { N: "1" } } }],
  [
    "pk = :p AND sk BETWEEN :n AND :m",
    { partition, sort: { operator: "between", lower: { N: "1" }, upper: { N: "5" } } },
  ],
])("%s can be searched", (source, expected) => {
  expect(bind(source)).toEqual(expected as never);
});

const operand =
  "Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function:";
const schemaType =
  "One or more parameter values were invalid: Condition parameter type does not match schema type";

test.each([
  ["pk = :p AND begins_with(sk, :n)", `${operand} begins_with, operand type: N`],
  ["pk = :p AND :flag >= sk", `${operand} >=, operand type: BOOL`],
  ["pk = :p AND sk = :flag", schemaType],
  ["pk = :p AND begins_with(sk, :p)", schemaType],
  ["sk = :n", "Query condition missed key schema element: pk"],
  ["pk = :p AND another = :n", "Query condition missed key schema element: sk"],
  ["pk > :p", "Query key condition not supported"],
  ["pk = :p OR sk = :n", "Invalid operator used in KeyConditionExpression: OR"],
  ["NOT pk = :p", "Invalid operator used in KeyConditionExpression: NOT"],
  ["pk <> :p", "Invalid operator used in KeyConditionExpression: <>"],
  ["pk IN (:p)", "Invalid operator used in KeyConditionExpression: IN"],
  ["attribute_exists(pk)", "Invalid operator used in KeyConditionExpression: attribute_exists"],
  [
    "pk.a = :p",
    "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes",
  ],
  [
    "pk = :p AND size(sk) = :n",
    "Invalid KeyConditionExpression: KeyConditionExpressions cannot contain nested operations",
  ],
  [":p = :n", "Invalid condition in KeyConditionExpression: No key attribute specified"],
  [
    "pk = sk",
    "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
  ],
  [
    "pk = :p AND :n BETWEEN sk AND :m",
    "Invalid condition in KeyConditionExpression: BETWEEN operator must have the key attribute as its first operand",
  ],
  [
    "pk = :p AND sk > :n AND sk < :m",
    "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key",
  ],
  [
    "pk = :p AND sk > :n AND extra = :m",
    "The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)",
  ],
])("%s is refused: %s", (source, message) => {
  expect(bind(source)).toBe(message);
});

test("the first problem written is the first named", () => {
  expect(bind("begins_with(sk, :n) AND pk = :missing")).toBe(
    `${operand} begins_with, operand type: N`,
  );
  expect(bind("pk = :missing AND begins_with(sk, :n)")).toContain("attribute value: :missing");
});
