/**
 * Takes the condition of a statement apart where it says AND, so that what it says of key
 * attributes can be searched for and the rest be tested.
 */

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
