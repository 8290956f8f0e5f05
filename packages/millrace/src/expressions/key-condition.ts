/**
 * Key conditions of a Query: the condition grammar, of which only a little is allowed.
 *
 * Two steps, because the service complains in two: what the expression alone shows
 * (`compileKeyCondition`), then what does not fit the table's key (`bindKeyCondition`).
 */

import { type AttributeValue, typeOf } from "./attribute-value.ts";
import { parseCondition } from "./condition.ts";
import { attempt, messages, type Outcome, refuse } from "./errors.ts";
import { type Operand, resolveOperand } from "./operands.ts";
import type { Placeholders } from "./placeholders.ts";
import { compilePredicate } from "./predicates.ts";
import { type ConditionNode, type PredicateNode, predicatesOf } from "./syntax.ts";

export type KeyComparison =
  | {
      readonly operator: "=" | "<" | "<=" | ">" | ">=" | "begins_with";
      readonly value: AttributeValue;
    }
  | {
      readonly operator: "between";
      readonly lower: AttributeValue;
      readonly upper: AttributeValue;
    };

/** One comparison per attribute, in the order written. */
export type KeyCondition = ReadonlyMap<string, KeyComparison>;

interface KeyAttribute {
  readonly name: string;
  readonly type: string;
}

export interface KeySchema {
  readonly partitionKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
  /** The attributes behind the first, where keys are made of several. */
  readonly furtherKeys?: {
    readonly partition: readonly KeyAttribute[];
    readonly sort: readonly KeyAttribute[];
  };
}

export interface BoundKeyCondition {
  readonly partition: AttributeValue;
  readonly sort?: KeyComparison;
  /** Where keys are made of several: the rest of the partition, and sort keys that are fixed. */
  readonly further?: {
    readonly partition: readonly AttributeValue[];
    readonly sort: readonly AttributeValue[];
  };
}

const prefix = "Invalid KeyConditionExpression: ";

/** Refuses what is unsound as an expression, with the parameter in front; the key comes later. */
export function compileKeyCondition(
  source: string,
  placeholders: Placeholders,
): Outcome<KeyConditionDraft> {
  const outcome = attempt(() => {
    const node = parseCondition(source);
    const predicates = predicatesOf(node);
    for (const predicate of predicates) compilePredicate(predicate, placeholders);
    return { node, predicates, placeholders };
  });
  return outcome.ok ? outcome : { ok: false, message: `${prefix}${outcome.message}` };
}

/** A key condition that is sound as an expression. */
export interface KeyConditionDraft {
  readonly node: ConditionNode;
  readonly predicates: readonly PredicateNode[];
  readonly placeholders: Placeholders;
}

/** What to look for, or why this table's key cannot be searched so. */
export function bindKeyCondition(
  draft: KeyConditionDraft,
  schema: KeySchema,
): Outcome<BoundKeyCondition> {
  return attempt(() => {
    checkConjunction(draft.node);
    const { comparisons, repeated } = collectComparisons(draft);
    const attributeCount = countAttributes(schema);
    if (repeated) refuse(`${prefix}${messages.keyRepeated}`);
    if (comparisons.size > attributeCount) {
      refuse(messages.keyCount(comparisons.size, attributeCount));
    }
    return bindToSchema(comparisons, schema);
  });
}

/** The same for the conditions that came before expressions, one for each attribute. */
export function bindKeyComparisons(
  comparisons: KeyCondition,
  schema: KeySchema,
): Outcome<BoundKeyCondition> {
  return attempt(() => {
    const most = Math.max(2, countAttributes(schema));
    if (comparisons.size < 1 || comparisons.size > most) refuse(messages.keyConditionsCount);
    return bindToSchema(comparisons, schema);
  });
}

function countAttributes({ sortKey, furtherKeys }: KeySchema): number {
  const further = furtherKeys ? furtherKeys.partition.length + furtherKeys.sort.length : 0;
  return (sortKey ? 2 : 1) + further;
}

function bindToSchema(comparisons: KeyCondition, schema: KeySchema): BoundKeyCondition {
  const { partitionKey, sortKey, furtherKeys } = schema;
  if (furtherKeys) return bindToSeveral(comparisons, schema, furtherKeys);
  const partition = comparisons.get(partitionKey.name);
  if (!partition) refuse(messages.keyMissing(partitionKey.name));
  const sort = sortKey && comparisons.get(sortKey.name);
  if (sortKey && !sort && comparisons.size > 1) refuse(messages.keyMissing(sortKey.name));
  if (partition.operator !== "=") refuse(messages.keyUnsupported);
  checkType(partition, partitionKey.type);
  if (!sortKey || !sort) return { partition: partition.value };
  checkType(sort, sortKey.type);
  return { partition: partition.value, sort };
}

