/**
 * The condition operators by name. `Not...` is the same comparison turned round; `IfExists`,
 * `ForAllValues:` and `ForAnyValue:` are about keys that are absent or have many values, and stand
 * in `condition.ts`, as does what `Null` means.
 */

import type { PolicyDocument } from "../document.ts";
import * as families from "./families.ts";

export interface Operator {
  /** Without prefix and suffix, e.g. `StringLike`. */
  readonly name: string;
  readonly set?: "all" | "any";
  readonly ifExists: boolean;
}

/** Takes `ForAnyValue:StringLikeIfExists` apart; undefined when there is no such operator. */
export function parseOperator(text: string): Operator | undefined {
  const match = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(text);
  const name = match?.[2];
  if (!match || !name) return undefined;
  const ifExists = match[3] !== undefined;
  const set = match[1] === undefined ? undefined : match[1] === "ForAllValues" ? "all" : "any";
  if (name === "Null") return ifExists || set ? undefined : { name, ifExists };
  if (!Object.hasOwn(operators, name)) return undefined;
  return { name, ifExists, ...(set && { set }) };
}

/** What is wrong with a value of the policy for this operator; `undefined` when nothing is. */
export function complainAboutValue(
  operator: Operator,
  text: string,
  version: PolicyDocument["version"],
): string | undefined {
  if (operator.name === "Null") return families.booleans.complain(text, version);
  return operators[operator.name]!.family.complain(text, version);
}

/** How an operator other than `Null` compares. */
export function comparisonOf(name: string): {
  readonly family: families.Family;
  readonly negated: boolean;
} {
  return operators[name]!;
}

const operators: Readonly<Record<string, { family: families.Family; negated: boolean }>> = {
  StringEquals: { family: families.texts, negated: false },
  StringNotEquals: { family: families.texts, negated: true },
  StringEqualsIgnoreCase: { family: families.textsIgnoringCase, negated: false },
  StringNotEqualsIgnoreCase: { family: families.textsIgnoringCase, negated: true },
  StringLike: { family: families.patterns, negated: false },
  StringNotLike: { family: families.patterns, negated: true },
  NumericEquals: { family: families.numbers(families.equal), negated: false },
  NumericNotEquals: { family: families.numbers(families.equal), negated: true },
  NumericLessThan: { family: families.numbers(families.less), negated: false },
  NumericLessThanEquals: { family: families.numbers(families.lessOrEqual), negated: false },
  NumericGreaterThan: { family: families.numbers(families.greater), negated: false },
  NumericGreaterThanEquals: { family: families.numbers(families.greaterOrEqual), negated: false },
  DateEquals: { family: families.dates(families.equal), negated: false },
  DateNotEquals: { family: families.dates(families.equal), negated: true },
  DateLessThan: { family: families.dates(families.less), negated: false },
  DateLessThanEquals: { family: families.dates(families.lessOrEqual), negated: false },
  DateGreaterThan: { family: families.dates(families.greater), negated: false },
  DateGreaterThanEquals: { family: families.dates(families.greaterOrEqual), negated: false },
  Bool: { family: families.booleans, negated: false },
  BinaryEquals: { family: families.binaries, negated: false },
  IpAddress: { family: families.addresses, negated: false },
  NotIpAddress: { family: families.addresses, negated: true },
  ArnEquals: { family: families.arns, negated: false },
  ArnNotEquals: { family: families.arns, negated: true },
  ArnLike: { family: families.arns, negated: false },
  ArnNotLike: { family: families.arns, negated: true },
};

/**
 * Whether variables mean anything in values of this operator. [IAM: variables, Condition element]
 */
export function takesVariables(name: string): boolean {
  return /^(String|Arn)/.test(name);
}

/** Every operator as a document may spell it, to find the one that was meant. */
export const operatorSpellings: readonly string[] = [
  "Null",
  ...["", "ForAllValues:", "ForAnyValue:"].flatMap((prefix) =>
    Object.keys(operators).flatMap((name) => [`${prefix}${name}`, `${prefix}${name}IfExists`]),
  ),
];
