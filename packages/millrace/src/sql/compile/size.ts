/** How large a subquery is: the number of expressions in it, for what a row may cost. */

import type { Expression, Selection, Subquery } from "../syntax/tree.ts";

/** Every expression that a row may evaluate, those of subqueries inside included. */
export function sizeOf({ selection, from, where }: Subquery): number {
  return selectionSize(selection) + expressionSize(from) + (where ? expressionSize(where) : 0);
}

function selectionSize(selection: Selection): number {
  if (selection.kind === "value") return expressionSize(selection.expression);
  let size = 0;
  for (const item of selection.items) {
    size += item.kind === "column" ? expressionSize(item.expression) : 1;
  }
  return size;
}

function expressionSize(expression: Expression): number {
  return 1 + sizeOfAll(partsOf(expression)) + queryIn(expression);
}

function queryIn(expression: Expression): number {
  const { kind } = expression;
  return kind === "subquery" || kind === "exists" ? sizeOf(expression.query) : 0;
}

function sizeOfAll(expressions: readonly Expression[]): number {
  return expressions.reduce((size, expression) => size + expressionSize(expression), 0);
}

/** The expressions directly inside, without those of subqueries. */
function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "member":
    case "cast":
    case "not":
    case "negate":
      return [expression.of];
    case "call":
      return expression.arguments;
    case "binary":
      return [expression.left, expression.right];
    case "case": {
      const { subject, branches, otherwise } = expression;
      const inBranches = branches.flatMap(({ when, result }) => [when, result]);
      return [subject, ...inBranches, ...(otherwise ? [otherwise] : [])];
    }
    case "object":
      return expression.members.map(({ value }) => value);
    case "array":
      return expression.items;
    default:
      return [];
  }
}
