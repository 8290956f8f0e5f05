/**
 * What Lambda checks of a request before it looks at anything else: that members are there, and how
 * they must look. All that is wrong is said at once, in Lambda's words.
 */

import type { Refusal } from "./answers.ts";

export interface Constraint {
  readonly required?: true;
  /** Of the whole text, as it is told. */
  readonly pattern?: string;
  readonly lengthMax?: number;
  readonly oneOf?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

export type Constraints = Readonly<Record<string, Constraint>>;

/** As a path or a member names a function. */
export const functionNamePattern =
  "(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?" +
  "([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?";

export const versionPattern = "(\\$LATEST|[0-9]+)";
export const aliasPattern = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)";
export const descriptionConstraint: Constraint = { lengthMax: 256 };

/** Why the members cannot be taken; `undefined`: they can. */
export function checkConstraints(
  members: Readonly<Record<string, unknown>>,
  constraints: Constraints,
): { readonly refusal: Refusal } | undefined {
  const wrong = Object.entries(constraints).flatMap(([name, constraint]) => {
    const value = members[name] ?? undefined;
    const rule = brokenRule(value, constraint);
    return rule === undefined ? [] : [describe(name, value, rule)];
  });
  return wrong.length > 0 ? { refusal: invalid(wrong) } : undefined;
}

/** One that only what reads it can check: `rule` goes on behind "Member must". */
export function violated(name: string, value: unknown, rule: string): Refusal {
  return invalid([describe(name, value, rule)]);
}

/** A text that names no function. */
export function noFunctionName(value: string): Refusal {
  const isLong = /^[\w-]{65,}$/.test(value);
  const rule = isLong ? length(64) : matching(functionNamePattern);
  return violated("FunctionName", value, rule);
}

function brokenRule(value: unknown, constraint: Constraint): string | undefined {
  if (value === undefined) return constraint.required && "not be null";
  const { pattern, lengthMax, oneOf, min, max } = constraint;
  if (typeof value === "number") {
    if (min !== undefined && value < min) return `have value greater than or equal to ${min}`;
    if (max !== undefined && value > max) return `have value less than or equal to ${max}`;
    return Number.isInteger(value) ? undefined : "have an integer value";
  }
  if (typeof value !== "string") return undefined;
  if (lengthMax !== undefined && value.length > lengthMax) return length(lengthMax);
  if (oneOf && !oneOf.includes(value)) return `satisfy enum value set: [${oneOf.join(", ")}]`;
  const isLike = pattern === undefined || new RegExp(`^(?:${pattern})$`).test(value);
  return isLike ? undefined : matching(pattern);
}

function length(max: number): string {
  return `have length less than or equal to ${max}`;
}

function matching(pattern: string): string {
  return `satisfy regular expression pattern: ${pattern}`;
}

function describe(name: string, value: unknown, rule: string): string {
  const place = name.charAt(0).toLowerCase() + name.slice(1);
  const told = value === undefined ? "null" : `'${value}'`;
  return `Value ${told} at '${place}' failed to satisfy constraint: Member must ${rule}`;
}

function invalid(wrong: readonly string[]): Refusal {
  const count = wrong.length === 1 ? "1 validation error" : `${wrong.length} validation errors`;
  const message = `${count} detected: ${wrong.join("; ")}`;
  return { status: 400, type: "ValidationException", message };
}
