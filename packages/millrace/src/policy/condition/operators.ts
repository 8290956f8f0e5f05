/**
 * The condition operators: their names, taken apart, and how each compares one value of a request
 * with one value of the policy.
 *
 * There are eight families of comparison. `Not...` is the same comparison turned round; `IfExists`,
 * `ForAllValues:` and `ForAnyValue:` are about keys that are absent or have many values, and stand
 * in `condition.ts`.
 */

import { compareBytes, fromBase64 } from "../../base/mod.ts";
import { compileArnPattern, isArnPattern } from "../match/arn-pattern.ts";
import type { Context } from "../match/context.ts";
import { Pattern } from "../match/pattern.ts";
import { type PatternSyntax, parsePieces } from "../match/pieces.ts";
import { parseAddressRange, rangeHolds } from "./addresses.ts";
import { compareDates, dateForm, parseDate } from "./dates.ts";
import { compareDecimals, parseDecimal } from "./decimals.ts";

/** A value of the policy, ready to be compared. */
export interface Comparison {
  /** Normalized keys of the variables in it. */
  readonly keys: readonly string[];
  matches(value: string, context: Context): boolean;
}

type Version = PatternSyntax["version"];

interface Family {
  /** What is wrong with a value of the policy; `undefined` when nothing is. */
  complain(text: string, version: Version): string | undefined;
  compile(text: string, version: Version): Comparison;
}

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
  version: Version,
): string | undefined {
  if (operator.name === "Null") return booleans.complain(text, version);
  return operators[operator.name]!.family.complain(text, version);
}

/** The spelling that was meant, when only case differs or `Equals` is short of its `s`. */
export function suggestOperator(text: string): string | undefined {
  const wanted = text.toLowerCase().replace(/equal(?!s)/, "equals");
  const [prefix] = /^[^:]*:/.exec(text) ?? [""];
  const suffix = /ifexists$/.test(wanted) ? "IfExists" : "";
  const bare = wanted.slice(prefix.length).replace(/ifexists$/, "");
  const name = [...Object.keys(operators), "Null"].find((one) => one.toLowerCase() === bare);
  const set = ["ForAllValues:", "ForAnyValue:"].find(
    (one) => one.toLowerCase() === prefix.toLowerCase(),
  );
  if (!name || (prefix !== "" && !set)) return undefined;
  const meant = `${set ?? ""}${name}${suffix}`;
  return parseOperator(meant) ? meant : undefined;
}

/** How an operator other than `Null` compares. */
export function comparisonOf(name: string): { readonly family: Family; readonly negated: boolean } {
  return operators[name]!;
}

const texts: Family = {
  complain: (text, version) => variableComplaint(text, { version, wildcards: false }),
  compile: (text, version) => new Pattern(text, { version, wildcards: false }),
};

const textsIgnoringCase: Family = {
  complain: texts.complain,
  compile(text, version) {
    const { keys, ...pattern } = caseless(new Pattern(text, { version, wildcards: false }));
    return { keys, ...pattern };
  },
};

/** Compared in lower case, what variables become included. */
function caseless(pattern: Pattern): Comparison {
  const own = pattern.closed?.literal?.toLowerCase();
  return {
    keys: pattern.keys,
    matches(value, context) {
      const wanted = own ?? pattern.resolve(context)?.literal?.toLowerCase();
      return wanted === value.toLowerCase();
    },
  };
}

const patterns: Family = {
  complain: (text, version) => variableComplaint(text, { version, wildcards: true }),
  compile: (text, version) => new Pattern(text, { version, wildcards: true }),
};

const arns: Family = {
  complain(text, version) {
    const parsed = parsePieces(text, { version, wildcards: true });
    if (!parsed.ok) return parsed.message;
    return isArnPattern(parsed.pieces) ? undefined : `'${text}' is not an ARN of six parts`;
  },
  compile: (text, version) => compileArnPattern(text, { version, wildcards: true }),
};

