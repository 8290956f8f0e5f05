/** The expressions of a request and the placeholders they share. */

import {
  type Condition,
  compileCondition,
  compileProjection,
  type ExpressionKind,
  Placeholders,
  type Project,
} from "../expressions/mod.ts";
import { accepted, messages, refuseInvalid } from "./errors.ts";
import { normalizeAttributes } from "./values.ts";

interface PlaceholderMembers {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: unknown;
}

/** Refuses placeholders of a request that has no expression to use them. */
export function checkPlaceholdersWanted(
  input: PlaceholderMembers,
  expressions: readonly (string | undefined)[],
): void {
  if (expressions.some((expression) => expression !== undefined)) return;
  if (input.ExpressionAttributeNames) refuseInvalid(messages.namesWithoutExpression);
  if (input.ExpressionAttributeValues) refuseInvalid(messages.valuesWithoutExpression);
}

/** Refuses an empty map, names of the wrong form and values that are not valid. */
export function readPlaceholders(input: PlaceholderMembers): Placeholders {
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input;
  if (names) checkSyntax("ExpressionAttributeNames", names, /^#\w+$/);
  if (values) checkSyntax("ExpressionAttributeValues", values, /^:\w+$/);
  return new Placeholders({ names, values: values ? normalizeAttributes(values) : undefined });
}

function checkSyntax(member: string, placeholders: object, pattern: RegExp): void {
  const keys = Object.keys(placeholders);
  if (keys.length === 0) refuseInvalid(messages.emptyPlaceholders(member));
  const wrong = keys.find((key) => !pattern.test(key));
  if (wrong !== undefined) refuseInvalid(messages.placeholderSyntax(member, wrong));
}

/** `undefined` when the request has none. */
export function readCondition(
  source: string | undefined,
  kind: ExpressionKind,
  placeholders: Placeholders,
): Condition | undefined {
  if (source === undefined) return undefined;
  return accepted(compileCondition(source, kind, placeholders));
}

/** `undefined` when the request has none. */
export function readProjection(
  source: string | undefined,
  placeholders: Placeholders,
): Project | undefined {
  return source === undefined ? undefined : accepted(compileProjection(source, placeholders));
}
