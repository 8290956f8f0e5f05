/**
 * The conditions that came before expressions: an operator and a list of values for an attribute.
 *
 * `Expected`, `QueryFilter`, `ScanFilter` and `KeyConditions` are made of them. An attribute that
 * is missing fails every operator but NULL, NE and NOT_CONTAINS, as the service has it.
 */

import { type AttributeValue, attributeOf, type Item, typeOf } from "./attribute-value.ts";
import { equalValues, orderValues } from "./compare.ts";
import type { Condition } from "./condition.ts";
import { attempt, messages, type Outcome, refuse } from "./errors.ts";
import { begins, contains, type Test } from "./predicates.ts";

export type LegacyOperator =
  | "EQ"
  | "NE"
  | "LE"
  | "LT"
  | "GE"
  | "GT"
  | "BETWEEN"
  | "IN"
  | "BEGINS_WITH"
  | "CONTAINS"
  | "NOT_CONTAINS"
  | "NULL"
  | "NOT_NULL";

export interface LegacyComparison {
  readonly attribute: string;
  readonly operator: LegacyOperator;
  readonly values: readonly AttributeValue[];
}

type Holds = (value: AttributeValue | undefined, operands: readonly AttributeValue[]) => boolean;

interface Operator {
  readonly countMin: number;
  readonly countMax: number;
  /** Types that an operand may have; absent: any. */
  readonly types?: readonly string[];
  readonly holds: Holds;
}

const scalars = ["S", "N", "B"];
const beginnings = ["S", "B"];

const ordered = (meets: (order: number) => boolean): Operator => ({
  countMin: 1,
  countMax: 1,
  types: scalars,
  holds: (value, [operand]) => {
    const order = value && orderValues(value, operand!);
    return order !== undefined && meets(order);
  },
});

const operators: Readonly<Record<LegacyOperator, Operator>> = {
  EQ: {
    countMin: 1,
    countMax: 1,
    holds: (value, [operand]) => value !== undefined && equalValues(value, operand!),
  },
  NE: {
    countMin: 1,
    countMax: 1,
    holds: (value, [operand]) => value === undefined || !equalValues(value, operand!),
  },
  LE: ordered((order) => order <= 0),
  LT: ordered((order) => order < 0),
  GE: ordered((order) => order >= 0),
  GT: ordered((order) => order > 0),
  BETWEEN: {
    countMin: 2,
    countMax: 2,
    types: scalars,
    holds: (value, [lower, upper]) => {
      if (!value) return false;
      const [fromLower, toUpper] = [orderValues(value, lower!), orderValues(value, upper!)];
      return fromLower !== undefined && fromLower >= 0 && toUpper !== undefined && toUpper <= 0;
    },
  },
  IN: {
    countMin: 1,
    countMax: Number.POSITIVE_INFINITY,
    types: scalars,
    holds: (value, operands) =>
      value !== undefined && operands.some((operand) => equalValues(value, operand)),
  },
  BEGINS_WITH: {
    countMin: 1,
    countMax: 1,
    types: beginnings,
    holds: (value, [operand]) => value !== undefined && begins(value, operand!),
  },
  CONTAINS: {
    countMin: 1,
    countMax: 1,
    types: scalars,
    holds: (value, [operand]) => value !== undefined && contains(value, operand!),
  },
  NOT_CONTAINS: {
    countMin: 1,
    countMax: 1,
    types: scalars,
    holds: (value, [operand]) => value === undefined || !contains(value, operand!),
  },
  NULL: { countMin: 0, countMax: 0, holds: (value) => value === undefined },
  NOT_NULL: { countMin: 0, countMax: 0, holds: (value) => value !== undefined },
};

/** One test of an item, joined by AND or OR; or why the service would refuse it. */
export function compileLegacyConditions(
  comparisons: readonly LegacyComparison[],
  joinedBy: "AND" | "OR",
): Outcome<Condition> {
  return attempt(() => {
    const tests = comparisons.map(compileComparison);
    return {
      test: (item: Item) =>
        joinedBy === "AND" ? tests.every((test) => test(item)) : tests.some((test) => test(item)),
      attributeNames: new Set(comparisons.map(({ attribute }) => attribute)),
    };
  });
}

/** Refuses a wrong number of values, then values that the operator cannot take. */
export function checkLegacyComparison({ operator, values }: LegacyComparison): Outcome<void> {
  return attempt(() => {
    const { countMin, countMax, types } = operators[operator];
    if (values.length < countMin || values.length > countMax) {
      refuse(messages.legacyCount(operator));
    }
    for (const value of values) {
      const type = typeOf(value);
      if (types && !types.includes(type)) refuse(messages.legacyType(operator, type));
    }
    if (operator === "IN" && new Set(values.map(typeOf)).size > 1) {
      refuse(messages.legacyMixedTypes);
    }
    if (operator === "BETWEEN") checkBounds(values[0]!, values[1]!);
  });
}

function checkBounds(lower: AttributeValue, upper: AttributeValue): void {
  const order = orderValues(lower, upper);
  if (order === undefined) refuse(messages.legacyMixedTypes);
  if (order > 0) refuse(messages.legacyBetweenOrder);
}

function compileComparison({ attribute, operator, values }: LegacyComparison): Test {
  const { holds } = operators[operator];
  return (item) => holds(attributeOf(item, attribute), values);
}
