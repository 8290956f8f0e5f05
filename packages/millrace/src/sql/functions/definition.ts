/** What a function is: how many arguments it takes, and what it gives for them. */

import type { Regex } from "../regex/regex.ts";
import type { MessageContext } from "../scope.ts";
import type { Value } from "../value.ts";
import type { SqlVersion } from "../version.ts";

export interface FunctionDefinition {
  readonly argumentsMin: number;
  readonly argumentsMax: number;
  /** Absent in version 2015-10-08. */
  readonly since2016?: boolean;
  /**
   * The place, from 0, of an argument that must be a text literal: one of `texts`, or a pattern.
   */
  readonly literal?: { readonly place: number; readonly texts: readonly string[] | "pattern" };
  readonly body:
    | { readonly kind: "values"; readonly apply: (...values: Value[]) => Value }
    /** The second argument is a regular expression, compiled once with the statement. */
    | { readonly kind: "pattern"; readonly apply: PatternFunction }
    /** Reads the message too, and takes at most one argument. */
    | { readonly kind: "message"; readonly apply: MessageFunction }
    | { readonly kind: "notImplemented" };
}

export type MessageFunction = (message: MessageContext, ...values: Value[]) => Value;

/** `values` are the arguments without the pattern. */
export type PatternFunction = (regex: Regex, ...values: Value[]) => Value;

/** By name in lower case. */
export type FunctionTable = Readonly<Record<string, FunctionDefinition>>;

/** A family of functions; conversions to text differ between the versions. */
export type FunctionFamily = (version: SqlVersion) => FunctionTable;

export function onValues(
  counts: number | readonly [min: number, max: number],
  apply: (...values: Value[]) => Value,
): FunctionDefinition {
  const [argumentsMin, argumentsMax] = typeof counts === "number" ? [counts, counts] : counts;
  return { argumentsMin, argumentsMax, body: { kind: "values", apply } };
}

export function onMessage(apply: MessageFunction, argumentsMax = 0): FunctionDefinition {
  return { argumentsMin: 0, argumentsMax, body: { kind: "message", apply } };
}

export function onPattern(argumentCount: number, apply: PatternFunction): FunctionDefinition {
  return {
    argumentsMin: argumentCount,
    argumentsMax: argumentCount,
    literal: { place: 1, texts: "pattern" },
    body: { kind: "pattern", apply },
  };
}

/** Not in version 2015-10-08. */
export function since2016(definition: FunctionDefinition): FunctionDefinition {
  return { ...definition, since2016: true };
}

export const notImplemented: FunctionDefinition = {
  argumentsMin: 0,
  argumentsMax: Number.POSITIVE_INFINITY,
  body: { kind: "notImplemented" },
};
