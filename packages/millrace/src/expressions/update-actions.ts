/** The single actions of an update expression, and the functions of a SET. */

import { unreachable } from "../base/mod.ts";
import { type AttributeValue, type Item, setMembers, typeOf } from "./attribute-value.ts";
import { messages, refuse } from "./errors.ts";
import { addNumbers, subtractNumbers } from "./number.ts";
import { valueAt } from "./path.ts";
import type { Placeholders } from "./placeholders.ts";
import type { ActionNode, CallNode, OperandNode, SumNode, ValueNode } from "./syntax.ts";

/** From what stands at the path to what shall; `undefined` is nothing. */
export type Edit = (existing: AttributeValue | undefined, item: Item) => AttributeValue | undefined;

type Compute = (item: Item) => AttributeValue;

export const updateFunctions: ReadonlySet<string> = new Set(["if_not_exists", "list_append"]);

/** Refuses operands whose type can be seen to be wrong before there is an item. */
export function compileAction(action: ActionNode, placeholders: Placeholders): Edit {
  const { clause, value } = action;
  switch (clause) {
    case "REMOVE":
      return () => undefined;
    case "SET": {
      const compute = compileSetValue(value!, placeholders);
      return (_, item) => compute(item);
    }
    case "ADD":
      return compileAdd(placeholders.resolveValue((value as ValueNode).name));
    case "DELETE":
      return compileDelete(placeholders.resolveValue((value as ValueNode).name));
    default:
      return unreachable(clause);
  }
}

function compileAdd(value: AttributeValue): Edit {
  if ("N" in value) {
    return (existing = { N: "0" }) => {
      if (!("N" in existing)) refuse(messages.operandAtWork);
      return { N: addNumbers(existing.N, value.N) };
    };
  }
  const added = setOperand("ADD", value);
  return (existing = value) => {
    const members = sameSet(existing, value);
    return setLike(value, [...new Set([...members, ...added])]);
  };
}

function compileDelete(value: AttributeValue): Edit {
  const removed = new Set(setOperand("DELETE", value));
  return (existing) => {
    if (!existing) return undefined;
    const left = sameSet(existing, value).filter((member) => !removed.has(member));
    return left.length > 0 ? setLike(value, left) : undefined;
  };
}

const longTypeNames: Readonly<Record<string, string>> = {
  S: "STRING",
  N: "NUMBER",
  B: "BINARY",
  NULL: "NULL",
  BOOL: "BOOLEAN",
  L: "LIST",
  M: "MAP",
};

function setOperand(clause: string, value: AttributeValue): readonly string[] {
  const members = setMembers(value);
  return members ?? refuse(messages.clauseOperandType(clause, longTypeNames[typeOf(value)]!));
}

function sameSet(existing: AttributeValue, operand: AttributeValue): readonly string[] {
  if (typeOf(existing) !== typeOf(operand)) refuse(messages.operandAtWork);
  return setMembers(existing)!;
}

/** A set of the type of `model`. */
export function setLike(model: AttributeValue, members: readonly string[]): AttributeValue {
  if ("SS" in model) return { SS: members };
  return "NS" in model ? { NS: members } : { BS: members };
}

function compileSetValue(node: OperandNode | SumNode, placeholders: Placeholders): Compute {
  if (node.kind !== "sum") return compileOperand(node, placeholders);
  const [left, right] = compileTyped(node.operator, node.operands, "N", placeholders);
  const compute = node.operator === "+" ? addNumbers : subtractNumbers;
  return (item) => {
    const [first, second] = [left(item), right(item)];
    if (!("N" in first) || !("N" in second)) refuse(messages.operandAtWork);
    return { N: compute(first.N, second.N) };
  };
}

function compileOperand(node: OperandNode, placeholders: Placeholders): Compute {
  if (node.kind === "value") {
    const value = placeholders.resolveValue(node.name);
    return () => value;
  }
  if (node.kind === "path") {
    const path = placeholders.resolvePath(node);
    return (item) => valueAt(item, path) ?? refuse(messages.attributeMissing);
  }
  if (node.operands.length !== 2) refuse(messages.operandCount(node.name, node.operands.length));
  return node.name === "list_append"
    ? compileListAppend(node, placeholders)
    : compileIfNotExists(node, placeholders);
}

function compileListAppend(node: CallNode, placeholders: Placeholders): Compute {
  const [left, right] = compileTyped(node.name, node.operands, "L", placeholders);
  return (item) => {
    const [first, second] = [left(item), right(item)];
    if (!("L" in first) || !("L" in second)) refuse(messages.operandAtWork);
    return { L: [...first.L, ...second.L] };
  };
}

function compileIfNotExists(node: CallNode, placeholders: Placeholders): Compute {
  const [target, fallback] = node.operands as [OperandNode, OperandNode];
  if (target.kind !== "path") refuse(messages.pathRequired(node.name));
  const path = placeholders.resolvePath(target);
  const otherwise = compileOperand(fallback, placeholders);
  return (item) => valueAt(item, path) ?? otherwise(item);
}

/** Two operands that must turn out to be of `type`; a value of another is refused at once. */
function compileTyped(
  operator: string,
  operands: readonly OperandNode[],
  type: "N" | "L",
  placeholders: Placeholders,
): [Compute, Compute] {
  const [left, right] = operands.map((operand) => {
    const compute = compileOperand(operand, placeholders);
    if (operand.kind === "value") {
      const given = typeOf(placeholders.resolveValue(operand.name));
      if (given !== type) refuse(messages.operandType(operator, given));
    }
    return compute;
  });
  return [left!, right!];
}
