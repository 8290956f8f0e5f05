/**
 * The conditions of a request that came before expressions: Expected, filters and key conditions.
 */

import {
  type AttributeValue,
  type Condition,
  checkLegacyComparison,
  compileLegacyConditions,
  type KeyComparison,
  type LegacyComparison,
} from "../../expressions/mod.ts";
import { accepted, refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";
import type { PutItemInput, QueryInput } from "./item-shapes.ts";
import { normalizeValue } from "./values.ts";

type Expected = NonNullable<PutItemInput["Expected"]>;
type LegacyConditions = NonNullable<QueryInput["KeyConditions"]>;
type JoinedBy = "AND" | "OR" | undefined;

/** The condition of a write; `undefined` when the request has none. */
export function readExpected(
  expected: Expected | undefined,
  joinedBy: JoinedBy,
): Condition | undefined {
  checkJoin(expected, joinedBy);
  if (!expected) return undefined;
  const comparisons = Object.entries(expected).map(([name, one]) => readExpectation(name, one));
  for (const comparison of comparisons) accepted(checkLegacyComparison(comparison));
  return accepted(compileLegacyConditions(comparisons, joinedBy ?? "AND"));
}

/** The filter of a Query or Scan; `undefined` when the request has none. */
export function readFilter(
  conditions: LegacyConditions | undefined,
  joinedBy: JoinedBy,
): Condition | undefined {
  checkJoin(conditions, joinedBy);
  if (!conditions) return undefined;
  return accepted(compileLegacyConditions(readComparisons(conditions), joinedBy ?? "AND"));
}

/** What a Query looks for, by attribute. */
export function readKeyConditions(conditions: LegacyConditions): Map<string, KeyComparison> {
  return new Map(readComparisons(conditions).map((one) => [one.attribute, keyComparison(one)]));
}

function readComparisons(conditions: LegacyConditions): LegacyComparison[] {
  return Object.entries(conditions).map(([attribute, condition]) => {
    const values = (condition.AttributeValueList ?? []).map((value) => normalizeValue(value));
    const comparison = { attribute, operator: condition.ComparisonOperator, values };
    accepted(checkLegacyComparison(comparison));
    return comparison;
  });
}

function checkJoin(conditions: object | undefined, joinedBy: JoinedBy): void {
  if (!joinedBy) return;
  if (!conditions) refuseInvalid(messages.operatorUnwanted);
  if (Object.keys(conditions).length < 2) refuseInvalid(messages.operatorAlone);
}

function readExpectation(attribute: string, expectation: Expected[string]): LegacyComparison {
  const { Value, Exists, ComparisonOperator: operator, AttributeValueList: list } = expectation;
  if (list && Value) refuseInvalid(messages.valueAndList(attribute));
  if (operator) {
    if (Exists !== undefined) refuseInvalid(messages.existsAndOperator(attribute));
    const unary = operator === "NULL" || operator === "NOT_NULL";
    if (!unary && !list && !Value) {
      refuseInvalid(messages.operatorValueMissing(operator, attribute));
    }
    const values = list ?? (Value ? [Value] : []);
    return { attribute, operator, values: values.map((value) => normalizeValue(value)) };
  }
  if (list) refuseInvalid(messages.listWithoutOperator(attribute));
  if (Exists === false) {
    if (Value) refuseInvalid(messages.valueWithoutExists(attribute));
    return { attribute, operator: "NULL", values: [] };
  }
  if (!Value) refuseInvalid(messages.existsWithoutValue(Exists, attribute));
  return { attribute, operator: "EQ", values: [normalizeValue(Value)] };
}

const keyOperators = { EQ: "=", LE: "<=", LT: "<", GE: ">=", GT: ">" } as const;

function keyComparison({ operator, values }: LegacyComparison): KeyComparison {
  const [first, second] = values as [AttributeValue, AttributeValue];
  switch (operator) {
    case "EQ":
    case "LE":
    case "LT":
    case "GE":
    case "GT":
      return { operator: keyOperators[operator], value: first };
    case "BEGINS_WITH":
      return { operator: "begins_with", value: first };
    case "BETWEEN":
      return { operator: "between", lower: first, upper: second };
    default:
      return refuseInvalid(messages.keyOperatorUnusable);
  }
}