const booleans: Family = {
  complain: (text) => (/^(true|false)$/i.test(text) ? undefined : `'${text}' is not true or false`),
  compile(text) {
    const wanted = text.toLowerCase();
    return { keys: [], matches: (value) => value.toLowerCase() === wanted };
  },
};

const binaries: Family = {
  complain: (text) => (fromBase64(text) ? undefined : `'${text}' is not base64`),
  compile(text) {
    const wanted = fromBase64(text)!;
    const matches = (value: string): boolean => {
      const bytes = fromBase64(value);
      return bytes !== undefined && compareBytes(bytes, wanted) === 0;
    };
    return { keys: [], matches };
  },
};

const addresses: Family = {
  complain: (text) =>
    parseAddressRange(text)
      ? undefined
      : `'${text}' is not an IP address or a range such as 203.0.113.0/24`,
  compile(text) {
    const range = parseAddressRange(text)!;
    return { keys: [], matches: (value) => rangeHolds(range, value) };
  },
};

type Order = (difference: number) => boolean;

const equal: Order = (difference) => difference === 0;
const less: Order = (difference) => difference < 0;
const lessOrEqual: Order = (difference) => difference <= 0;
const greater: Order = (difference) => difference > 0;
const greaterOrEqual: Order = (difference) => difference >= 0;

function numbers(holds: Order): Family {
  return {
    complain: (text) => (parseDecimal(text) ? undefined : `'${text}' is not a number`),
    compile(text) {
      const wanted = parseDecimal(text)!;
      const matches = (value: string): boolean => {
        const given = parseDecimal(value);
        return given !== undefined && holds(compareDecimals(given, wanted));
      };
      return { keys: [], matches };
    },
  };
}

function dates(holds: Order): Family {
  return {
    complain: (text) =>
      parseDate(text) === undefined ? `'${text}' is not ${dateForm}` : undefined,
    compile(text) {
      const wanted = parseDate(text)!;
      const matches = (value: string): boolean => {
        const given = parseDate(value);
        return given !== undefined && holds(compareDates(given, wanted));
      };
      return { keys: [], matches };
    },
  };
}

function variableComplaint(text: string, syntax: PatternSyntax): string | undefined {
  const parsed = parsePieces(text, syntax);
  return parsed.ok ? undefined : parsed.message;
}

const operators: Readonly<Record<string, { family: Family; negated: boolean }>> = {
  StringEquals: { family: texts, negated: false },
  StringNotEquals: { family: texts, negated: true },
  StringEqualsIgnoreCase: { family: textsIgnoringCase, negated: false },
  StringNotEqualsIgnoreCase: { family: textsIgnoringCase, negated: true },
  StringLike: { family: patterns, negated: false },
  StringNotLike: { family: patterns, negated: true },
  NumericEquals: { family: numbers(equal), negated: false },
  NumericNotEquals: { family: numbers(equal), negated: true },
  NumericLessThan: { family: numbers(less), negated: false },
  NumericLessThanEquals: { family: numbers(lessOrEqual), negated: false },
  NumericGreaterThan: { family: numbers(greater), negated: false },
  NumericGreaterThanEquals: { family: numbers(greaterOrEqual), negated: false },
  DateEquals: { family: dates(equal), negated: false },
  DateNotEquals: { family: dates(equal), negated: true },
  DateLessThan: { family: dates(less), negated: false },
  DateLessThanEquals: { family: dates(lessOrEqual), negated: false },
  DateGreaterThan: { family: dates(greater), negated: false },
  DateGreaterThanEquals: { family: dates(greaterOrEqual), negated: false },
  Bool: { family: booleans, negated: false },
  BinaryEquals: { family: binaries, negated: false },
  IpAddress: { family: addresses, negated: false },
  NotIpAddress: { family: addresses, negated: true },
  ArnEquals: { family: arns, negated: false },
  ArnNotEquals: { family: arns, negated: true },
  ArnLike: { family: arns, negated: false },
  ArnNotLike: { family: arns, negated: true },
};

/**
 * Whether variables mean anything in values of this operator. [IAM: variables, Condition element]
 */
export function takesVariables(name: string): boolean {
  return /^(String|Arn)/.test(name);
}
