/**
 * Takes the condition of a statement apart where it says AND, so that what it says of key
 * attributes can be searched for and the rest be tested.
 */

import type { AttributeValue } from "../attribute-value.ts";
import type { KeyComparison } from "../key-condition.ts";
import type { Placeholders } from "../placeholders.ts";
import type { ConditionNode, OperandNode } from "../syntax.ts";

export interface Conjunct {
  readonly node: ConditionNode;
  /** What it says of one top-level attribute, when a key could be searched so. */
  readonly comparison?: { readonly attribute: string; readonly wanted: KeyComparison };
}

/** None when there is no condition; what stands in an OR or a NOT stays together. */
export function splitConjuncts(
  node: ConditionNode | undefined,
  placeholders: Placeholders,
): Conjunct[] {
  if (!node) return [];
  if (node.kind === "and") {
    const [left, right] = [node.left, node.right];
    return [...splitConjuncts(left, placeholders), ...splitConjuncts(right, placeholders)];
  }
  const comparison = comparisonOf(node, placeholders);
  return [comparison ? { node, comparison } : { node }];
}

/** What a condition leaves an attribute: by `=`, by IN, or by an OR of them. */
export interface Pinned {
  readonly conjunct: Conjunct;
  /** In the order of the statement, as often as it says them; at least one. */
  readonly values: readonly AttributeValue[];
  /** The conjunct says this and nothing else. */
  readonly isAll: boolean;
}

/** `undefined`: no conjunct leaves the attribute only some values. One that says `=` is first. */
export function pinnedValues(
  conjuncts: readonly Conjunct[],
  attribute: string,
  placeholders: Placeholders,
): Pinned | undefined {
  const pins = conjuncts.flatMap((conjunct) => {
    const pin = pinOf(conjunct.node, attribute, placeholders);
    return pin ? [{ conjunct, ...pin }] : [];
  });
  return pins.find(({ conjunct }) => conjunct.comparison?.wanted.operator === "=") ?? pins[0];
}

type Pin = Pick<Pinned, "values" | "isAll">;

function pinOf(node: ConditionNode, attribute: string, known: Placeholders): Pin | undefined {
  if (node.kind === "or") {
    const [left, right] = [node.left, node.right].map((side) => pinOf(side, attribute, known));
    if (!left || !right) return undefined;
    return { values: [...left.values, ...right.values], isAll: left.isAll && right.isAll };
  }
  if (node.kind === "and") {
    const pin = pinOf(node.left, attribute, known) ?? pinOf(node.right, attribute, known);
    return pin && { ...pin, isAll: false };
  }
  if (node.kind === "in") {
    const [path, ...among] = node.operands;
    const each = among.map((operand) => wantedOf(path!, [operand], "=", known));
    const values = each.flatMap((one) => (one?.attribute === attribute ? valuesOf(one) : []));
    return values.length === among.length ? { values, isAll: true } : undefined;
  }
  const comparison = comparisonOf(node, known);
  const isPin = comparison?.attribute === attribute && comparison.wanted.operator === "=";
  return isPin ? { values: valuesOf(comparison), isAll: true } : undefined;
}

function valuesOf({ wanted }: NonNullable<Conjunct["comparison"]>): AttributeValue[] {
  return wanted.operator === "between" ? [wanted.lower, wanted.upper] : [wanted.value];
}

/** The conjuncts as one condition again; `undefined` when there are none. */
export function joinConjuncts(conjuncts: readonly Conjunct[]): ConditionNode | undefined {
  const nodes = conjuncts.map(({ node }) => node);
  return nodes.reduce<ConditionNode | undefined>(
    (left, right) => (left ? { kind: "and", left, right } : right),
    undefined,
  );
}

function comparisonOf(node: ConditionNode, placeholders: Placeholders): Conjunct["comparison"] {
  if (node.kind === "compare" && node.operator !== "<>") {
    const [left, right] = node.operands;
    if (left.kind === "path") return wantedOf(left, [right], node.operator, placeholders);
    return wantedOf(right, [left], mirrored[node.operator], placeholders);
  }
  if (node.kind === "between") {
    const [path, ...bounds] = node.operands;
    return wantedOf(path!, bounds, "between", placeholders);
  }
  if (node.kind === "call" && node.name === "begins_with") {
    const [path, start] = node.operands;
    return wantedOf(path!, [start!], "begins_with", placeholders);
  }
  return undefined;
}

const mirrored = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

function wantedOf(
  path: OperandNode,
  operands: readonly OperandNode[],
  operator: KeyComparison["operator"],
  placeholders: Placeholders,
): Conjunct["comparison"] {
  if (path.kind !== "path" || path.elements.length !== 1) return undefined;
  const values = operands.flatMap((operand) =>
    operand.kind === "value" ? [placeholders.resolveValue(operand.name)] : [],
  );
  const [first, second] = values;
  if (values.length !== operands.length || !first) return undefined;
  const attribute = String(placeholders.resolvePath(path)[0]);
  if (operator !== "between") return { attribute, wanted: { operator, value: first } };
  return second && { attribute, wanted: { operator, lower: first, upper: second } };
}
