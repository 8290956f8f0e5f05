/**
 * The expressions of a request and the placeholders they share, and the rule that they do not mix
 * with the parameters that came before them.
 */

import {
  type Condition,
  compileCondition,
  compileProjection,
  type ExpressionKind,
  type Item,
  Placeholders,
  type Projection,
} from "../../expressions/mod.ts";
import { accepted, refuseInvalid, reworded } from "../errors.ts";
import { messages } from "../messages.ts";
import type { GivenItem, StructureShape } from "./shape.ts";
import { checkNameSize, normalizeAttributes, normalizeValue } from "./values.ts";

interface PlaceholderMembers {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: GivenItem | undefined;
}

/** Parameters that an expression has replaced, in the order in which they are named. */
const olderParameters = [
  "AttributesToGet",
  "AttributeUpdates",
  "Expected",
  "QueryFilter",
  "ScanFilter",
  "ConditionalOperator",
  "KeyConditions",
];

/** Those that are expressions; all but the first may use values. */
const expressionParameters = [
  "ProjectionExpression",
  "UpdateExpression",
  "ConditionExpression",
  "FilterExpression",
  "KeyConditionExpression",
];

/**
 * Refuses a request of both kinds, then placeholders of one that has no expression. The shape says
 * which expressions the request could have.
 */
export function checkExpressionMembers(shape: StructureShape, input: PlaceholderMembers): void {
  const given = (names: readonly string[]) => names.filter((name) => Object.hasOwn(input, name));
  const expressions = given(expressionParameters);
  // KeyConditions may stand beside other expressions than the one that has replaced them.
  const replaced = expressions.includes("KeyConditionExpression");
  const older = given(olderParameters).filter((name) => name !== "KeyConditions" || replaced);
  if (older.length > 0 && expressions.length > 0) {
    refuseInvalid(messages.mixedParameters(older, expressions));
  }
  if (input.ExpressionAttributeNames && expressions.length === 0) {
    refuseInvalid(messages.namesWithoutExpression);
  }
  if (!input.ExpressionAttributeValues) return;
  const [projection, ...others] = expressionParameters;
  if (expressions.some((name) => name !== projection)) return;
  const possible = others.filter((name) => Object.hasOwn(shape.members, name));
  refuseInvalid(messages.valuesWithoutExpression(possible));
}

/** Refuses an empty map, names of the wrong form and values that are not valid. */
export function readPlaceholders(
  input: PlaceholderMembers,
  readValues: (values: GivenItem) => Item = normalizeAttributes,
): Placeholders {
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input;
  if (names) {
    checkSyntax("ExpressionAttributeNames", names, /^#\w{1,254}$/);
    for (const key in names) checkName(key, names[key]!);
  }
  if (values) checkSyntax("ExpressionAttributeValues", values, /^:\w{1,254}$/);
  return new Placeholders({ names, values: values && readValues(values) });
}

/** The same for reads, whose complaints name the placeholder. */
export function readNamedPlaceholders(input: PlaceholderMembers): Placeholders {
  return readPlaceholders(input, (values) =>
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => {
        const reword = (reason: string) =>
          messages.valueInvalid("ExpressionAttributeValues", key, reason);
        return [key, reworded(reword, () => normalizeValue(value))];
      }),
    ),
  );
}

function checkSyntax(member: string, placeholders: object, pattern: RegExp): void {
  const keys = Object.keys(placeholders);
  if (keys.length === 0) refuseInvalid(messages.emptyPlaceholders(member));
  const wrong = keys.find((key) => !pattern.test(key));
  if (wrong !== undefined) refuseInvalid(messages.placeholderSyntax(member, wrong));
}

function checkName(key: string, name: string): void {
  if (name === "") {
    refuseInvalid(messages.valueInvalid("ExpressionAttributeNames", key, messages.nameEmpty));
  }
  checkNameSize(name);
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

/** What `ProjectionExpression` or the older `AttributesToGet` picks; `undefined`: everything. */
export function readProjection(
  input: {
    readonly ProjectionExpression?: string | undefined;
    readonly AttributesToGet?: readonly string[] | undefined;
  },
  placeholders: Placeholders,
): Projection | undefined {
  const { ProjectionExpression: source, AttributesToGet: names } = input;
  if (source !== undefined) return accepted(compileProjection(source, placeholders));
  if (!names) return undefined;
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) refuseInvalid(messages.attributeRepeated(twice));
  const attributeNames = new Set(names);
  const project = (item: Item) =>
    Object.fromEntries(Object.entries(item).filter(([name]) => attributeNames.has(name)));
  return { project, attributeNames };
}
