/**
 * Compiles condition and filter expressions into a test of an item.
 *
 * Complaints come in the service's order, over the whole expression: syntax, redundant
 * parentheses, unknown functions, misused functions, reserved words; then predicate by predicate.
 */

import type { Item } from "./attribute-value.ts";
import { parseConditionText } from "./condition-parser.ts";
import { attempt, type ExpressionKind, messages, type Outcome, refuse } from "./errors.ts";
import { checkReservedWords, type Placeholders } from "./placeholders.ts";
import { compilePredicate, predicateFunctions, type Test } from "./predicates.ts";
import { type ConditionNode, flattenOperands, type OperandNode, predicatesOf } from "./syntax.ts";

export interface Condition {
  /** Whether the item meets it; an attribute that is missing fails every comparison but `<>`. */
  test(item: Item): boolean;
  /** The first element of every path, as named in the item. */
  readonly attributeNames: ReadonlySet<string>;
}

/** The condition, or why the service would refuse it, with the name of the parameter in front. */
export function compileCondition(
  source: string,
  kind: ExpressionKind,
  placeholders: Placeholders,
): Outcome<Condition> {
  const outcome = attempt(() => {
    const node = parseCondition(source);
    const test = compileNode(node, placeholders);
    return { test, attributeNames: topLevelNames(node, placeholders) };
  });
  return outcome.ok ? outcome : { ok: false, message: `Invalid ${kind}: ${outcome.message}` };
}

/** The same of a condition that is already parsed; nothing stands in front of the message. */
export function compileConditionNode(
  node: ConditionNode,
  placeholders: Placeholders,
): Outcome<Condition> {
  return attempt(() => {
    const test = compileNode(node, placeholders);
    return { test, attributeNames: topLevelNames(node, placeholders) };
  });
}

/** Parses and makes every check that needs no placeholder. */
export function parseCondition(source: string): ConditionNode {
  const node = parseConditionText(source);
  const predicates = predicatesOf(node);
  const calls = predicates.filter((predicate) => predicate.kind === "call");
  const operands = predicates.flatMap((predicate) => flattenOperands(predicate.operands));
  checkFunctionsKnown([...calls, ...operands]);
  checkFunctionsPlaced(calls, operands);
  checkReservedWords(operands);
  return node;
}

function compileNode(node: ConditionNode, placeholders: Placeholders): Test {
  switch (node.kind) {
    case "and": {
      const [left, right] = [node.left, node.right].map((part) => compileNode(part, placeholders));
      return (item) => left!(item) && right!(item);
    }
    case "or": {
      const [left, right] = [node.left, node.right].map((part) => compileNode(part, placeholders));
      return (item) => left!(item) || right!(item);
    }
    case "not": {
      const inner = compileNode(node.inner, placeholders);
      return (item) => !inner(item);
    }
    default:
      return compilePredicate(node, placeholders);
  }
}

function checkFunctionsKnown(operands: readonly OperandNode[]): void {
  for (const operand of operands) {
    if (operand.kind !== "call" || operand.name === "size") continue;
    if (!Object.hasOwn(predicateFunctions, operand.name)) {
      refuse(messages.unknownFunction(operand.name));
    }
  }
}

/** `size` is an operand and never a condition; every other function is the reverse. */
function checkFunctionsPlaced(
  calls: readonly OperandNode[],
  operands: readonly OperandNode[],
): void {
  for (const operand of operands) {
    if (operand.kind === "call" && operand.name !== "size") {
      refuse(messages.misusedFunction(operand.name));
    }
  }
  for (const call of calls) {
    if (call.kind === "call" && call.name === "size") refuse(messages.misusedFunction("size"));
  }
}

function topLevelNames(node: ConditionNode, placeholders: Placeholders): Set<string> {
  const operands = predicatesOf(node).flatMap((predicate) => flattenOperands(predicate.operands));
  const paths = operands.filter((operand) => operand.kind === "path");
  return new Set(paths.map((path) => String(placeholders.resolvePath(path)[0])));
}
