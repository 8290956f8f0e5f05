/**
 * One line of a `Condition` block: an operator, a key, and the policy's values for it.
 *
 * | the key | plain operator | negated (`Not...`) | `ForAllValues:` | `ForAnyValue:` |
 * | --- | --- | --- | --- | --- |
 * | absent | false | true | true | false |
 * | absent, with `IfExists` | true | true | true | true |
 * | has values | some value matches some | none matches any | each alone holds | one does |
 *
 * [IAM: condition operators; multivalued context keys]
 */

import type { Condition, PolicyDocument } from "../document.ts";
import { type Context, normalizeKey } from "../match/context.ts";
import type { Comparison } from "./families.ts";
import { comparisonOf } from "./operators.ts";

export interface CompiledCondition {
  readonly source: Condition;
  readonly key: string;
  holds(context: Context): boolean;
  /** Whether the context says, once and for all, whether it holds. */
  isSettledBy(context: Context): boolean;
}

/** Compiles a condition of a parsed document, of the version that the document has. */
export function compileCondition(
  source: Condition,
  version: PolicyDocument["version"],
): CompiledCondition {
  const key = normalizeKey(source.key);
  if (source.operator === "Null") return compileNull(source, key);
  const { family, negated } = comparisonOf(source.operator);
  const comparisons = source.values.map((value) => family.compile(value, version));
  const absent = source.ifExists || (source.set ? source.set === "all" : negated);
  const keys = [key, ...comparisons.flatMap((comparison) => comparison.keys)];
  const test = testOf(source, comparisons, negated);
  return {
    source,
    key,
    holds(context) {
      const values = context.valuesOf(key);
      return values.length === 0 ? absent : test(values, context);
    },
    isSettledBy: (context) => keys.every((one) => context.settles(one)),
  };
}

function compileNull(source: Condition, key: string): CompiledCondition {
  const wanted = source.values.map((value) => value.toLowerCase());
  return {
    source,
    key,
    holds: (context) => wanted.includes(String(context.valuesOf(key).length === 0)),
    isSettledBy: (context) => context.settles(key),
  };
}

/** For a key that has values. */
function testOf(
  { set }: Condition,
  comparisons: readonly Comparison[],
  negated: boolean,
): (values: readonly string[], context: Context) => boolean {
  const matchesSome = (value: string, context: Context): boolean =>
    comparisons.some((comparison) => comparison.matches(value, context));
  if (set === "all") {
    return (values, context) => values.every((value) => matchesSome(value, context) !== negated);
  }
  if (set === "any") {
    return (values, context) => values.some((value) => matchesSome(value, context) !== negated);
  }
  return (values, context) => values.some((value) => matchesSome(value, context)) !== negated;
}