/**
 * Every part of the partition key is fixed, then parts of the sort key from the left; only the last
 * that is named may be anything else than fixed.
 */
function bindToSeveral(
  comparisons: KeyCondition,
  { partitionKey, sortKey }: KeySchema,
  further: NonNullable<KeySchema["furtherKeys"]>,
): BoundKeyCondition {
  const wantedOf = ({ name, type }: KeyAttribute): KeyComparison => {
    const wanted = comparisons.get(name) ?? refuse(messages.keyMissing(name));
    checkType(wanted, type);
    return wanted;
  };
  const fixedTo = (attribute: KeyAttribute): AttributeValue => {
    const wanted = wantedOf(attribute);
    return wanted.operator === "=" ? wanted.value : refuse(messages.keyUnsupported);
  };
  const [partition, ...rest] = [partitionKey, ...further.partition].map(fixedTo);
  const sorts = sortKey ? [sortKey, ...further.sort] : [];
  const named = sorts.slice(0, comparisons.size - 1 - rest.length);
  const last = named.pop();
  const fixed = named.map(fixedTo);
  const bound = { partition: partition!, further: { partition: rest, sort: fixed } };
  return last ? { ...bound, sort: wantedOf(last) } : bound;
}

function checkType(comparison: KeyComparison, type: string): void {
  const values =
    comparison.operator === "between" ? [comparison.lower, comparison.upper] : [comparison.value];
  if (values.some((value) => typeOf(value) !== type)) refuse(messages.keyType);
}

function checkConjunction(node: ConditionNode): void {
  if (node.kind === "or" || node.kind === "not") {
    refuse(messages.keyOperator(node.kind.toUpperCase()));
  }
  if (node.kind !== "and") return;
  checkConjunction(node.left);
  checkConjunction(node.right);
}

function collectComparisons({ predicates, placeholders }: KeyConditionDraft) {
  const comparisons = new Map<string, KeyComparison>();
  let repeated = false;
  for (const predicate of predicates) {
    const [attribute, comparison] = comparisonOf(predicate, placeholders);
    repeated ||= comparisons.has(attribute);
    comparisons.set(attribute, comparison);
  }
  return { comparisons, repeated };
}

const mirrored = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

function comparisonOf(
  predicate: PredicateNode,
  placeholders: Placeholders,
): [attribute: string, comparison: KeyComparison] {
  const name = operatorName(predicate);
  const operands = predicate.operands.map((operand) => resolveOperand(operand, placeholders));
  const [first, second, third] = operands;
  if (predicate.kind !== "compare" && first?.kind === "value") {
    refuse(messages.keyFirstOperand(name));
  }
  const attribute = attributeAmong(operands);
  if (predicate.kind === "between") {
    return [
      attribute,
      { operator: "between", lower: constantOf(second), upper: constantOf(third) },
    ];
  }
  if (predicate.kind !== "compare") {
    return [attribute, { operator: "begins_with", value: constantOf(second) }];
  }
  const operator = predicate.operator as keyof typeof mirrored;
  return first?.kind === "path"
    ? [attribute, { operator, value: constantOf(second) }]
    : [attribute, { operator: mirrored[operator], value: constantOf(first) }];
}

/** Refuses what no key can be searched with. */
function operatorName(predicate: PredicateNode): string {
  switch (predicate.kind) {
    case "compare":
      if (predicate.operator === "<>") refuse(messages.keyOperator("<>"));
      return predicate.operator;
    case "between":
      return "BETWEEN";
    case "in":
      return refuse(messages.keyOperator("IN"));
    case "call":
      if (predicate.name !== "begins_with") refuse(messages.keyOperator(predicate.name));
      return predicate.name;
  }
}

function attributeAmong(operands: readonly Operand[]): string {
  let attribute: string | undefined;
  for (const operand of operands) {
    if (operand.kind === "size") refuse(`${prefix}${messages.keyNestedOperation}`);
    if (operand.kind !== "path") continue;
    if (attribute !== undefined) refuse(messages.keyTwoAttributes);
    if (operand.path.length > 1) refuse(`${prefix}${messages.keyNested}`);
    attribute = String(operand.path[0]);
  }
  return attribute ?? refuse(messages.keyNoAttribute);
}

function constantOf(operand: Operand | undefined): AttributeValue {
  return operand?.kind === "value" ? operand.value : refuse(messages.keyTwoAttributes);
}
